/*
 * inbox_api.c - webhooks and what became of them, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/inbox.h"

#include <stdio.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/render/json.h"

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 100

static int
limit_arg(const struct request *req, int *limit, struct err *err)
{
	const char *s = request_arg(req, "limit");
	long long n = DEFAULT_LIMIT;

	if (s != NULL && !str_to_int64(s, 1, MAX_LIMIT, &n))
		return err_set(err, ERR_INVALID, "argument \"limit\" must be "
		    "a whole number from 1 to %d", MAX_LIMIT);
	*limit = (int)n;
	return 0;
}

/* `next` of a list that is as long as was asked for, else null. */
static void
set_next(struct web *w, const struct request *req, struct response *res,
    json_t *o, const char *list, int limit, const char *last)
{
	struct str url = STR_INIT, link = STR_INIT;

	json_object_set_new(o, "next", json_null());
	if (last == NULL)
		return;
	str_addf(&url, "%s/api/v1/%s?limit=%d&", w->config->base_url, list,
	    limit);
	inbox_next_args(req, last, &url);
	str_addf(&link, "<%s>; rel=\"next\"", url.s);
	response_header(res, "Link", link.s);
	json_object_set_new(o, "next", json_string(url.s));
	str_release(&url);
	str_release(&link);
}

int
api_inbox(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct inbox_query q;
	struct delivery *list;
	json_t *o, *array;
	int limit;
	size_t n;

	if (st == NULL || limit_arg(req, &limit, err) == -1 ||
	    inbox_args(st, req, limit, &q, err) == -1 ||
	    inbox_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	o = json_object();
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_delivery(&list[i],
		    inbox_may(req, ROLE_READER, &list[i])));
	json_object_set_new(o, "deliveries", array);
	set_next(w, req, res, o, "deliveries", limit,
	    n == (size_t)limit ? list[n - 1].id : NULL);
	return answer_json(res, 200, o);
}

/* A body that is no text is null. */
static json_t *
body_text_of(const struct delivery *d)
{
	return d->body_len == utf8_valid_len(d->body, d->body_len) ?
	    json_stringn(d->body, d->body_len) : json_null();
}

int
api_inbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct delivery d;
	struct run *runs;
	json_t *o, *list;
	bool whole;
	size_t n;

	if (st == NULL || inbox_find(st, req, &d, &runs, &n, err) == -1)
		return -1;
	whole = inbox_may(req, ROLE_READER, &d);
	o = json_delivery(&d, whole);
	json_object_set_new(o, "bytes", json_integer((json_int_t)d.body_len));
	if (whole && request_arg(req, "body") != NULL)
		json_object_set_new(o, "body", body_text_of(&d));
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(w->config, &runs[i]));
	json_object_set_new(o, "runs", list);
	return answer_json(res, 200, o);
}

int
api_inbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct denial no;
	struct str url = STR_INIT;
	char made[37];
	int rc = inbox_send_again(w, req, made, &no, err);

	if (rc == -1)
		return -1;
	if (rc == 0) {
		problem_write(res, req, no.status, no.code, no.detail);
		return 0;
	}
	str_addf(&url, "%s/api/v1/deliveries/%s", w->config->base_url, made);
	response_header(res, "Location", url.s);
	answer_json(res, 202, json_pack("{s:s, s:s, s:s}", "id", made,
	    "replay_of", request_param(req, "id"), "url", url.s));
	str_release(&url);
	return 0;
}

int
api_refusals(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *s = request_arg(req, "before");
	long long before = 0;
	struct refusal *list;
	json_t *o, *array;
	char last[24];
	int limit;
	size_t n;

	if (s != NULL && !str_to_int64(s, 1, INT64_MAX, &before))
		return err_set(err, ERR_INVALID, "argument \"before\" must be "
		    "the id of a refusal");
	if (st == NULL || limit_arg(req, &limit, err) == -1 ||
	    refusal_list(st, before, limit, req->a, &list, &n, err) == -1)
		return -1;
	o = json_object();
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_refusal(&list[i]));
	json_object_set_new(o, "refusals", array);
	if (n == (size_t)limit)
		snprintf(last, sizeof(last), "%lld",
		    (long long)list[n - 1].id);
	set_next(w, req, res, o, "refusals", limit, n == (size_t)limit ?
	    last : NULL);
	return answer_json(res, 200, o);
}
