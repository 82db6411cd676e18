/*
 * numbers.h - what Pawl counts and measures of itself: one table of families,
 * as monitoring reads them, and their values in the database.
 *
 * Counters and histograms are counted when something happens (counters.h);
 * gauges are read when somebody looks, from indexes that are as large as what
 * there is now. No label has values that grow with history: no ids, no names
 * of branches or jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_NUMBERS_H
#define PAWL_STORE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/store/store.h"

enum number {
	/* counters */
	NUMBER_EVENTS, NUMBER_RUNS, NUMBER_JOBS, NUMBER_RETRIES,
	NUMBER_LEASES_LOST, NUMBER_DELIVERIES, NUMBER_SETTLED,
	NUMBER_REFUSALS, NUMBER_SENDINGS, NUMBER_CACHE_LOOKUPS,
	NUMBER_LEFTOVERS,
	/* histograms */
	NUMBER_RUN_TOOK, NUMBER_JOB_WAITED, NUMBER_JOB_TOOK,
	NUMBER_STEP_TOOK,
	/* gauges */
	NUMBER_QUEUE_JOBS, NUMBER_QUEUE_OLDEST, NUMBER_QUEUE_STOPPED,
	NUMBER_LEASES_OVER, NUMBER_RUNS_ACTIVE, NUMBER_GATES_OPEN,
	NUMBER_DELIVERIES_WAITING, NUMBER_DELIVERIES_OLDEST,
	NUMBER_OUTBOX_QUEUED, NUMBER_OUTBOX_OLDEST, NUMBER_OUTBOX_DEAD,
	NUMBER_HOSTS_LEFT, NUMBER_SCHEDULES_DUE, NUMBER_ENGINES_UP,
	NUMBER_N
};

enum number_type { TYPE_COUNTER, TYPE_HISTOGRAM, TYPE_GAUGE };

#define NUMBER_MAX_LABELS 3

struct number_row {
	const char *name; /* below "pawl_", with its unit, without "_total" */
	enum number_type type;
	const char *unit; /* "seconds"; "": none */
	bool by_repo;     /* repositories can be told apart */
	const char *labels[NUMBER_MAX_LABELS];
	const char *help;
};

const struct number_row *
number_row(enum number number);

/* Upper bounds of the buckets of all histograms, in milliseconds; above the
 * last there is one without. */
#define NUMBER_BOUNDS 14
extern const int64_t number_bounds[NUMBER_BOUNDS];

/* One value. */
struct sample {
	const char *labels; /* 'result="failed"'; "": none */
	int64_t bucket;     /* as counters.bucket */
	int64_t n;          /* of gauges in seconds: milliseconds */
	int64_t total_ms;   /* of a histogram */
};

/* Those of a number: of a histogram each bucket that has any, in the order of
 * labels. `by_repo` tells repositories apart where that is possible; those that
 * somebody does not see (`sees`, sees.h) are one without a name. */
int
number_read(struct store *st, enum number number, bool by_repo,
    const char *sees, struct arena *a, struct sample **out, size_t *n, struct err *err);

#endif
