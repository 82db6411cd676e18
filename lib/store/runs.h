/*
 * runs.h - runs with their jobs and steps: create, read, move.
 *
 * Every move of a state is checked against its machine (state.h) and appends
 * its event in the same transaction. Changes that people see outside queue a
 * message in the outbox in that transaction too.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_RUNS_H
#define PAWL_STORE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/layout.h"
#include "lib/store/state.h"
#include "lib/store/store.h"

struct run {
	int64_t id;
	char uuid[37];
	int64_t repo;
	const char *owner; /* of the repository, for reading */
	const char *name;
	int64_t number;    /* from 1 in each repository */
	int attempt;       /* from 1: rows of one number are side by side */
	int64_t origin;    /* id of the first attempt; github.run_id */
	const char *rerun; /* what of it runs again; NULL: first attempt */
	const char *rerun_by; /* who asked for it */
	bool debug;        /* steps are to say more */
	const char *delivery; /* UUID, or NULL */
	const char *workflow; /* its name */
	const char *file;     /* ".ci.yml" */
	const char *event;    /* "push" */
	const char *ref;      /* "refs/heads/main" */
	const char *branch;   /* "main", or the tag's name */
	const char *sha;
	const char *title;    /* first line of the commit message */
	const char *actor;    /* who pushed */
	const char *why;      /* the sentence of event_decide() */
	const char *why_place; /* "FILE:LINE:COL" of what decided, or NULL;
	                          given to run_create(), then in its event */
	const char *config;   /* the pipeline file's text */
	int64_t file_version; /* which of the texts that the file has had, from
	                         1 in the order of their first runs; 0: not
	                         known */
	const char *problems; /* diagnostics as printed text; NULL: none */
	const char *context;  /* JSON, see the table; given to run_create(), not
	                         read back here */
	int64_t pull;          /* of a pull request without a context: its */
	const char *pull_head; /* number and head, or 0 and NULL; given to
	                          run_create() */
	enum run_state state;
	int priority;         /* larger first: main 10, tag 5, others 1 */
	int64_t cancel_at_ms; /* when its end was asked for; 0: not */
	int64_t superseded_by; /* number of the run that took its place in a
	                          concurrency group; 0: none */
	int64_t created_at_ms, started_at_ms, finished_at_ms; /* 0: not yet */
};

/* Where its logs and artifacts stand. */
static inline struct layout_run
run_layout(const struct run *r)
{
	return (struct layout_run){ r->owner, r->name, r->number,
		r->attempt };
}

struct job {
	int64_t id;
	char uuid[37];
	int64_t run;
	const char *key;   /* planned_job.key: "build", "build:2", "call/a" */
	const char *title; /* shown */
	const char *plan;  /* JSON of job_plan_write(), or NULL before it may
	                      start; lists leave it out */
	enum job_state state;
	int attempt;       /* from 1; 0 before the first claim */
	int64_t work;      /* id of the job that did the work: of an earlier
	                      attempt of the run, or this one */
	int ran_in;        /* that attempt of the run; 0: this one's */
	int priority;
	bool continue_on_error; /* its failure counts as success for others */
	/* Of the decision that it may start, or not: a sentence, how its `if`
	 * came out, "FILE:LINE:COL"; or NULL. */
	const char *why, *why_values, *why_place;
	const char *reason; /* why it ended or waits, for people; or NULL */
	const char *log;    /* path below public/ of the newest attempt's log,
	                       or NULL before it has one */
	const char *container; /* id in the engine, or NULL */
	const char *engine;    /* "sandbox", "docker", or NULL */
	const char *worker;    /* the pawl-workerd that claimed the attempt, or
	                          NULL */
	int64_t pid;           /* of the job's process, 0: none */
	int64_t pid_started;   /* its start time, see struct proc */
	int64_t lease_until_ms;
	int64_t cancel_at_ms;  /* when cancelling was asked for; 0: not */
	int exit_code;         /* of the step that failed; -1: none */
	int64_t created_at_ms, started_at_ms, finished_at_ms;
	int64_t queued_at_ms;  /* when it was free to start; 0: not yet */
};

struct step {
	int64_t id;
	int64_t job;
	int attempt;
	int number;
	const char *title;
	const char *command;
	enum step_state state;
	int exit_code;       /* -1: none */
	const char *reason;  /* "timed out after 30 min (timeout-minutes)" */
	int64_t log_offset;  /* where its output starts in the log */
	int64_t started_at_ms, finished_at_ms;
};

/*
 * Create a run, without jobs: they come with its decisions (decisions.h). It
 * is to be decided then. Without a context there is nothing to decide, and it
 * is created finished: failed when `problems` is set, else skipped. Fills id,
 * uuid, number, state and created_at_ms.
 */
int
run_create(struct store *st, struct run *run, struct err *err);

/* 1 found, 0 not, -1; the newest attempt, or a certain one. `config`, `problems` and `file_version` are read by these
 * two, and left out by lists. Strings live in `a`. */
int
run_find(struct store *st, const char *owner, const char *name,
    int64_t number, struct arena *a, struct run *out, struct err *err);
int
run_find_attempt(struct store *st, const char *owner, const char *name,
    int64_t number, int attempt, struct arena *a, struct run *out,
    struct err *err);
int
run_find_uuid(struct store *st, const char *uuid, struct arena *a,
    struct run *out, struct err *err);
int
run_find_id(struct store *st, int64_t id, struct arena *a, struct run *out,
    struct err *err);

/* The newest attempts, newest runs first; `repo` 0 is all; `before` is the id
 * of the last one seen (0: from the newest). */
int
run_list(struct store *st, int64_t repo, int64_t before, int limit,
    struct arena *a, struct run **out, size_t *n, struct err *err);

/* The runs that a delivery started, oldest first. */
int
run_list_delivery(struct store *st, const char *delivery, struct arena *a,
    struct run **out, size_t *n, struct err *err);

/* All attempts of a run, newest first. */
int
run_list_attempts(struct store *st, const struct run *run, struct arena *a,
    struct run **out, size_t *n, struct err *err);

/* The newest run of a branch or tag name, the one that badges show: 1, 0. */
int
run_newest(struct store *st, int64_t repo, const char *branch,
    struct arena *a, struct run *out, struct err *err);

/* The same of a workflow, which is named as it is, or by its file or that
 * without folders; found among the last few hundred. */
int
run_newest_of(struct store *st, int64_t repo, const char *branch,
    const char *workflow, struct arena *a, struct run *out, struct err *err);

/* Those that are over, the last ones in front; all attempts. */
int
run_list_over(struct store *st, int64_t repo, int limit, struct arena *a,
    struct run **out, size_t *n, struct err *err);

int
job_list(struct store *st, int64_t run, struct arena *a, struct job **out,
    size_t *n, struct err *err);
int
job_find_id(struct store *st, int64_t id, struct arena *a, struct job *out,
    struct err *err);

/* Steps of a job's newest attempt, in order; or of a whole run, by job. */
int
step_list(struct store *st, int64_t job, struct arena *a, struct step **out,
    size_t *n, struct err *err);
int
step_list_run(struct store *st, int64_t run, struct arena *a,
    struct step **out, size_t *n, struct err *err);
/* Of some of its jobs. */
int
step_list_jobs(struct store *st, int64_t run, const int64_t *jobs,
    size_t n_jobs, struct arena *a, struct step **out, size_t *n,
    struct err *err);

/* What a job's process reports. `attempt` must be the job's own, else
 * ERR_CONFLICT: a process that lost its lease changes nothing. */
int
job_start(struct store *st, int64_t job, int attempt, const char *engine,
    const char *container, const char *log, struct err *err);
/* `title`: what it is called now that its expressions are known; NULL: as
 * before. */
int
step_start(struct store *st, int64_t job, int attempt, int number,
    const char *title, int64_t log_offset, struct err *err);
/* `on`: "succeed", "fail", "skip", "cancel". */
int
step_finish(struct store *st, int64_t job, int attempt, int number,
    const char *on, int exit_code, const char *reason, struct err *err);

/*
 * The steps are done and clean-up begins; then the end: `on` is "succeed",
 * "fail" or "cancel". Steps still queued become skipped. The run is to be
 * decided then, by the caller within DECIDE_GRACE_MS.
 */
struct job_done {
	const char *on;
	int exit_code;         /* of the step that failed; -1: none */
	const char *reason;    /* or NULL */
	const char *outputs;   /* a JSON object, or NULL */
	const char *generated; /* the file of `generate`, or NULL */
	const char *cause;     /* of a failure, a word: "timeout"; or NULL */
	const char *limit_of;  /* see struct event_facts; or NULL */
};
int
job_complete(struct store *st, int64_t job, int attempt, struct err *err);
int
job_finish(struct store *st, int64_t job, int attempt,
    const struct job_done *done, struct err *err);

/*
 * Ask for the end of a run: it is to be decided, for jobs with `if: always()`
 * go on. Asked again, or when it waits for its concurrency group, all of its
 * jobs are cancelled. Returns the number of jobs that have not ended (0: it
 * was over). ERR_NOT_FOUND.
 */
int
run_cancel(struct store *st, int64_t run, const char *by, struct err *err);
/* All jobs at once, for this reason. */
int
run_cancel_jobs(struct store *st, int64_t run, const char *reason,
    const char *by, struct err *err);
/*
 * One job, whatever its `if` says. When it does not run yet it is cancelled at
 * once; else it gets cancel_at_ms and is ended by its process. 1, or 0 when it
 * was over. reason NULL: "cancelled by BY".
 */
int
job_cancel(struct store *st, int64_t job, const char *reason, const char *by,
    struct err *err);

/* The events of a run, in order, after sequence number `after`. */
struct event {
	int64_t run;
	int64_t seq; /* from 1, without gaps */
	const char *type;
	const char *data; /* JSON object */
	int64_t at_ms;
};
int
event_list(struct store *st, int64_t run, int64_t after, int limit,
    struct arena *a, struct event **out, size_t *n, struct err *err);

/* What happened to a job and to its run, without steps, in order; with job 0
 * to the run alone. Texts that are not known are "". */
struct event_told {
	int64_t seq;
	const char *type;
	int64_t at_ms;
	int64_t job;        /* 0: the run */
	int attempt;
	const char *to;     /* state */
	/* See struct event_facts. */
	const char *reason, *cause, *limit_of, *place, *by;
};
int
event_list_job(struct store *st, int64_t run, int64_t job, int limit,
    struct arena *a, struct event_told **out, size_t *n, struct err *err);

#endif
