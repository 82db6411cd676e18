/*
 * approve.h - what waits for an approval: lists, decisions, and how pages show
 * it.
 *
 * Fields of a decision, all optional: comment; commit, of a run from a fork:
 * the one that was looked at.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_APPROVE_H
#define PAWL_CGI_APPROVE_H

#include "cgi/page.h"
#include "lib/store/runs.h"
#include "lib/web/serve.h"

int
api_approvals(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_environments(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_environment(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_environment_set(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_environment_remove(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
api_approve(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_reject(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* The list of all that waits. */
int
page_approvals(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_approve(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_reject(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* On the page of a run, or of one of its jobs (0: the run): what it waits for
 * with buttons for who may write, and what was decided. */
int
page_gates(struct page *p, struct store *st, const struct run *run,
    int64_t job, struct err *err);

/* The environments of a run's jobs, with links. */
int
page_deployments(struct page *p, struct store *st, const struct run *run,
    struct err *err);

#endif
