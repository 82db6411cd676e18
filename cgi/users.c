/*
 * users.c - see users.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/users.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/store/grants.h"
#include "lib/store/links.h"
#include "lib/web/arguments.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MAX_DAYS 3650
#define WORD_MAX 16
#define SCOPE_MAX 600
#define ARGUMENT_MAX 600

int
users_find(struct web *w, const struct request *req, struct user *out,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *name = request_param(req, "name");
	int found = st == NULL ? -1 : user_find(st, name, req->a, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no user "
		    "\"%.100s\"", name);
	return found == 1 ? 0 : -1;
}

/* The fields role and scope. 1, 0 when there is no role. */
static int
read_grant(struct request *req, struct grant *out, struct err *err)
{
	const char *role, *scope;

	if (body_text(req, "role", WORD_MAX, &role, err) == -1 ||
	    body_text(req, "scope", SCOPE_MAX, &scope, err) == -1)
		return -1;
	if (role == NULL)
		return 0;
	if (!role_parse(role, &out->role))
		return err_set(err, ERR_INVALID, "\"%s\" is no role: reader, "
		    "writer or admin", role);
	return grant_parse_scope(scope != NULL ? scope : "everything", req->a,
	    out, err) == -1 ? -1 : 1;
}

static int
do_add(struct store *st, struct request *req, const char *name,
    const struct grant *first, struct user *out, struct err *err)
{
	int64_t id;

	if (user_add(st, name, req->actor->by, &id, err) == -1 ||
	    (first != NULL && grant_set(st, id, first, req->actor->by, req->a,
		err) == -1))
		return -1;
	return user_find_id(st, id, req->a, out, err) == 1 ? 0 : -1;
}

int
users_add(struct web *w, struct request *req, struct user *out,
    struct err *err)
{
	static const char *const fields[] = { "name", "role", "scope", NULL };
	struct store *st = web_store(w, err);
	struct grant first;
	const char *name;
	int has;

	if (st == NULL || body_only(req, fields, err) == -1 ||
	    body_text(req, "name", USER_NAME_MAX, &name, err) == -1 ||
	    (has = read_grant(req, &first, err)) == -1 ||
	    store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_add(st, req, name != NULL ? name : "",
	    has ? &first : NULL, out, err), err);
}

int
users_link(struct web *w, struct request *req, const char **address,
    int64_t *expires_at_ms, struct err *err)
{
	static const char *const none[] = { NULL };
	const char *text;
	struct user u;

	if (body_only(req, none, err) == -1 ||
	    users_find(w, req, &u, err) == -1 ||
	    link_make(w->store, LINK_PASSWORD, u.id, req->actor->by, req->a,
		&text, err) == -1)
		return -1;
	*address = link_address(w->config->base_url, text, req->a);
	*expires_at_ms = clock_now_ms() + LINK_S * INT64_C(1000);
	return 0;
}

int
users_grant(struct web *w, struct request *req, struct err *err)
{
	static const char *const fields[] = { "role", "scope", NULL };
	struct grant g;
	struct user u;
	int has;

	if (body_only(req, fields, err) == -1 ||
	    users_find(w, req, &u, err) == -1 ||
	    (has = read_grant(req, &g, err)) == -1)
		return -1;
	if (has == 0)
		return err_set(err, ERR_INVALID, "the field \"role\" is "
		    "missing: reader, writer or admin");
	return grant_set(w->store, u.id, &g, req->actor->by, req->a, err);
}

int
users_revoke(struct web *w, struct request *req, struct err *err)
{
	static const char *const fields[] = { "scope", NULL };
	const char *scope;
	struct grant g;
	struct user u;

	if (body_only(req, fields, err) == -1 ||
	    users_find(w, req, &u, err) == -1 ||
	    body_text(req, "scope", SCOPE_MAX, &scope, err) == -1)
		return -1;
	if (scope == NULL)
		return err_set(err, ERR_INVALID, "the field \"scope\" is "
		    "missing: everything, \"owner NAME\" or OWNER/NAME");
	if (grant_parse_scope(scope, req->a, &g, err) == -1)
		return -1;
	return grant_remove(w->store, u.id, &g, req->a, err);
}

int
users_remove(struct web *w, struct request *req, struct err *err)
{
	static const char *const none[] = { NULL };
	struct user u;

	if (body_only(req, none, err) == -1 ||
	    users_find(w, req, &u, err) == -1)
		return -1;
	return user_remove(w->store, u.id, err);
}

int
users_disable(struct web *w, struct request *req, struct err *err)
{
	static const char *const fields[] = { "disabled", NULL };
	struct user u;
	bool disable;

	if (body_only(req, fields, err) == -1 ||
	    body_flag(req, "disabled", &disable, err) == -1)
		return -1;
	if (body_value(req, "disabled") == NULL)
		return err_set(err, ERR_INVALID, "the field \"disabled\" is "
		    "missing: true or false");
	if (users_find(w, req, &u, err) == -1)
		return -1;
	return user_disable(w->store, u.id, disable, err);
}

/* --- tokens --------------------------------------------------------------- */

int
users_own(const struct request *req, struct err *err)
{
	if (req->actor->user != 0 && req->actor->session_id != 0)
		return 0;
	return err_set(err, ERR_DENIED, "this is for a user who has signed in "
	    "with a browser, and not with a token; you are %s",
	    actor_text(req->actor, req->a));
}

static int
read_token(struct request *req, struct token *out, struct err *err)
{
	static const char *const fields[] = { "name", "role", "scope", "days",
		NULL };
	int64_t days;
	int has;

	if (body_only(req, fields, err) == -1 ||
	    body_text(req, "name", TOKEN_NAME_MAX, &out->name, err) == -1 ||
	    body_number(req, "days", 0, MAX_DAYS, 0, &days, err) == -1 ||
	    (has = read_grant(req, &out->grant, err)) == -1)
		return -1;
	if (has == 0)
		out->grant = (struct grant){ .role = ROLE_WRITER };
	if (out->name == NULL)
		out->name = "";
	if (days > 0)
		out->expires_at_ms = clock_now_ms() + days * DAY_MS;
	return 0;
}

int
users_token_add(struct web *w, struct request *req, bool own,
    struct token *out, const char **text, struct err *err)
{
	struct store *st = web_store(w, err);

	*out = (struct token){ .id = 0 };
	if (st == NULL || (own && users_own(req, err) == -1) ||
	    read_token(req, out, err) == -1)
		return -1;
	if (own) {
		out->user = req->actor->user;
		out->user_name = req->actor->name;
	}
	out->created_by = req->actor->by;
	out->created_at_ms = clock_now_ms();
	return token_add(st, out, req->actor->by, req->a, text, err);
}

int
users_token_remove(struct web *w, struct request *req, bool own,
    const char *name, struct err *err)
{
	struct store *st = web_store(w, err);
	const char *user = NULL;
	struct user u = { .id = 0 };

	if (st == NULL || (own && users_own(req, err) == -1))
		return -1;
	if (own)
		return token_remove(st, req->actor->user, name, err);
	if (body_text(req, "user", USER_NAME_MAX, &user, err) == -1)
		return -1;
	if (user != NULL && user_find(st, user, req->a, &u, err) != 1)
		return err->code != ERR_NONE ? -1 : err_set(err,
		    ERR_NOT_FOUND, "there is no user \"%s\"", user);
	return token_remove(st, u.id, name, err);
}

/* --- audit ---------------------------------------------------------------- */

static const char *
argument(const struct request *req, const char *name)
{
	const char *s = request_arg(req, name);

	return s == NULL || s[0] == '\0' || strlen(s) > ARGUMENT_MAX ? NULL : s;
}

int
audit_query(const struct request *req, struct audit_query *out,
    struct err *err)
{
	const char *since = argument(req, "since");
	int64_t limit;

	*out = (struct audit_query){ .actor = argument(req, "actor"),
		.target = argument(req, "target"),
		.action = argument(req, "action"),
		.scope = argument(req, "scope") };
	if (since != NULL && !clock_parse(since, &out->since_ms))
		return err_set(err, ERR_INVALID, "argument \"since\" is no "
		    "time such as 2026-01-31T00:00:00Z");
	if (arguments_number(req, "before", 1, INT64_MAX, 0, &out->before,
	    err) == -1 || arguments_number(req, "limit", 1, AUDIT_PAGE,
		AUDIT_PAGE, &limit, err) == -1)
		return -1;
	out->limit = (int)limit;
	return 0;
}
