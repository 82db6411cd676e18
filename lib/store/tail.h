/*
 * tail.h - events as they come, over all runs, for those who follow them.
 *
 * The id of an event orders all of them. Writers commit one after another, so
 * who has seen one id has seen all smaller ones that there will ever be.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_TAIL_H
#define PAWL_STORE_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/* One event, and where it happened. */
struct tail_row {
	int64_t id, seq;
	const char *type; /* "step.completed" */
	const char *data; /* a JSON object */
	int64_t at_ms;
	int64_t repo, run; /* ids */
	const char *owner, *name;
	int64_t number;    /* of the run */
	int run_attempt;
	const char *workflow;
	int64_t job;       /* id; 0: it is about the run */
	const char *key;   /* of the job, or "" */
	int attempt, step; /* of the job; its number; 0: none */
	int64_t duration_ms; /* of what it ended; -1: it ended nothing */
};

/* The id of the newest, 0 when there is none: 0, or -1. */
int
tail_newest(struct store *st, int64_t *id, struct err *err);

/* At most `limit` behind the id `after`, up to the id `to`; `repo` 0: of all.
 * Fewer than `limit` rows: there are no more in between. Costs are those of
 * to - after events. */
int
tail_read(struct store *st, int64_t repo, int64_t after, int64_t to,
    int limit, struct arena *a, struct tail_row **out, size_t *n,
    struct err *err);

/* Those of one run. */
int
tail_read_run(struct store *st, int64_t run, int64_t after, int limit,
    struct arena *a, struct tail_row **out, size_t *n, struct err *err);

/* The state in which a run, or a job, is over with an event of this type, a
 * literal; NULL: it is not. */
const char *
tail_run_end(const char *type);
const char *
tail_job_end(const char *type);

#endif
