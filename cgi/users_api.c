/*
 * users_api.c - people for programs: users, grants, links; who asks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/users.h"

#include "lib/base/str.h"
#include "lib/render/json.h"
#include "lib/render/json_users.h"
#include "lib/web/arguments.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

/* A user with his grants, under `status`. */
static int
answer_user(struct response *res, int status, struct store *st,
    const struct user *u, struct arena *a, struct err *err)
{
	struct grant *grants;
	json_t *o;
	size_t n;

	if (grant_list(st, u->id, a, &grants, &n, err) == -1)
		return -1;
	o = json_user(u);
	json_object_set_new(o, "grants", json_grants(grants, n, a));
	return answer_json(res, status, o);
}

int
api_user(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const kinds[] = {
		[ACTOR_TOKEN] = "token", [ACTOR_USER] = "user",
		[ACTOR_MACHINE] = "machine",
	};
	const struct actor *who = req->actor;
	json_t *o = json_object();

	(void)w;
	(void)err;
	json_object_set_new(o, "kind", json_text_of(kinds[who->kind]));
	json_object_set_new(o, "name", json_text_of(who->name));
	json_object_set_new(o, "by", json_text_of(who->by));
	json_object_set_new(o, "grants", json_grants(who->grants,
	    who->n_grants, req->a));
	return answer_json(res, 200, o);
}

int
api_users(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *after = request_arg(req, "after");
	struct user *list;
	struct grant *grants;
	json_t *out, *o;
	int64_t limit;
	size_t n, n_grants;

	if (st == NULL || arguments_number(req, "limit", 1, 100, USERS_PAGE,
	    &limit, err) == -1 || user_list(st, after != NULL ? after : "",
		limit, req->a, &list, &n, err) == -1)
		return -1;
	out = json_array();
	for (size_t i = 0; i < n; i++) {
		if (grant_list(st, list[i].id, req->a, &grants, &n_grants,
		    err) == -1) {
			json_decref(out);
			return -1;
		}
		o = json_user(&list[i]);
		json_object_set_new(o, "grants", json_grants(grants, n_grants,
		    req->a));
		json_array_append_new(out, o);
	}
	o = json_object();
	json_object_set_new(o, "users", out);
	json_object_set_new(o, "next", (int64_t)n < limit ? json_null() :
	    json_text_of(arena_printf(req->a, "%s/api/v1/users?limit=%lld"
	    "&after=%s", w->config->base_url, (long long)limit,
	    list[n - 1].name)));
	return answer_json(res, 200, o);
}

int
api_users_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct user u;

	return users_add(w, req, &u, err) == -1 ? -1 :
	    answer_user(res, 201, w->store, &u, req->a, err);
}

int
api_users_show(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct user u;

	return users_find(w, req, &u, err) == -1 ? -1 :
	    answer_user(res, 200, w->store, &u, req->a, err);
}

int
api_users_change(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return users_disable(w, req, err) == -1 ? -1 :
	    api_users_show(w, req, res, err);
}

int
api_users_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return users_remove(w, req, err) == -1 ? -1 :
	    answer_json(res, 200, json_object());
}

int
api_users_link(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *address;
	int64_t expires_at_ms;
	json_t *o;

	if (users_link(w, req, &address, &expires_at_ms, err) == -1)
		return -1;
	o = json_object();
	json_object_set_new(o, "url", json_text_of(address));
	json_object_set_new(o, "expires_at", json_time_of(expires_at_ms));
	return answer_json(res, 201, o);
}

int
api_users_grants(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct grant *grants;
	struct user u;
	size_t n;
	json_t *o;

	if (users_find(w, req, &u, err) == -1 ||
	    grant_list(w->store, u.id, req->a, &grants, &n, err) == -1)
		return -1;
	o = json_object();
	json_object_set_new(o, "grants", json_grants(grants, n, req->a));
	return answer_json(res, 200, o);
}

int
api_users_grant(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return users_grant(w, req, err) == -1 ? -1 :
	    api_users_grants(w, req, res, err);
}

int
api_users_revoke(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return users_revoke(w, req, err) == -1 ? -1 :
	    api_users_grants(w, req, res, err);
}
