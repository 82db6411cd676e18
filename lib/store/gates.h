/*
 * gates.h - what must be passed before a job, or all jobs of a run, may
 * start: an approval, or a time.
 *
 * A job that has gates is `waiting`: its plan is frozen, it has no place in
 * the queue, no process and no container. When the last of its gates is
 * passed it becomes pending, in the same transaction. A run with a gate of
 * its own is pending without jobs until it is approved; then it is marked as
 * to be decided. Each gate is decided once, by the first who does; times are
 * those of the wall clock.
 *
 * Events: job.waiting and run.waiting when one begins to wait, with the
 * reason; gate.approved, gate.rejected, gate.passed, gate.expired for each
 * gate. What follows for the job or the run is an event of its own. A gate
 * of a job that ended otherwise is withdrawn without any.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_GATES_H
#define PAWL_STORE_GATES_H

#include "lib/store/move.h"
#include "lib/store/runs.h"
#include "lib/store/grants.h"

/* Names of those who may approve one gate. */
#define GATE_MAX_REVIEWERS 100
#define GATE_MAX_COMMENT 2000 /* bytes */
/* Who may approve where nobody is named. */
#define GATE_ANYBODY "whoever may write"

enum gate_kind {
	GATE_ENVIRONMENT, /* its reviewers */
	GATE_TIMER,       /* passed when its time is over */
	GATE_STEP,        /* step.gate; fails when its time is over */
	GATE_FORK,        /* of a run: a commit from a fork */
};

struct gate {
	int64_t id;
	int64_t repo;
	const char *owner, *repo_name;
	int64_t run, number;
	const char *ref, *title, *actor; /* of the run */
	int64_t job;       /* 0: the run has no jobs yet */
	const char *key;   /* of the job; or NULL */
	const char *kind;  /* "environment", "timer", "step", "fork" */
	const char *name;  /* of the environment; title of the step; commit */
	const char *reason; /* what is waited for, in words */
	const char *reviewers; /* a JSON list; "[]": whoever may write */
	bool self_review;
	bool alone;        /* its job has nothing to run */
	int64_t due_at_ms; /* 0: never */
	const char *state; /* "open", "approved", "rejected", "passed",
	                      "expired", "withdrawn" */
	const char *decided_by, *comment; /* or NULL */
	int64_t decided_at_ms, created_at_ms;
};

/* A gate to be. Zeroed: no name may be missing but reviewers and time. */
struct gate_wish {
	enum gate_kind kind;
	const char *name, *reason;
	const char *const *reviewers; /* names of users and tokens, or
	                                 "role:ROLE"; none: whoever may
	                                 write */
	size_t n_reviewers;
	bool self_review;
	bool alone;
	int64_t due_at_ms;   /* 0: never */
	int64_t asked_at_ms; /* what that is counted from; 0: now */
	bool passed;         /* it is open: kept for people to see */
};

/*
 * Within a transaction: put a gate before a job, or a run (job NULL, with its
 * id and repository). The job must be on its way to `waiting`.
 */
int
gate_open(struct store *st, int64_t repo, int64_t run,
    const struct job_head *job, const struct gate_wish *wish,
    struct err *err);

/* Within a transaction: nobody waits any more for a job that ends, or for a
 * run without jobs. */
int
gate_withdraw_job(struct store *st, int64_t job, struct err *err);
int
gate_withdraw_run(struct store *st, int64_t run, struct err *err);

/* Does the run wait before its jobs? 1, 0. */
int
gate_run_held(struct store *st, int64_t run, struct err *err);

/* All of a run, in order. */
int
gate_list_run(struct store *st, int64_t run, struct arena *a,
    struct gate **out, size_t *n, struct err *err);

/* What waits now, the oldest first, behind the id `after`; `repo` 0: all that
 * somebody `sees` (sees.h). */
int
gate_list_open(struct store *st, const char *sees, int64_t repo,
    int64_t after, int limit, struct arena *a, struct gate **out, size_t *n, struct err *err);

/* Who may approve, for people: "ada, grace", "whoever may write". */
const char *
gate_reviewers_text(const struct gate *g, struct arena *a);

/* --- times ---------------------------------------------------------------- */

/* Decide all whose time is over; *n is how many. Each is a transaction. */
int
gates_expire(struct store *st, size_t *n, struct err *err);

/* When the next one is due, in the time of clock_now_ms(); 0: none. */
int
gates_next(struct store *st, int64_t *at_ms, struct err *err);

/* --- gate_vote.c: what people say ----------------------------------------- */

struct gate_vote {
	bool approve;
	const char *name; /* of who decides, as reviewers are named */
	enum role role;   /* what they may */
	const char *by;   /* the same for people: "ada (command line)" */
	const char *comment; /* or NULL */
	const char *commit;  /* of a run from a fork: the one that was looked
	                        at; NULL: not said */
	bool force;       /* although they are not among the reviewers */
};

/*
 * Decide what a job of a run waits for or, with `key` NULL, what the run
 * does: its only waiting job, when it has one. All that they may decide is
 * decided at once. What was approved of a commit from a fork holds for all
 * runs of that commit and pull request. *left is what is still waited for, in
 * words that live in `a`, or NULL.
 *
 * Errors: ERR_NOT_FOUND the run has no such job; ERR_DENIED with who may;
 * ERR_CONFLICT nothing waits, or somebody was faster (with who), or it is
 * another commit; ERR_INVALID several jobs wait, or the comment is too long.
 */
int
gates_vote(struct store *st, int64_t run, const char *key,
    const struct gate_vote *vote, struct arena *a, const char **left,
    struct err *err);

/* --- gate_fork.c: runs of forks ------------------------------------------- */

/*
 * Within the transaction that made a run of a fork: it waits until `commit` is
 * approved, unless that was done for its pull request before, whose number is
 * in its ref ("refs/pull/7/merge"). 1 when it waits, 0 when not.
 */
int
gate_hold_fork(struct store *st, const struct run *run, const char *commit,
    const char *reason, struct err *err);

/*
 * The same: runs of that pull request ("refs/pull/7/") which wait for another
 * commit end as cancelled. `by` is who did it, and the reason.
 */
int
gate_supersede_forks(struct store *st, int64_t repo, const char *pull,
    const char *commit, const char *by, struct err *err);

#endif
