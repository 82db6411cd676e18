/*
 * outbox.h - what waits to be sent and what was given up, for pages and
 * programs. Only who administers everything sees it: it names hosts.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_OUTBOX_H
#define PAWL_CGI_OUTBOX_H

#include "lib/store/outbox.h"
#include "lib/web/serve.h"

#define OUTBOX_PAGE 50 /* messages, or tries, at a time */

/* outbox_api.c */
int
api_outbox(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_outbox_tries(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_outbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_outbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_outbox_discard(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* Replay or discard the dead letter of the path, or all when it names none:
 * how many, or -1. */
int
outbox_act(struct web *w, struct request *req, bool replay, struct err *err);

/* page_outbox.c */
int
page_outbox(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_outbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_outbox_discard(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
