/*
 * page_users.h - the pages of who comes in and what they may: signing in and
 * out, one's own account, users, tokens, the audit.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_PAGE_USERS_H
#define PAWL_CGI_PAGE_USERS_H

#include "cgi/page.h"
#include "lib/store/tokens.h"

/* page_login.c */
int
page_login(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_login_send(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_logout(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_setup(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_setup_send(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* page_own.c */
int
page_own(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_own_token_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_own_token_remove(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
page_own_password(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_own_session_end(struct web *w, struct request *req,
    struct response *res, struct err *err);
int
page_own_identity_remove(struct web *w, struct request *req,
    struct response *res, struct err *err);

/* page_users.c */
int
page_users(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_users_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_user(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_user_act(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* page_tokens.c */
int
page_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_tokens_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* page_audit.c */
int
page_audit(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* --- pieces of these ---------------------------------------------------------- */

/* <label><input> of a form; `more` are further attributes as markup. */
void
users_input(struct page *p, const char *label, const char *name,
    const char *value, const char *more);

/* Fields of a grant: its role and scope. */
void
users_grant_fields(struct page *p);

/* A button in a form of its own, with one hidden field (NULL: none). */
void
users_button(struct page *p, const char *address, const char *text,
    const char *class, const char *field, const char *value);

/* What is shown once: a token, a link. */
void
users_show_once(struct page *p, const char *what, const char *text);

/* Tokens, with a button that removes them at `address`; and the form that
 * makes one. `whose`: tell which user they belong to. */
void
users_token_table(struct page *p, const struct token *list, size_t n,
    const char *address, bool whose);
void
users_token_form(struct page *p, const char *address);

#endif
