/*
 * sight.h - what a request may see: the repository that its address names, or
 * those that a list may name.
 *
 * A private repository is answered as one that does not exist: by the same
 * words, after the same work. So nothing about it is looked up before this,
 * and handlers of addresses with {owner} and {repo} need not ask again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_SIGHT_H
#define PAWL_WEB_SIGHT_H

#include "lib/web/problem.h"
#include "lib/web/serve.h"

/* May who asks see the repository of the route? 1, 0 with `no` (404), -1.
 * req->sees is filled when the route names none. Who asks must be known. */
int
sight_check(struct web *w, struct request *req, struct denial *no,
    struct err *err);

#endif
