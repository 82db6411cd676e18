/*
 * machine.h - who shows a token (JWT) that somebody else has signed, and what
 * the rules of the configuration give them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_MACHINE_H
#define PAWL_WEB_MACHINE_H

#include "lib/web/auth.h"

/* Does the text fit the pattern? "*" stands for anything within a part
 * between slashes, "**" for anything. */
bool
machine_fits(const char *pattern, const char *text);

/* Fill `who` from a token: 1, 0 with *why when it does not count, -1. */
int
machine_find(const struct config *config, const char *token,
    struct arena *a, struct actor *who, const char **why, struct err *err);

#endif
