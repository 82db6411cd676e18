/*
 * tokens_api.c - tokens and the audit, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/users.h"

#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/render/json.h"
#include "lib/render/json_users.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static int
answer_tokens(struct response *res, const struct token *list, size_t n,
    struct arena *a)
{
	json_t *out = json_array(), *o = json_object();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_token(&list[i], a));
	json_object_set_new(o, "tokens", out);
	return answer_json(res, 200, o);
}

/* With its text, which is never told again. */
static int
add(struct web *w, struct request *req, struct response *res, bool own,
    struct err *err)
{
	const char *text;
	struct token t;
	json_t *o;

	if (users_token_add(w, req, own, &t, &text, err) == -1)
		return -1;
	o = json_token(&t, req->a);
	json_object_set_new(o, "token", json_text_of(text));
	return answer_json(res, 201, o);
}

int
api_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct token *list;
	size_t n;

	return st == NULL || token_list(st, req->a, &list, &n, err) == -1 ?
	    -1 : answer_tokens(res, list, n, req->a);
}

int
api_own_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct token *list;
	size_t n;

	return st == NULL || users_own(req, err) == -1 ||
	    token_list_user(st, req->actor->user, req->a, &list, &n,
		err) == -1 ? -1 : answer_tokens(res, list, n, req->a);
}

int
api_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return add(w, req, res, false, err);
}

int
api_own_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return add(w, req, res, true, err);
}

int
api_tokens_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const fields[] = { "user", NULL };

	return body_only(req, fields, err) == -1 ||
	    users_token_remove(w, req, false, request_param(req, "token"),
		err) == -1 ? -1 : answer_json(res, 200, json_object());
}

int
api_own_tokens_remove(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	static const char *const none[] = { NULL };

	return body_only(req, none, err) == -1 ||
	    users_token_remove(w, req, true, request_param(req, "token"),
		err) == -1 ? -1 : answer_json(res, 200, json_object());
}

/* The same filters, from the last one on. */
static const char *
next_address(const struct web *w, const struct audit_query *q, int64_t last,
    struct arena *a)
{
	const char *const values[] = { q->actor, q->target, q->action,
		q->scope };
	static const char *const names[] = { "actor", "target", "action",
		"scope" };
	struct str s = STR_INIT;
	const char *out;

	str_addf(&s, "%s/api/v1/audit?limit=%d&before=%lld",
	    w->config->base_url, q->limit, (long long)last);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (values[i] == NULL)
			continue;
		str_addf(&s, "&%s=", names[i]);
		percent_encode(&s, values[i]);
	}
	out = arena_strdup(a, s.s);
	str_release(&s);
	return out;
}

int
api_audit(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct audit_entry *list;
	struct audit_query q;
	json_t *out, *o;
	size_t n;

	if (st == NULL || audit_query(req, &q, err) == -1 ||
	    audit_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	out = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_audit(&list[i]));
	o = json_object();
	json_object_set_new(o, "entries", out);
	json_object_set_new(o, "next", n < (size_t)q.limit ? json_null() :
	    json_text_of(next_address(w, &q, list[n - 1].id, req->a)));
	return answer_json(res, 200, o);
}
