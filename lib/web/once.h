/*
 * once.h - changes that are made together with their conditions: at most once
 * for an Idempotency-Key, and only to what If-Match names.
 *
 * Condition, change and answer are one transaction: a handler that is killed
 * has done nothing, and the same request sent again does it; one that has
 * answered is never done again while the key is known. Two at once wait for
 * one another, and get the same answer.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_ONCE_H
#define PAWL_WEB_ONCE_H

#include "lib/web/problem.h"
#include "lib/web/serve.h"

/* Does the request have a condition, so that once_run() is to answer it? */
bool
once_wanted(const struct request *req);

/* Call the handler of the route under its conditions. `get` is the route that
 * reads what the request changes; NULL: none does. As a handler, or 0 with
 * no->status set. */
int
once_run(struct web *w, const struct route *get, struct request *req,
    struct response *res, struct denial *no, struct err *err);

#endif
