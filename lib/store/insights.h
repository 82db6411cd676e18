/*
 * insights.h - the past in numbers: how many runs ended how, how long they
 * took and waited, which jobs are slow or pass only when tried again.
 *
 * A question costs what its period holds, to a limit, whatever was before.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_INSIGHTS_H
#define PAWL_STORE_INSIGHTS_H

#include "lib/store/runs.h"

/* Runs that one question looks at, and those whose jobs it does. */
#define INSIGHT_MAX_RUNS 50000
#define INSIGHT_MAX_JOB_RUNS 2000
#define INSIGHT_MAX_JOBS 200
#define INSIGHT_MAX_BUCKETS 400

struct insight_query {
	const char *sees;       /* repositories; NULL: all (sees.h) */
	int64_t from_ms, to_ms; /* ended from, and before */
	int64_t bucket_ms;      /* the period in parts of so long, which begin
	                           at whole ones of 1970 UTC: the first and the
	                           last may be cut */
};

/* Runs that ended in a part of the period, or in all of it; as summary.h counts
 * them, without those that were skipped. */
struct insight {
	int64_t from_ms;
	int64_t total, succeeded, failed, other; /* other: cancelled */
	/* Of those that had started; 0: there is none. pNN is the smallest that
	 * NN of a hundred do not exceed. */
	int64_t avg_ms, p50_ms, p95_ms, p99_ms;  /* from start to end */
	int64_t wait_p50_ms, wait_p95_ms;        /* from making to start */
};

/* The part of them that succeeded, in thousandths; -1 when there are none. */
int
insight_success(const struct insight *i);

struct insights {
	struct insight sum;
	struct insight *buckets; /* in order, also empty ones */
	size_t n;
	bool cut; /* there were more than INSIGHT_MAX_RUNS */
};

/* ERR_INVALID: more than INSIGHT_MAX_BUCKETS parts. */
int
insights_read(struct store *st, const struct insight_query *q,
    struct arena *a, struct insights *out, struct err *err);

struct insight_job {
	const char *owner, *name, *workflow, *title;
	int64_t ended;  /* succeeded or failed */
	int64_t failed;
	int64_t flaky;  /* passed when they were tried again */
	int64_t avg_ms, max_ms;
};
/* Of the newest INSIGHT_MAX_JOB_RUNS runs of the period, those that cost most
 * time in front. */
int
insight_jobs(struct store *st, const struct insight_query *q,
    struct arena *a, struct insight_job **out, size_t *n, struct err *err);

#endif
