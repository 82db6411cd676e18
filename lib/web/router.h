/*
 * router.h - which function answers which address: a table, and one loop.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_ROUTER_H
#define PAWL_WEB_ROUTER_H

#include <stddef.h>
#include "lib/web/describe.h"
#include "lib/web/request.h"
#include "lib/web/response.h"

struct web;

/*
 * Answer a request. Returns 0 when `res` is filled, -1 with `err`: then the
 * program's error page or problem is made of it (see serve.h).
 */
typedef int (*route_fn)(struct web *w, struct request *req,
    struct response *res, struct err *err);

/*
 * Whom a route answers. From ACCESS_READER on it is who has such a role, or a
 * higher one, in the repository that {owner} and {repo} of the path name; in
 * everything when the path names none. This is checked before the handler is
 * called, and before a body is read.
 */
enum access {
	ACCESS_BLIND, /* anybody; who asks is not looked up: no database */
	ACCESS_OPEN,  /* anybody; req->actor is who asks, or NULL */
	ACCESS_KNOWN, /* anybody who has signed in or shows a token, whatever
	                 they may: for what is their own, and where the path
	                 does not tell whose the thing is, so that its finder
	                 asks for the role (find_run.h) */
	ACCESS_READER, ACCESS_WRITER, ACCESS_ADMIN, /* req->actor is set */
};

/*
 * One row. `path` is below the base path without a slash at either end, "" is
 * the root; {name} stands for one segment that is not empty. HEAD is answered
 * where GET is. The first row that fits counts. A body of a route that is not
 * blind is a form or a JSON object, and read into fields (body.h); what comes
 * from a page is checked against requests that other sites cause (auth.h).
 */
#define BODY_FIELDS ((size_t)64 * 1024)
#define BODY_WEBHOOK ((size_t)-1) /* the configuration's webhook-max-bytes */

struct route {
	enum method method;
	const char *path;
	enum access access;
	size_t body_max; /* bytes, or BODY_WEBHOOK; 0: no body is read */
	route_fn fn;
	const struct route_doc *doc; /* NULL: a page, or not for programs */
};

/*
 * The row for a request, which is stored in req->route, or NULL: then
 * *status is 404, or 405 with the methods that would do in `allow`
 * ("GET, HEAD"). router_find_any() looks through several tables.
 */
const struct route *
router_find(const struct route *routes, size_t n, struct request *req,
    int *status, struct str *allow);
const struct route *
router_find_any(const struct resource *const *list, size_t n,
    struct request *req, int *status, struct str *allow);

#endif
