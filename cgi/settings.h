/*
 * settings.h - what administrators of a repository set: who may read it, what
 * forks may, its secrets, rules of environments; the same acts for pages and
 * programs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_SETTINGS_H
#define PAWL_CGI_SETTINGS_H

#include "lib/store/repos.h"
#include "lib/store/secrets.h"
#include "lib/web/serve.h"

#define SETTINGS_WORD_MAX 2000

/* --- settings.c: each returns 0, or -1 with what is wrong --------------------- */

/* The fields visibility, badges and fork_pull_requests; absent: as it is. */
int
settings_change(struct web *w, struct request *req, struct repo *repo,
    struct err *err);

/* Remove it: its rows and links now, its files by pawl-janitor. */
int
settings_remove(struct web *w, const struct repo *repo, struct err *err);

/* Where a secret of the request stands: {repo}, or {owner} alone, and the
 * argument or field environment. */
int
settings_place(struct store *st, struct request *req,
    const char *environment, struct secret_place *out, struct err *err);

/* --- settings_api.c ----------------------------------------------------------- */

int
api_repo_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_repo_change(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_repo_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_secrets(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_secret_set(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_secret_delete(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* --- page_settings.c, page_secrets.c, page_environments.c ---------------------- */

int
page_settings(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_settings_send(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_settings_hook(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_settings_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_secrets(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_secrets_send(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_environments(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
page_environments_send(struct web *w, struct request *req,
    struct response *res, struct err *err);

#endif
