/*
 * arguments.h - the arguments of an address, read and checked in one place.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_ARGUMENTS_H
#define PAWL_WEB_ARGUMENTS_H

#include <stdint.h>

#include "lib/web/problem.h"
#include "lib/web/request.h"

/* A whole number from `min` to `max`; *out is `standard` when the argument is
 * absent or empty. 0, or -1 with ERR_INVALID, which names it and its bounds. */
int
arguments_number(const struct request *req, const char *name, int64_t min,
    int64_t max, int64_t standard, int64_t *out, struct err *err);

/*
 * Are the arguments those of the route's description, each of its type? A
 * route without a description takes any. 1, or 0 with `no`: the argument that
 * is wrong, and for an unknown one the nearest that is known.
 */
int
arguments_check(const struct request *req, struct denial *no);

#endif
