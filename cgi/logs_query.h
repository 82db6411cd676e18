/*
 * logs_query.h - the arguments of a search in the logs of many runs, of the
 * API and of the page alike.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_LOGS_QUERY_H
#define PAWL_CGI_LOGS_QUERY_H

#include "lib/render/logs_find.h"
#include "lib/web/serve.h"

/* Run it: of {owner} and {repo}, or of "repo=OWNER/NAME", else of all that who
 * asks may read. ERR_INVALID, ERR_NOT_FOUND. */
int
logs_query_run(struct web *w, struct request *req, struct logs_query *q,
    struct logs_found *found, struct err *err);

#endif
