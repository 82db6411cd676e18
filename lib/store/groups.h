/*
 * groups.h - concurrency groups: one holder at a time, others in a line.
 *
 * docs.github.com, "Control the concurrency of workflows and jobs": a group
 * belongs to a repository, its name counts without regard to case; one runs
 * and one waits, a newer one takes the place of what waits;
 * `cancel-in-progress` ends the holder too; with `queue: max` all wait, in
 * order. Runs, jobs and calls of workflows share the names.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_GROUPS_H
#define PAWL_STORE_GROUPS_H

#include "lib/base/str.h"
#include "lib/store/decisions.h"

/* Bytes of a group's name. */
#define GROUP_MAX_NAME 1000
/* Places that wait in one group with `queue: max`. */
#define GROUP_MAX_WAITING 100

struct group_wish {
	const char *name;
	const char *key; /* of the job or call; "": the run */
	bool cancel_in_progress, queue_max;
};

enum group_answer {
	GROUP_HELD,    /* go on */
	GROUP_WAITS,   /* `why` says for whom */
	GROUP_REFUSED, /* never: `why` says it */
	GROUP_FULL,    /* too many wait: `why` says it */
};

/*
 * Ask for the place of a run or a job in a group, the first time or again,
 * within a transaction. Returns enum group_answer, or -1. Those that it takes
 * the place of are ended here.
 */
int
group_enter(struct store *st, const struct decision_snapshot *s,
    const struct group_wish *wish, struct str *why, struct err *err);

/* Does the run wait for its own group? 1, 0. */
int
group_run_waits(struct store *st, int64_t run, struct err *err);

/* The owner has ended: the next in line holds the group, and its run is
 * marked. Nothing happens when it has no place. */
int
group_leave(struct store *st, int64_t run, const char *key, struct err *err);

/* All places of a run: it has ended. */
int
group_leave_all(struct store *st, int64_t run, struct err *err);

/* Places of calls whose jobs have all ended. */
int
group_leave_calls(struct store *st, int64_t run, struct err *err);

#endif
