/*
 * logs_api.c - see logs_api.h.
 *
 * Every answer is bounded, whatever the size of the log: a part of its bytes,
 * of its hits, of its times, and where to go on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/logs_api.h"

#include "cgi/answer.h"
#include "cgi/log_find.h"
#include "cgi/logs_query.h"
#include "lib/render/json.h"
#include "lib/render/log_marks.h"
#include "lib/render/log_search.h"

#define TEXT_MAX_BYTES ((int64_t)1024 * 1024)
#define SEARCH_MAX_BYTES ((int64_t)128 * 1024 * 1024)
#define SEARCH_MAX_HITS 1000

static int64_t
number_arg(const struct request *req, const char *name, int64_t otherwise)
{
	const char *text = request_arg(req, name);
	long long n = otherwise;

	if (text != NULL && !str_to_int64(text, 0, INT64_MAX / 2, &n))
		return otherwise;
	return n;
}

/* From "from" (an offset, or "line") to "to", at most so many bytes. */
static int
range(struct request *req, struct log_file *f, int64_t *from, int64_t *to,
    int64_t max, struct err *err)
{
	int64_t line = number_arg(req, "line", 0);

	*from = number_arg(req, "from", 0);
	if (line > 0 && log_file_find(f, line, from, err) == -1)
		return -1;
	*to = number_arg(req, "to", log_file_size(f));
	if (*to > log_file_size(f))
		*to = log_file_size(f);
	if (*from > *to)
		*from = *to;
	if (max > 0 && *to - *from > max)
		*to = *from + max;
	return 0;
}

static void
add_number(struct response *res, const char *name, int64_t n)
{
	struct str text = STR_INIT;

	str_addf(&text, "%lld", (long long)n);
	response_header(res, name, text.s);
	str_release(&text);
}

int
api_log_text(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct str path = STR_INIT;
	struct log_file *f = NULL;
	int64_t from, to;
	ssize_t n;
	int rc = -1;

	if (log_find(w, req, &f, &path, err) == -1 ||
	    range(req, f, &from, &to, TEXT_MAX_BYTES, err) == -1)
		goto out;
	str_reserve(&res->body, (size_t)(to - from));
	n = log_file_read(f, from, res->body.s, (size_t)(to - from), err);
	if (n == -1)
		goto out;
	res->body.len = (size_t)n;
	res->type = "text/plain; charset=utf-8";
	add_number(res, "Pawl-Log-Offset", from);
	add_number(res, "Pawl-Log-Size", log_file_size(f));
	rc = 0;
out:
	log_file_close(f);
	str_release(&path);
	return rc;
}

int
api_log_lines(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct str path = STR_INIT;
	struct log_file *f = NULL;
	int rc = log_find(w, req, &f, &path, err);

	if (rc == 0)
		rc = log_file_map(f, &res->body, err);
	if (rc == 0) {
		res->type = "application/octet-stream";
		res->revalidate = true;
	}
	log_file_close(f);
	str_release(&path);
	return rc;
}

int
api_log_marks(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct str path = STR_INIT;
	struct log_file *f = NULL;
	struct log_marks marks;
	int rc = log_find(w, req, &f, &path, err);

	if (rc == 0)
		rc = log_marks_read(f, path.s, req->a, &marks, err);
	if (rc == 0)
		rc = answer_json(res, 200, log_marks_json(&marks));
	log_file_close(f);
	str_release(&path);
	return rc;
}

int
api_log_times(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct str path = STR_INIT;
	struct log_file *f = NULL;
	json_t *times = NULL;
	int64_t from, to;
	int rc = -1;

	if (log_find(w, req, &f, &path, err) == 0 &&
	    range(req, f, &from, &to, 0, err) == 0 &&
	    log_times_json(path.s, from, to, &times, err) == 0)
		rc = answer_json(res, 200, times);
	log_file_close(f);
	str_release(&path);
	return rc;
}

static json_t *
found_json(const struct log_found *found, int64_t size)
{
	json_t *o = json_object(), *hits = json_array();

	for (size_t i = 0; i < found->n; i++)
		json_array_append_new(hits, log_hit_json(&found->hits[i]));
	json_object_set_new(o, "hits", hits);
	json_object_set_new(o, "next", found->next == -1 ? json_null() :
	    json_integer(found->next));
	json_object_set_new(o, "size", json_integer(size));
	return o;
}

int
api_log_search(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct log_search s = { .text = request_arg(req, "q"),
		.exact = request_arg(req, "exact") != NULL,
		.max_bytes = SEARCH_MAX_BYTES,
		.max_hits = (int)number_arg(req, "limit", SEARCH_MAX_HITS) };
	struct str path = STR_INIT;
	struct log_file *f = NULL;
	struct log_found found;
	int rc = -1;

	if (s.text == NULL || s.text[0] == '\0')
		return err_set(err, ERR_INVALID, "say what to look for in "
		    "\"q\"");
	if (s.max_hits < 1 || s.max_hits > SEARCH_MAX_HITS)
		s.max_hits = SEARCH_MAX_HITS;
	if (log_find(w, req, &f, &path, err) == 0 &&
	    range(req, f, &s.from, &s.to, 0, err) == 0 &&
	    log_search(f, &s, req->a, &found, err) == 0)
		rc = answer_json(res, 200, found_json(&found,
		    log_file_size(f)));
	log_file_close(f);
	str_release(&path);
	return rc;
}

int
api_logs_search(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct logs_query q;
	struct logs_found found;

	if (logs_query_run(w, req, &q, &found, err) == -1)
		return -1;
	return answer_json(res, 200, logs_found_json(w->config, &found));
}
