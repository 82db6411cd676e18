/*
 * move.h - the one way in which a state changes: checked against its machine,
 * stored, and told as an event, in the open transaction.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_MOVE_H
#define PAWL_STORE_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/str.h"
#include "lib/store/runs.h"
#include "lib/store/rows.h"

/* What an event says besides its states. Zeroed is "nothing": strings NULL,
 * numbers 0, which are left out. Steps and jobs name themselves. */
struct event_facts {
	int64_t job;
	const char *key;   /* of the job */
	int attempt;
	int step;          /* its number */
	int n_steps;       /* that were made */
	bool has_exit_code;
	int exit_code;
	const char *reason;
	const char *cause; /* of a failure, a word: "timeout" (retry.h) */
	const char *limit_of; /* "job": the time that is over is that of the
	                         job, not of a step */
	const char *place; /* "FILE:LINE:COL" of the rule that it is due to */
	const char *by;    /* who asked */
};

/* Append an event; `from` and `to` are words, or NULL. What follows from it
 * outside (outbox_events.c) is queued with it, and it is counted
 * (counters.c). */
int
event_append(struct store *st, int64_t run, const char *type,
    const char *from, const char *to, const struct event_facts *facts,
    struct err *err);

/* A job as far as moving it needs. */
struct job_head {
	int64_t id;
	int64_t run;
	const char *key;
	enum job_state state;
	int attempt;
	int priority;
	int64_t cancel_at_ms;
	const char *cancel_by;
};

/* The attempt whose steps count: those of the first are made with the job,
 * before anybody claims it. */
static inline int
steps_attempt(const struct job_head *h)
{
	return h->attempt > 0 ? h->attempt : 1;
}

/* Place in the queue, smaller first, of a job that waits since `queued_at_ms`:
 * a point of priority is worth QUEUE_AGE_STEP_MS of waiting. All jobs age
 * alike, so the order of two never changes. */
int64_t
job_rank(int64_t queued_at_ms, int priority);

/* ERR_NOT_FOUND. */
int
job_head_read(struct store *st, int64_t job, struct arena *a,
    struct job_head *out, struct err *err);

/* The same, with the attempt checked: ERR_CONFLICT when the job is no longer
 * this attempt's, or holds no lease. */
int
job_head_of(struct store *st, int64_t job, int attempt, struct arena *a,
    struct job_head *out, struct err *err);

/* Facts that every event of a job has. */
struct event_facts
job_facts(const struct job_head *h);

/* Move a run, a job, a step. ERR_CONFLICT when the machine has no such move.
 * job_move() also moves h->state; a job that becomes pending from blocked or
 * waiting gets its place in the queue. */
int
run_move(struct store *st, int64_t run, enum run_state from, const char *on,
    const char *by, struct err *err);
int
job_move(struct store *st, struct job_head *h, const char *on,
    const struct event_facts *facts, struct err *err);
int
step_move(struct store *st, const struct job_head *h, int64_t step,
    int number, enum step_state from, const char *on, int exit_code,
    const char *reason, struct err *err);

/* A move of any machine, or ERR_CONFLICT that names `what` and `id`. */
const struct move *
move_require(enum machine m, int from, const char *on, int64_t id,
    struct err *err);

/* The run starts with the first of its jobs. */
int
run_ensure_started(struct store *st, int64_t run, struct err *err);

/* End a job that nobody claimed (skip, cancel, fail), with its steps. Marking
 * its run is the caller's. */
int
job_end_unstarted(struct store *st, struct job_head *h, const char *on,
    const char *reason, const char *by, struct err *err);

/* End a waiting job well: all that it had to do was to wait. Its steps with
 * it, and its run is marked. */
int
job_end_passed(struct store *st, struct job_head *h, const char *by,
    struct err *err);

/* The end of a job that holds a lease. */
struct job_end {
	const char *on;      /* succeed, fail, cancel */
	int exit_code;       /* -1: none */
	const char *reason;
	const char *outputs; /* a JSON object, or NULL */
	const char *generated;
	const char *cause, *limit_of; /* as in struct event_facts */
	int64_t grace_ms;    /* nobody but the caller decides the run before */
};

/* End it, with its steps, and mark its run. */
int
job_end_active(struct store *st, struct job_head *h,
    const struct job_end *end, struct err *err);

/* End the steps that an attempt left open: running ones by `on` with the
 * reason, queued ones are skipped. */
int
attempt_end(struct store *st, const struct job_head *h, const char *on,
    const char *reason, struct err *err);

/* End a run that waits before its jobs, as cancelled. */
int
run_end_held(struct store *st, int64_t run, const char *by, struct err *err);

/* The text of a pipeline file, stored once however many runs use it. */
int
config_store(struct store *st, int64_t repo, const char *path,
    const char *text, int64_t *id, struct err *err);

/* State of a run, and when its end was asked for. ERR_NOT_FOUND. */
struct run_head {
	int64_t id;
	enum run_state state;
	int64_t cancel_at_ms;
};
int
run_head_read(struct store *st, int64_t run, struct run_head *out,
    struct err *err);

#endif
