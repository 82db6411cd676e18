/*
 * source.c - what both kinds of source have in common: documents, pages of
 * lists, and what refusals mean.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/source.h"

#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/mem.h"

#define PAGE_MAX 100        /* elements that the API gives at once */
#define LIST_MAX 100000     /* elements of a list, however many were asked */
#define DETAIL_MAX 800

void
answer_release(struct answer *a)
{
	str_release(&a->type);
	str_release(&a->problem);
	str_release(&a->location);
	str_release(&a->body);
	a->status = 0;
}

void
source_close(struct source *s)
{
	if (s != NULL)
		s->kind->close(s);
}

const char *
source_base_url(const struct source *s)
{
	return s->base_url;
}

int
source_need_local(const struct source *s, const char *what, struct err *err)
{
	return source_is_local(s) ? 0 : err_set(err, ERR_UNSUPPORTED,
	    "%s: only on the server itself, not through %s", what,
	    s->base_url);
}

int
source_ask(struct source *s, const char *method, const char *path,
    const json_t *body, struct answer *a, struct err *err)
{
	answer_release(a);
	return s->kind->ask(s, method, path, body, a, err);
}

/* --- refusals ------------------------------------------------------------- */

static const struct {
	int status;
	enum err_code code;
} codes[] = {
	{ 400, ERR_INVALID }, { 401, ERR_DENIED }, { 403, ERR_DENIED },
	{ 404, ERR_NOT_FOUND }, { 405, ERR_UNSUPPORTED },
	{ 409, ERR_CONFLICT }, { 412, ERR_CONFLICT },
	{ 413, ERR_TOO_LARGE }, { 415, ERR_INVALID }, { 422, ERR_INVALID },
	{ 501, ERR_UNSUPPORTED },
};

static enum err_code
code_of(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].status == status)
			return codes[i].code;
	return status >= 500 || status == 429 ? ERR_UNAVAILABLE : ERR_INVALID;
}

int
source_refused(const struct source *s, const struct answer *a,
    struct err *err)
{
	json_t *problem = json_loadb(a->body.s, a->body.len, 0, NULL);
	const char *detail = json_string_value(json_object_get(problem,
	    "detail"));
	enum err_code code = code_of(a->status);

	if (detail == NULL)
		err_set(err, code, "%s answers with status %d",
		    s->base_url, a->status);
	else
		err_set(err, code, "%.*s", DETAIL_MAX, detail);
	json_decref(problem);
	return -1;
}

/* --- documents ------------------------------------------------------------ */

static json_t *
document(const struct source *s, const struct answer *a, struct err *err)
{
	json_error_t where;
	json_t *o;

	if (a->status < 200 || a->status > 299) {
		source_refused(s, a, err);
		return NULL;
	}
	if (a->body.len == 0)
		return json_null();
	o = json_loadb(a->body.s, a->body.len, JSON_DECODE_ANY, &where);
	if (o == NULL)
		err_set(err, ERR_UNAVAILABLE, "what %s answers is not JSON: "
		    "line %d, column %d: %s", s->base_url, where.line,
		    where.column, where.text);
	return o;
}

json_t *
source_change(struct source *s, const char *method, const char *path,
    json_t *body, struct err *err)
{
	struct answer a = ANSWER_INIT;
	json_t *o = NULL;

	if (source_ask(s, method, path, body, &a, err) == 0)
		o = document(s, &a, err);
	json_decref(body);
	answer_release(&a);
	return o;
}

json_t *
source_get(struct source *s, const char *path, struct err *err)
{
	return source_change(s, "GET", path, NULL, err);
}

int
source_do(struct source *s, const char *method, const char *path,
    json_t *body, struct err *err)
{
	json_t *o = source_change(s, method, path, body, err);

	json_decref(o);
	return o == NULL ? -1 : 0;
}

/* --- lists ---------------------------------------------------------------- */

/* The path in the address of the next page. Only the path counts: a base URL
 * that is not the one we asked leads nobody elsewhere. */
static const char *
next_path(const json_t *page)
{
	const char *url = json_string_value(json_object_get(page, "next"));

	return url != NULL ? strstr(url, "api/v1/") : NULL;
}

/* Move up to `limit` elements of a page; false when it has no such list. */
static bool
take(json_t *all, const json_t *page, const char *key, int64_t limit)
{
	const json_t *list = json_is_array(page) ? page :
	    json_object_get(page, key);
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if ((int64_t)json_array_size(all) < limit)
			json_array_append(all, item);
	return json_is_array(list);
}

json_t *
source_list(struct source *s, const char *path, const char *key, int64_t limit,
    unsigned how, struct err *err)
{
	int64_t max = limit > 0 && limit < LIST_MAX ? limit : LIST_MAX;
	struct str next = STR_INIT;
	json_t *all = json_array(), *page = NULL;
	size_t before;

	str_add(&next, path);
	if (how & SOURCE_PAGED)
		str_addf(&next, "%climit=%d", strchr(path, '?') ? '&' : '?',
		    (int)(max < PAGE_MAX ? max : PAGE_MAX));
	while (next.len > 0 && (int64_t)json_array_size(all) < max) {
		before = json_array_size(all);
		if ((page = source_get(s, next.s, err)) == NULL)
			goto fail;
		str_clear(&next);
		if (!take(all, page, key, max)) {
			err_set(err, ERR_UNAVAILABLE, "the answer of %s has "
			    "no \"%s\": is it older than this program?",
			    s->base_url, key);
			goto fail;
		}
		if (next_path(page) != NULL && json_array_size(all) > before)
			str_add(&next, next_path(page));
		json_decref(page);
	}
	str_release(&next);
	return all;
fail:
	json_decref(page);
	json_decref(all);
	str_release(&next);
	return NULL;
}

/* --- files and news ------------------------------------------------------- */

/* What stands behind the base URL, which may have changed since the document
 * was made: a log's and an artifact's address begins with one of these. */
static const char *
file_path(const struct source *s, const char *url)
{
	static const char *const words[] = { "/logs/", "/artifacts/" };
	size_t len = strlen(s->base_url);
	const char *at;

	if (strncmp(url, s->base_url, len) == 0 && url[len] == '/')
		return url + len + 1;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if ((at = strstr(url, words[i])) != NULL)
			return at + 1;
	return NULL;
}

int
source_file(struct source *s, const char *url, int64_t from, source_put put,
    void *ctx, struct err *err)
{
	const char *path = file_path(s, url);

	if (path == NULL)
		return err_set(err, ERR_UNSUPPORTED, "%.200s is not below %s",
		    url, s->base_url);
	return s->kind->file(s, path, from, put, ctx, err);
}

int
source_wait(struct source *s, const char *stream, int timeout_ms,
    struct err *err)
{
	return s->kind->wait(s, stream, timeout_ms, err);
}
