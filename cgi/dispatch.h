/*
 * dispatch.h - what is started by hand or by the clock, as pages and for
 * programs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_DISPATCH_H
#define PAWL_CGI_DISPATCH_H

#include <jansson.h>
#include "lib/store/repos.h"
#include "lib/store/schedules.h"
#include "lib/web/serve.h"

/* dispatch_send.c: what both do. The repository's schedule of the address:
 * ERR_NOT_FOUND. */
int
dispatch_find_schedule(struct store *st, const struct request *req,
    const struct repo *repo, struct schedule *out, struct err *err);

/* Start a workflow by the word for it. `ref` and `inputs` may be NULL. */
int
dispatch_send(struct web *w, const struct request *req,
    const struct repo *repo, const char *workflow, const char *ref,
    json_t *inputs, char id[37], struct err *err);

/* "run", "pause" or "resume" a schedule; `id` is set for the first. */
int
dispatch_act(struct web *w, const struct request *req,
    const struct schedule *s, const char *what, char id[37],
    struct err *err);

/* dispatch_api.c */
int
api_workflows(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_workflow_dispatch(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
api_repository_dispatch(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
api_push(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_schedules(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_schedule_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_schedule_remove(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
api_schedule_act(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* page_dispatch.c */
int
page_dispatch(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_dispatch_send(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_schedule_act(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
