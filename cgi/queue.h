/*
 * queue.h - the queue for programs and on a page, and stopping it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_QUEUE_H
#define PAWL_CGI_QUEUE_H

#include "lib/web/serve.h"

/* queue_api.c */
int
api_queue(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_queue_stats(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_queue_pause(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_queue_resume(struct web *w, struct request *req, struct response *res,
    struct err *err);
/* PUT of a limit: admins of everything, whose host it protects. */
int
api_queue_limit(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_queue_drain(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_queue_undrain(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* page_queue.c */
int
page_queue(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_queue_pause(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_queue_resume(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_queue_drain(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_queue_undrain(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* queue_hold.c: what both do. Of the repository or the owner when the path
 * names one, else of all; with the `reason` of the body. 0, or -1. */
int
hold_pause(struct web *w, struct request *req, bool host, struct err *err);
int
hold_resume(struct web *w, struct request *req, bool host, struct err *err);
int
hold_limit(struct web *w, struct request *req, struct err *err);

#define QUEUE_MAX_SKIP INT32_MAX /* of argument "skip": jobs to leave out */

#endif
