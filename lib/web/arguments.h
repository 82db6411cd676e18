/*
 * arguments.h - the arguments of an address and the fields of a body, held
 * against the description of their route.
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

/* The argument, or NULL when it is absent or empty: a field of a form that
 * nobody filled in asks for nothing. */
const char *
arguments_text(const struct request *req, const char *name);

/* A time (RFC 3339), 0 when absent or empty. 0, or -1. */
int
arguments_time(const struct request *req, const char *name, int64_t *at_ms,
    struct err *err);

/*
 * Are the arguments those of the route's description, each of its type? Is
 * what the sender would take among what the route gives? A route without a
 * description takes anything. 1, or 0 with `no`; req->wrong has all that is
 * not right, for an unknown argument with the nearest that is known.
 */
int
arguments_check(struct request *req, struct denial *no);

/* The same of the fields of the body, when there are any. */
int
fields_check(struct request *req, struct denial *no);

#endif
