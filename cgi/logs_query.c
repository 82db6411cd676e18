/*
 * logs_query.c - see logs_query.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/logs_query.h"

#include <string.h>

#include "cgi/find_run.h"
#include "lib/base/clock.h"
#include "lib/store/repos.h"
#include "lib/store/sees.h"

/* What one answer may cost. */
#define MAX_HITS 100
#define MAX_BYTES ((int64_t)256 * 1024 * 1024)
#define MAX_MS 1500

/* An argument that says something. */
static const char *
text_arg(const struct request *req, const char *name)
{
	const char *s = request_arg(req, name);

	return s != NULL && *s != '\0' ? s : NULL;
}

static int
time_arg(const struct request *req, const char *name, int64_t *at_ms,
    struct err *err)
{
	const char *s = text_arg(req, name);

	if (s == NULL || clock_parse(s, at_ms))
		return 0;
	return err_set(err, ERR_INVALID, "\"%s\" is a time, "
	    "\"2026-11-21T12:00:00Z\", or a day", name);
}

/* "OWNER/NAME" in an argument: one that may not be read is not there. */
static int
find_named(struct store *st, struct request *req, int64_t *id,
    struct err *err)
{
	const char *whole = text_arg(req, "repo"), *slash;
	struct repo repo;
	int found = 0;

	if (whole == NULL)
		return 0;
	slash = strchr(whole, '/');
	if (slash != NULL)
		found = repo_find(st, arena_strndup(req->a, whole,
		    (size_t)(slash - whole)), slash + 1, req->a, &repo, err);
	if (found == -1)
		return -1;
	if (found == 0 || (req->sees != NULL &&
	    !sees_holds(req->sees, repo.id)))
		return err_set(err, ERR_NOT_FOUND, "there is no repository "
		    "\"%s\"", whole);
	*id = repo.id;
	return 0;
}

int
logs_query_run(struct web *w, struct request *req, struct logs_query *q,
    struct logs_found *found, struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	*q = (struct logs_query){
		.runs = { .sees = req->sees,
			.branch = text_arg(req, "branch"),
			.workflow = text_arg(req, "workflow"),
			.state = text_arg(req, "status") },
		.text = text_arg(req, "q"),
		.exact = text_arg(req, "exact") != NULL,
		.job = text_arg(req, "job"),
		.step = text_arg(req, "step"),
		.cursor = text_arg(req, "after"),
		.max_hits = MAX_HITS, .max_bytes = MAX_BYTES,
		.max_ms = MAX_MS,
	};
	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    time_arg(req, "since", &q->runs.since_ms, err) == -1 ||
	    time_arg(req, "until", &q->runs.until_ms, err) == -1)
		return -1;
	q->runs.repo = repo.id;
	if (repo.id == 0 && find_named(st, req, &q->runs.repo, err) == -1)
		return -1;
	return logs_find(st, w->config, q, req->a, found, err);
}
