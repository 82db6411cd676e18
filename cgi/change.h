/*
 * change.h - changing what is under way: the same acts for pages (a form,
 * then back to the page) and for programs (202 and the run). Their rows in
 * the tables say who may.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_CHANGE_H
#define PAWL_CGI_CHANGE_H

#include "lib/store/runs.h"
#include "lib/web/serve.h"

/* What belongs to a request that changes a run. */
struct change {
	struct web *w;
	struct request *req;
	struct store *st;
	const char *by;
	struct run run;
	bool whole; /* the answer is the run's page, whatever was asked */
};

/* What is done with the run of the path. */
typedef int (*change_fn)(struct change *c, struct err *err);

/*
 * Find the run, do it, tell workerd, and answer: with the run as it is then,
 * or with where its page is (that of a job, when the path names one).
 */
int
change_api(struct web *w, struct request *req, struct response *res,
    change_fn act, struct err *err);
int
change_page(struct web *w, struct request *req, struct response *res,
    change_fn act, struct err *err);

int
api_cancel_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_cancel_job(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_rerun_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_rerun_job(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_rerun_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_rerun_one(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_cancel_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_cancel_job(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
