/*
 * hook.h - the steps of a webhook, in the order in which they are taken.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_HOOK_H
#define PAWL_CGI_HOOK_H

#include "lib/forge/forge.h"
#include "lib/store/repos.h"
#include "lib/web/serve.h"

/* One delivery on its way. */
struct hook {
	struct web *w;
	struct store *st;
	struct request *req;
	struct response *res;
	const struct forge *forge;
	const char *event;       /* the forge's word */
	enum forge_event kind;
	const char *why;         /* nothing can start */
	const char *forge_id;
	struct repo repo;        /* id 0: none is named */
	int64_t secret;          /* of hook_secrets, that was right; or 0 */
};

/* Refused: told, logged, and kept for the administrator. The `refuse` of
 * struct web_app. */
void
hook_refuse(struct web *w, struct request *req, struct response *res,
    int status, const char *code, const char *detail);

/*
 * The checks (hook_check.c). Each returns 1: go on, 0: answered (refused), or
 * -1 with `err`.
 */

/* The forge of the address, and the type of the body. */
int
hook_check_headers(struct hook *h);

/* The repository that the address names, if it names one. */
int
hook_find_named_repo(struct hook *h, struct err *err);

/* The signature over the raw body, before anything of it is read. */
int
hook_check_signature(struct hook *h, struct err *err);

/* Event and delivery id. */
int
hook_check_event(struct hook *h);

/* The payload is sound, and about a repository that is registered. */
int
hook_read_payload(struct hook *h, struct err *err);

/* Store it durably, wake workerd and answer. 0, or -1 with `err`. */
int
hook_keep(struct hook *h, struct err *err);

#endif
