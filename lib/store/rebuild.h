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

/*
 * Check one run, or all with `run` 0. `*n` is the number of differences, each
 * of which was reported. Each run is read in a transaction of its own, so
 * this can be done while Pawl works. ERR_NOT_FOUND when there is no such run.
 */
int
store_verify_events(struct store *st, int64_t run, rebuild_report_fn report,
    void *ctx, int64_t *n, struct err *err);

#endif
