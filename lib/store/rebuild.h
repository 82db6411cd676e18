/*
 * rebuild.h - is what the tables say what the events say?
 *
 * Current states of runs, jobs and steps can be rebuilt from the events
 * alone (doc/design.md, section 4). This does so, checks on the way that each
 * event is a legal move from the state before it, and compares the end with
 * the tables.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_REBUILD_H
#define PAWL_STORE_REBUILD_H

#include <stdint.h>

#include "lib/store/store.h"

/* Told each difference, as one line for people: "run 3: job 7 is running, but
 * its events say failed". */
typedef void (*rebuild_report_fn)(void *ctx, const char *text);

struct rebuild {
	int64_t run;    /* this one; 0: all of... */
	int64_t repo;   /* a repository; 0: all */
	int64_t from;   /* whose id is not smaller */
	const char *by; /* who asked for states to be written back as the
	                   events have them; NULL: nothing is written */
	rebuild_report_fn report;
	void *ctx;
};

struct rebuild_result {
	int64_t runs, differences, mended;
};

/*
 * Replay the events of runs and compare, one run after the other, each in a
 * transaction of its own: so this can be done while Pawl works, in the memory
 * of the largest run. Without `run`, what the queue counts is compared, too.
 * Written back are states, attempts and counts; each is told as an event
 * "run.rebuilt". Rows that are gone, and events that are wrong themselves,
 * stay as they are. ERR_NOT_FOUND when there is no such run.
 */
int
store_rebuild(struct store *st, const struct rebuild *how,
    struct rebuild_result *out, struct err *err);

/* Only compare, one run or (0) all. `*n` is the number of differences. */
int
store_verify_events(struct store *st, int64_t run, rebuild_report_fn report,
    void *ctx, int64_t *n, struct err *err);

#endif
