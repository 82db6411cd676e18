/*
 * checkout.h - what git says of the current folder.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_CHECKOUT_H
#define PAWL_CLI_CHECKOUT_H

#include "lib/base/str.h"

/* "remote.NAME.url URL" of each remote, one a line; empty without. */
void
checkout_urls(struct str *out);

/* The branch that is checked out; empty without. */
void
checkout_branch(struct str *out);

#endif
