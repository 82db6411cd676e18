/*
 * users.h - people, their tokens and sessions, and the audit: the same acts
 * for pages and programs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_USERS_H
#define PAWL_CGI_USERS_H

#include "lib/store/audit.h"
#include "lib/store/tokens.h"
#include "lib/store/users.h"
#include "lib/web/serve.h"

#define USERS_PAGE 50
#define AUDIT_PAGE 100

/* --- users.c: each returns 0, or -1 with what is wrong with the request --- */

/* The user of {name}. */
int
users_find(struct web *w, const struct request *req, struct user *out,
    struct err *err);

/* With the fields name, and role and scope of a first grant. */
int
users_add(struct web *w, struct request *req, struct user *out,
    struct err *err);

/* The address of a new link with which the user of {name} sets a password. */
int
users_link(struct web *w, struct request *req, const char **address,
    int64_t *expires_at_ms, struct err *err);

/* With the fields role and scope, or scope. */
int
users_grant(struct web *w, struct request *req, struct err *err);
int
users_revoke(struct web *w, struct request *req, struct err *err);

int
users_remove(struct web *w, struct request *req, struct err *err);

/* The field disabled. */
int
users_disable(struct web *w, struct request *req, struct err *err);

/* A token with the fields name, role, scope and days. `own`: of who asks, who
 * must have a session: a token does not make others. */
int
users_token_add(struct web *w, struct request *req, bool own,
    struct token *out, const char **text, struct err *err);
int
users_token_remove(struct web *w, struct request *req, bool own,
    const char *name, struct err *err);

/* Who asks is a user with a session: else ERR_DENIED. */
int
users_own(const struct request *req, struct err *err);

/* The arguments of a list of the audit; all texts live as the request. */
int
audit_query(const struct request *req, struct audit_query *out,
    struct err *err);

/* --- users_api.c, tokens_api.c ---------------------------------------------- */

int
api_user(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_show(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_change(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_link(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_grants(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_grant(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_users_revoke(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_tokens_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_own_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_own_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_own_tokens_remove(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
api_audit(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
