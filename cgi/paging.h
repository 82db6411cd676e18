/*
 * paging.h - lists of the API, a page at a time: how many, where it goes on,
 * and the addresses of what follows (RFC 8288).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGING_H
#define PAWL_CGI_PAGING_H

#include <jansson.h>
#include "lib/web/arguments.h"
#include "lib/web/serve.h"

#define PAGING_LIMIT 50
#define PAGING_MAX 100

/* Arguments "limit", and the id in `cursor` ("before", "after") or 0. */
int
paging_read(const struct request *req, const char *cursor, int *limit,
    int64_t *from, struct err *err);

/*
 * Say in the list `o`, as `next`, and in the header Link where it goes on: the
 * same address with `cursor` being `value`. NULL: this was all.
 */
void
paging_next(const struct web *w, const struct request *req,
    struct response *res, json_t *o, const char *cursor, const char *value);
/* The same for an id; 0: this was all. */
void
paging_next_id(const struct web *w, const struct request *req,
    struct response *res, json_t *o, const char *cursor, int64_t id);

#endif
