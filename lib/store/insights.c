/*
 * insights.c - see insights.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/insights.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/store/statement.h"

struct ended {
	int64_t finished_at_ms, started_at_ms, created_at_ms;
	enum run_state state;
};

static const struct field ended_fields[] = {
	FIELD(INT64, ended, finished_at_ms),
	FIELD(RUN, ended, state),
	FIELD(INT64, ended, started_at_ms),
	FIELD(INT64, ended, created_at_ms),
};
static const struct shape ended_shape = { ended_fields,
	ARRAY_LEN(ended_fields), sizeof(struct ended) };

static const struct field job_fields[] = {
	FIELD(TEXT, insight_job, owner),
	FIELD(TEXT, insight_job, name),
	FIELD(TEXT, insight_job, workflow),
	FIELD(TEXT, insight_job, title),
	FIELD(INT64, insight_job, ended),
	FIELD(INT64, insight_job, failed),
	FIELD(INT64, insight_job, flaky),
	FIELD(INT64, insight_job, avg_ms),
	FIELD(INT64, insight_job, max_ms),
};
static const struct shape job_shape = { job_fields, ARRAY_LEN(job_fields),
	sizeof(struct insight_job) };

int
insight_success(const struct insight *i)
{
	return i->total == 0 ? -1 : (int)(i->succeeded * 1000 / i->total);
}

static int
compare_ended(const void *a, const void *b)
{
	const struct ended *x = a, *y = b;

	return x->finished_at_ms < y->finished_at_ms ? -1 :
	    x->finished_at_ms > y->finished_at_ms;
}

static int
compare_ms(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of sorted values the smallest that `hundredths` of them do not exceed. */
static int64_t
percentile(const int64_t *ms, size_t n, size_t hundredths)
{
	return n == 0 ? 0 : ms[(n * hundredths + 99) / 100 - 1];
}

static void
count(struct insight *out, enum run_state state)
{
	out->total++;
	if (state == RUN_SUCCEEDED)
		out->succeeded++;
	else if (state == RUN_FAILED)
		out->failed++;
	else
		out->other++;
}

/* `ms` has room for a value of each. */
static void
sum_up(struct insight *out, const struct ended *list, size_t n, int64_t *ms)
{
	int64_t total = 0;
	size_t timed = 0;

	for (size_t i = 0; i < n; i++) {
		count(out, list[i].state);
		if (list[i].started_at_ms == 0)
			continue;
		ms[timed] = list[i].finished_at_ms - list[i].started_at_ms;
		total += ms[timed++];
	}
	if (timed == 0)
		return;
	out->avg_ms = total / (int64_t)timed;
	qsort(ms, timed, sizeof(ms[0]), compare_ms);
	out->p50_ms = percentile(ms, timed, 50);
	out->p95_ms = percentile(ms, timed, 95);
	out->p99_ms = percentile(ms, timed, 99);
	timed = 0;
	for (size_t i = 0; i < n; i++) {
		if (list[i].started_at_ms != 0)
			ms[timed++] = list[i].started_at_ms -
			    list[i].created_at_ms;
	}
	qsort(ms, timed, sizeof(ms[0]), compare_ms);
	out->wait_p50_ms = percentile(ms, timed, 50);
	out->wait_p95_ms = percentile(ms, timed, 95);
}

int
insights_read(struct store *st, const struct insight_query *q,
    struct arena *a, struct insights *out, struct err *err)
{
	int64_t base_ms = q->from_ms / q->bucket_ms * q->bucket_ms;
	int64_t parts = (q->to_ms - base_ms + q->bucket_ms - 1) /
	    q->bucket_ms, *ms;
	struct ended *list;
	size_t n, at = 0;

	if (parts < 1 || parts > INSIGHT_MAX_BUCKETS)
		return err_set(err, ERR_INVALID, "a period has 1 to %d parts",
		    INSIGHT_MAX_BUCKETS);
	if (store_rows(st, SQL_INSIGHT_RUNS, PARAMS(P_TEXT("sees", q->sees),
		P_INT("from", q->from_ms), P_INT("to", q->to_ms),
		P_INT("limit", INSIGHT_MAX_RUNS + 1)), &ended_shape, a, &list,
		&n, err) == -1)
		return -1;
	*out = (struct insights){ .n = (size_t)parts,
		.cut = n > INSIGHT_MAX_RUNS };
	out->buckets = arena_alloc(a, out->n * sizeof(*out->buckets));
	ms = arena_alloc(a, (n + 1) * sizeof(*ms));
	if (n > 0)
		qsort(list, n, sizeof(list[0]), compare_ended);
	for (size_t i = 0; i < out->n; i++) {
		struct insight *b = &out->buckets[i];
		size_t begin = at;

		*b = (struct insight){ .from_ms = base_ms +
			(int64_t)i * q->bucket_ms };
		while (at < n &&
		    list[at].finished_at_ms < b->from_ms + q->bucket_ms)
			at++;
		sum_up(b, list + begin, at - begin, ms);
	}
	out->sum.from_ms = q->from_ms;
	sum_up(&out->sum, list, n, ms);
	return 0;
}

int
insight_jobs(struct store *st, const struct insight_query *q,
    struct arena *a, struct insight_job **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_INSIGHT_JOBS, PARAMS(
	    P_TEXT("sees", q->sees), P_INT("from", q->from_ms),
	    P_INT("to", q->to_ms), P_INT("runs", INSIGHT_MAX_JOB_RUNS),
	    P_INT("limit", INSIGHT_MAX_JOBS)), &job_shape, a, out, n, err);
}
