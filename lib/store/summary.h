/*
 * summary.h - how runs did within a time: how many, how long, what failed.
 *
 * What it costs is bounded by SUMMARY_MAX_RUNS, the newest that ended; runs
 * that were skipped do not count.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SUMMARY_H
#define PAWL_STORE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define SUMMARY_MAX_RUNS 20000
#define SUMMARY_MAX_STEPS 100

struct summary_query {
	int64_t since_ms;     /* ended then or later */
	int64_t repo;         /* 0: all */
	const char *workflow; /* its name; NULL: any */
	const char *sees;     /* see sees.h */
};

struct summary_total {
	int64_t total, succeeded, failed;
	int64_t measured; /* of them had started: */
	int64_t avg_ms, p50_ms, p95_ms, p99_ms; /* by the nearest rank */
};

struct summary_hour {
	int64_t at_ms; /* its first millisecond, UTC */
	int64_t total, failed;
};

struct summary_step {
	const char *title;
	int64_t total, failed, avg_ms, p99_ms;
};

int
summary_read(struct store *st, const struct summary_query *q,
    struct summary_total *out, struct err *err);

/* The oldest hour first; hours without a run are left out. */
int
summary_hours(struct store *st, const struct summary_query *q,
    struct arena *a, struct summary_hour **out, size_t *n, struct err *err);

/* Those that took most together first, SUMMARY_MAX_STEPS at most. */
int
summary_steps(struct store *st, const struct summary_query *q,
    struct arena *a, struct summary_step **out, size_t *n, struct err *err);

#endif
