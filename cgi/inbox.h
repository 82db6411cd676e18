/*
 * inbox.h - webhooks and what became of them, for programs and on pages.
 *
 * Lists and verdicts are as open as runs are. Headers, body and who sent it
 * are for whoever has a role in the repository.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_INBOX_H
#define PAWL_CGI_INBOX_H

#include "lib/store/inbox.h"
#include "lib/store/runs.h"
#include "lib/store/grants.h"
#include "lib/web/problem.h"
#include "lib/web/serve.h"

/* --- inbox.c: for both ------------------------------------------------------ */

/* The arguments of a list: repo ("OWNER/NAME"), state, event, before. */
int
inbox_args(struct store *st, struct request *req, int limit,
    struct inbox_query *q, struct err *err);

/* The delivery of the path, with its runs. ERR_NOT_FOUND. */
int
inbox_find(struct store *st, struct request *req, struct delivery *d,
    struct run **runs, size_t *n, struct err *err);

/* May who asks do this in the delivery's repository? */
bool
inbox_may(const struct request *req, enum role role,
    const struct delivery *d);

/* Plan the delivery of the path once more, and tell workerd: 1, 0 with `no`,
 * -1. `made` is what is planned. */
int
inbox_send_again(struct web *w, struct request *req, char made[37],
    struct denial *no, struct err *err);

/* What a list goes on with behind `last`: "&state=failed&before=ID". */
void
inbox_next_args(const struct request *req, const char *last,
    struct str *out);

/* --- inbox_api.c ------------------------------------------------------------ */

int
api_inbox(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_inbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_inbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_refusals(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* --- page_inbox.c ----------------------------------------------------------- */

int
page_inbox(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_inbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_inbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_refusals(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
