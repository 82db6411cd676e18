/*
 * summary_api.c - how runs did within a time, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "cgi/find_run.h"
#include "lib/base/clock.h"
#include "lib/render/json.h"
#include "lib/store/outbox.h"
#include "lib/store/summary.h"
#include "lib/web/arguments.h"

#define PERIOD "24h"
#define PERIOD_MAX_MS (INT64_C(90) * 24 * 3600 * 1000)

static json_t *
rate(int64_t part, int64_t of)
{
	return of > 0 ? json_real((double)part / (double)of) : json_null();
}

static int
read_query(struct request *req, struct summary_query *q, struct err *err)
{
	const char *period = arguments_text(req, "period");
	int64_t ms;

	if (!clock_parse_duration(period != NULL ? period : PERIOD, 1000,
	    &ms) || ms < 1000 || ms > PERIOD_MAX_MS)
		return err_set(err, ERR_INVALID, "argument \"period\" must be "
		    "a time such as 24h or 7d, at most 90d");
	q->since_ms = clock_now_ms() - ms;
	q->workflow = arguments_text(req, "pipeline");
	q->sees = req->sees;
	return 0;
}

static json_t *
hours_json(const struct summary_hour *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_pack("{s:o, s:I, s:I}",
		    "hour", json_time_of(list[i].at_ms), "executions",
		    (json_int_t)list[i].total, "errors",
		    (json_int_t)list[i].failed));
	return array;
}

static json_t *
steps_json(const struct summary_step *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_pack(
		    "{s:o, s:I, s:I, s:I, s:o}", "step",
		    json_text_of(list[i].title), "executions",
		    (json_int_t)list[i].total, "avg_ms",
		    (json_int_t)list[i].avg_ms, "p99_ms",
		    (json_int_t)list[i].p99_ms, "error_rate",
		    rate(list[i].failed, list[i].total)));
	return array;
}

int
api_summary(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct summary_query q = { 0 };
	struct outbox_counts letters;
	struct summary_total t = { 0 };
	struct summary_hour *hours;
	struct summary_step *steps;
	size_t n_hours, n_steps;
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    read_query(req, &q, err) == -1)
		return -1;
	q.repo = repo.id;
	if (summary_read(st, &q, &t, err) == -1 ||
	    summary_hours(st, &q, req->a, &hours, &n_hours, err) == -1 ||
	    summary_steps(st, &q, req->a, &steps, &n_steps, err) == -1 ||
	    outbox_count(st, &letters, err) == -1)
		return -1;
	return answer_json(res, 200, json_pack("{s:o, s:{s:I, s:o, s:I, s:I, "
	    "s:I, s:I, s:I, s:I}, s:o, s:o}", "since",
	    json_time_of(q.since_ms), "summary", "total_executions",
	    (json_int_t)t.total, "success_rate", rate(t.succeeded, t.total),
	    "avg_duration_ms", (json_int_t)t.avg_ms, "p50",
	    (json_int_t)t.p50_ms, "p95", (json_int_t)t.p95_ms, "p99",
	    (json_int_t)t.p99_ms, "error_count", (json_int_t)t.failed,
	    "dlq_depth", (json_int_t)letters.dead, "by_step",
	    steps_json(steps, n_steps), "by_hour",
	    hours_json(hours, n_hours)));
}
