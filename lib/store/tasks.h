/*
 * tasks.h - what Pawl does by itself: a table of tasks, when each is done, and
 * how it went the last time.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_TASKS_H
#define PAWL_STORE_TASKS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

enum task_name {
	TASK_SWEEP, TASK_RECONCILE, TASK_SEND, TASK_SCHEDULES, TASK_GATES,
	TASK_ALERTS, TASK_LEASES,
	TASK_N
};

struct task_state {
	const char *name;    /* "sweep" */
	const char *what;    /* for people */
	const char *when;    /* likewise */
	const char *program; /* that does it */
	int64_t began_at_ms, ended_at_ms; /* the last time; 0: never, or it is
	                                     not noted */
	const char *error;   /* why it failed then, or NULL */
	const char *said;    /* what came of it; NULL: nothing */
	int64_t next_at_ms;  /* 0: when there is something to do */
};

/* Note that one is done, which began then. `error` NULL: it went well. */
int
task_done(struct store *st, enum task_name task, int64_t began_at_ms,
    const char *said, const char *error, struct err *err);

/* All of them: TASK_N rows. */
int
task_list(struct store *st, struct arena *a, struct task_state **out,
    struct err *err);

#endif
