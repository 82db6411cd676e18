/*
 * decide.h - what a run does next: which jobs may start, which wait, which
 * are left out, and why.
 *
 * One pure function over the workflow, what happened, and the results so
 * far. Call it when the run begins and again whenever a job ends: the same
 * facts give the same plan, and jobs keep their keys. A job's `if` is
 * evaluated when all that it needs has ended; a matrix that asks for `needs`
 * is multiplied out then, too.
 *
 * docs.github.com, "Workflow syntax", jobs.<job_id>.needs, .if, .strategy;
 * "Reuse workflows".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_DECIDE_H
#define PAWL_PIPELINE_DECIDE_H

#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/* Documented limits of GitHub: the caller counts as the first level. */
#define PLAN_MAX_LEVELS 10
#define PLAN_MAX_CALLED 50 /* different workflows that are called */
/* Ours: jobs of one run with those of called workflows. */
#define PLAN_MAX_JOBS 5000

enum job_result {
	RESULT_NONE, /* has not ended */
	RESULT_SUCCESS,
	RESULT_FAILURE,
	RESULT_CANCELLED,
	RESULT_SKIPPED,
};

/* "success" and so on, as the needs context has it; "" of RESULT_NONE. */
const char *
job_result_name(enum job_result result);

/*
 * A job that has started, or has ended without. Its `if` is not asked again.
 * The result is that of its steps: continue-on-error is counted here.
 */
struct job_outcome {
	const char *key; /* planned_job.key */
	enum job_result result; /* NONE: it runs */
	struct expr_object *outputs; /* or NULL */
	/*
	 * Of a job with `generate` that ended well: the text of the file in
	 * its workspace, at most YAML_MAX_BYTES. Who runs the job fails it
	 * when the file is not there, is too large or, by workflow_read() and
	 * workflow_check(), has an error; with NULL it counts as failed here.
	 */
	const char *generated;
	size_t generated_len;
	bool whole; /* it ended before it was expanded (planned_job.expanded),
	               so this stands for all jobs of the key */
	bool unstarted; /* it was cancelled before its `if` was asked, which
	                   others of its matrix still are */
};

struct run_facts {
	/* Contexts; NULL: empty. What strangers may write of github, all of
	 * inputs and all outputs are marked as outside by run_decide(), so
	 * that JSON from a database will do. */
	struct expr_object *github, *inputs, *vars;
	const struct job_outcome *outcomes; /* in the order in which they
	                                       ended */
	size_t n_outcomes;
	size_t max_matrix_jobs; /* of all matrices; 0: MATRIX_MAX_JOBS */
	bool cancelled; /* somebody asked for the end of the run */
	/*
	 * What would run? READY jobs count as ended well at once. What asks
	 * for their outputs stays open: such jobs are BLOCKED.
	 */
	bool rehearsal;
	/*
	 * The text of a workflow that is called, by uses_within() of what
	 * stands behind `uses`; it lives in `a`. -1 with err. Without a text
	 * there is no workflow at that place. NULL: calls are an error.
	 */
	int (*fetch)(void *ctx, const char *uses, struct arena *a,
	    const char **text, size_t *len, struct err *err);
	void *ctx;
};

enum planned_state {
	PLANNED_BLOCKED,   /* waits for needs */
	PLANNED_READY,     /* may start */
	PLANNED_RUNNING,   /* has started */
	PLANNED_SKIPPED,
	PLANNED_CANCELLED, /* must not go on: fail-fast. Stop it, if it runs,
	                      and give its outcome as any other's */
	PLANNED_FAILED,    /* cannot start: something in it has a mistake */
	PLANNED_ENDED,     /* has an outcome */
};

/* "blocked" and so on. */
const char *
planned_state_name(enum planned_state state);

struct planned_concurrency {
	const char *group; /* NULL: none */
	bool cancel_in_progress;
	bool queue_max; /* queue: max */
	const char *file; /* where it is written; not of a plan that was
	                     stored */
	struct pos pos;
};

/* The workflow that a job stands in. */
struct planned_call {
	const struct planned_call *caller; /* NULL: the run's own workflow */
	const struct workflow_job *job;    /* that calls; NULL then, too */
	/* What brought the workflow into the run, in the file around it:
	 * `uses` or `generate`; NULL: it is the run's own. */
	const struct value *at;
	const struct workflow *workflow;
	struct expr_object *inputs;
	struct planned_concurrency concurrency; /* of `job` */
};

struct planned_job {
	/* Unchanging: the job's id; "id:2" of the second of a matrix; with
	 * those of callers in front: "call/id:2". */
	const char *key;
	const char *name; /* for people */
	const struct workflow_job *job;
	const struct planned_call *call;

	enum planned_state state;
	enum job_result result; /* with continue-on-error counted */
	const char *why;    /* a sentence */
	const char *values; /* how `if` came out, "text => value" in lines;
	                       NULL: it was not evaluated */
	struct pos pos;     /* of what decided, in call->workflow */

	/* Of BLOCKED jobs as far as needs do not matter. */
	bool expanded; /* the matrix is multiplied out */
	struct expr_object *matrix; /* NULL: none */
	size_t index, total;
	bool fail_fast;
	size_t max_parallel; /* 0: no limit */
	bool continue_on_error;
	struct expr_value runs_on;
	/* READY, RUNNING, ENDED and CANCELLED only. */
	struct planned_concurrency concurrency;
	struct expr_object *needs; /* the context */
	struct expr_object *strategy; /* the context */
	/* Variables of workflow and job; the job wins. Not evaluated, for
	 * they may hold secrets. */
	struct named_value *env;
	size_t n_env;
};

struct run_plan {
	const char *name;     /* of the workflow */
	const char *run_name; /* NULL: none is written */
	struct planned_concurrency concurrency;
	struct planned_job *jobs; /* behind all that they need */
	size_t n_jobs;
	enum job_result result; /* of the run; NONE: it goes on */
};

/*
 * Plan. `w` must have been read without errors. Everything lives in `a`.
 * Problems that only evaluation shows go to `d`, those of called workflows
 * with the place of the call; the jobs that they stop are PLANNED_FAILED.
 * Returns 0, or -1 when there is no plan at all: a circle of needs, the
 * workflow's own run-name or concurrency, limits.
 */
int
run_decide(const struct workflow *w, const struct run_facts *facts,
    struct arena *a, struct diags *d, struct run_plan *out);

/*
 * Can a run go on with what a job generated? For who runs the job, that it
 * may fail at once: -1 with ERR_INVALID, the first error and its place, and
 * all of them in `problems`, printed.
 */
int
generated_check(const char *file, const char *text, size_t len,
    struct str *problems, struct err *err);

/*
 * The plan as a graph, one JSON object: `nodes` with id, label, type ("job" or
 * "stage"), status of jobs, and parent, the node that they stand in; `edges`
 * with source and target, ids of nodes, and type ("depends_on").
 */
void
run_plan_graph(const struct run_plan *plan, struct str *out);

/* Set github.workflow to the name of the run's own workflow, and workflow_ref
 * and workflow_sha to where it is from; they count in those that it calls,
 * too. run_decide() does it; who stores the context
 * before does it, for those who read it then. */
void
run_put_workflow(struct expr_object *github, const struct workflow *w);

/* The plan as text for people; as JSON, one object, with `graph`. */
void
run_plan_print(const struct run_plan *plan, struct str *out);
void
run_plan_json(const struct run_plan *plan, struct str *out);

#endif
