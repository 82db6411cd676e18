/*
 * cancel.h - Ctrl-C for what runs jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_CANCEL_H
#define PAWL_CLI_CANCEL_H

#include "lib/base/err.h"

/* *fd becomes readable at the first INT or TERM; the second one ends the
 * program at once. */
int
cancel_watch(int *fd, struct err *err);

#endif
