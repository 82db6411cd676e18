/*
 * inbox_api.c - webhooks and what became of them, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/inbox.h"
#include "cgi/paging.h"

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/render/json.h"

int
api_inbox(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct inbox_query q;
	struct delivery *list;
	json_t *o, *array;
	int64_t limit;
	size_t n;

	if (st == NULL || arguments_number(req, "limit", 1, PAGING_MAX,
	    PAGING_LIMIT, &limit, err) == -1 ||
	    inbox_args(st, req, (int)limit, &q, err) == -1 ||
	    inbox_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	o = json_object();
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_delivery(&list[i],
		    inbox_may(req, ROLE_READER, &list[i])));
	json_object_set_new(o, "deliveries", array);
	paging_next(w, req, res, o, "before", n == (size_t)limit ?
	    list[n - 1].id : NULL);
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
	struct refusal *list;
	int64_t before;
	json_t *o, *array;
	int limit;
	size_t n;

	if (st == NULL ||
	    paging_read(req, "before", &limit, &before, err) == -1 ||
	    refusal_list(st, before, limit, req->a, &list, &n, err) == -1)
		return -1;
	o = json_object();
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_refusal(&list[i]));
	json_object_set_new(o, "refusals", array);
	paging_next_id(w, req, res, o, "before", n == (size_t)limit ?
	    list[n - 1].id : 0);
	return answer_json(res, 200, o);
}
