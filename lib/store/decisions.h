/*
 * decisions.h - what a decision about a run is made from, and storing what it
 * said.
 *
 * The decision itself is run_decide() of lib/pipeline, which is pure and takes
 * its time outside of any transaction. It is made from a snapshot, which
 * carries how many facts the run had; storing it begins with decision_begin(),
 * which asks whether that still holds. A fact is what can change a decision:
 * a job ended, the end of the run was asked for, a group became free. Whoever
 * makes one marks the run in the same transaction, and so a run is never
 * forgotten, whatever is killed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_DECISIONS_H
#define PAWL_STORE_DECISIONS_H

#include "lib/store/runs.h"

/* A process that ends a job decides what follows itself; others leave it the
 * time to do so. */
#define DECIDE_GRACE_MS 3000

/* A job's row, as far as deciding goes. */
struct decision_job {
	int64_t id, run;
	const char *key;
	const char *title;
	enum job_state state;
	int attempt;
	int priority;
	int64_t cancel_at_ms;
	const char *cancel_by;
	bool expanded;       /* see the table */
	bool frozen;         /* it has a plan */
	const char *reason;
	const char *outputs; /* JSON, or NULL */
	const char *generated; /* a workflow that it wrote, or NULL */
	int64_t ended_seq;   /* the order in which they ended; 0: none */
	int64_t finished_at_ms;
};

struct decision_snapshot {
	int64_t id, repo, number;
	int attempt;
	int64_t origin;      /* id of the first attempt */
	enum run_state state;
	int priority;
	const char *file;    /* its path */
	const char *config;  /* its text; NULL: none */
	const char *context; /* JSON; NULL: of another version */
	int64_t facts, decided;
	int tries; /* that were begun for these facts by pawl-workerd */
	int64_t cancel_at_ms;
	const char *cancel_by;
	const char *rerun_by; /* who asked for this attempt; NULL: the first */
	struct decision_job *jobs;
	size_t n_jobs;
};

/* Read a run, without its jobs; strings live in `a`. 1, 0 when there is no such
 * run. */
int
decision_run(struct store *st, int64_t run, struct arena *a,
    struct decision_snapshot *out, struct err *err);

/* Its jobs. Should one end between the two, the counters differ from what
 * decision_begin() finds. -1 also with ERR_TOO_LARGE, when they gave out more
 * than the arena may hold. */
int
decision_jobs(struct store *st, struct arena *a, struct decision_snapshot *s,
    struct err *err);

/* A file that a run uses, by what is written behind `uses`. */
struct run_file {
	const char *uses;
	const char *path; /* for people */
	const char *sha;
	const char *text;  /* NULL: `error` says why */
	const char *error;
};

int
run_file_add(struct store *st, int64_t run, int64_t repo,
    const struct run_file *file, struct err *err);
/* 1, 0: the run has no such file. */
int
run_file_find(struct store *st, int64_t run, const char *uses,
    struct arena *a, struct run_file *out, struct err *err);

/* What a decision says of a job. */
struct job_decision {
	const char *key, *title;
	const char *needs; /* JSON: a list of keys */
	bool expanded;
	bool continue_on_error;
	const char *why, *values, *place; /* see the table; or NULL */
	const char *reason; /* why it waits or ended; NULL: it may start */
	/* Of a job that may start: */
	const char *plan;
	int priority;       /* place in the queue: larger first */
	const char *labels; /* that it asks for: see the table; NULL: none */
	const char *const *step_titles; /* numbered from 1 */
	const char *const *step_commands;
	size_t n_steps;
};

/*
 * Within a transaction: may this decision be stored? 1, or 0 when another one
 * was made meanwhile, or there are new facts.
 */
int
decision_begin(struct store *st, const struct decision_snapshot *s,
    struct err *err);

/* A new job: pending when it has a plan, else blocked. */
int
decision_add(struct store *st, const struct decision_snapshot *s,
    const struct job_decision *d, struct decision_job *out, struct err *err);

/* Has it ended by now, whatever the snapshot says? 1, 0, -1. */
int
decision_job_ended(struct store *st, const struct decision_job *job,
    struct err *err);

/* A blocked job: say what is known of it now. */
int
decision_describe(struct store *st, struct decision_job *job,
    const struct job_decision *d, struct err *err);

/* A blocked job that may start. */
int
decision_start(struct store *st, struct decision_job *job,
    const struct job_decision *d, struct err *err);

/*
 * A blocked job that may start when its gates are passed: it waits. Without a
 * gate that is shut it goes on at once: as decision_start() or, when `alone`,
 * to its end, for there is nothing to run.
 */
struct gate_wish;
struct decision_gates {
	const struct gate_wish *list;
	size_t n;
	bool alone;
};
int
decision_hold(struct store *st, const struct decision_snapshot *s,
    struct decision_job *job, const struct job_decision *d,
    const struct decision_gates *gates, struct err *err);

/* A job that never starts: "skip", "fail". */
int
decision_end_job(struct store *st, struct decision_job *job, const char *on,
    const struct job_decision *d, struct err *err);

/* Who stops the others of a matrix when one has failed. */
#define BY_FAIL_FAST "fail-fast"

/* It must not go on (fail-fast; the run is cancelled): what nobody claimed
 * ends, what runs is told. This is a new fact when it ends. */
int
decision_stop_job(struct store *st, struct decision_job *job,
    const char *reason, const char *by, struct err *err);

/* A blocked job that others stand for now. */
int
decision_expand(struct store *st, const struct decision_job *job,
    struct err *err);

/* The run ends: "succeed", "fail", "cancel", "skip". */
int
decision_end_run(struct store *st, const struct decision_snapshot *s,
    const char *on, struct err *err);

/* Has it jobs that have not ended? 1, 0, -1. */
int
decision_is_busy(struct store *st, int64_t run, struct err *err);

/* The run's `run-name`, in the place of the commit's title. */
int
decision_title(struct store *st, int64_t run, const char *title,
    struct err *err);

/* A mistake that only running has shown: replaces runs.problems. */
int
decision_problems(struct store *st, int64_t run, const char *problems,
    struct err *err);

/* Last: the decision is stored. New facts of it (a job that was stopped) are
 * the caller's for the time of DECIDE_GRACE_MS. */
int
decision_end(struct store *st, const struct decision_snapshot *s,
    struct err *err);

/* There is a new fact; from `at_ms` on anybody decides. Its number goes to
 * `seq` when that is not NULL. */
int
run_mark(struct store *st, int64_t run, int64_t at_ms, int64_t *seq,
    struct err *err);

/* Nothing is to be decided of a new run, until it is marked. */
int
run_hold(struct store *st, int64_t run, struct err *err);

/* Ids of runs that are to be decided now, at most `max`. */
int
run_undecided(struct store *st, size_t max, struct arena *a, int64_t **out,
    size_t *n, struct err *err);
/* When the next is, in the time of clock_now_ms(); 0: none. */
int
run_undecided_next(struct store *st, int64_t *at_ms, struct err *err);
/* A try begins; the next is due when it has had its time, longer each time.
 * Tries are counted until the run has been decided. */
#define DECIDE_TRIES 5
#define DECIDE_PAUSE_MS 5000
int
run_tried(struct store *st, int64_t run, struct err *err);

#endif
