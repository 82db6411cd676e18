/*
 * decider.h - between the files that decide: one plan in the making.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_DECIDER_H
#define PAWL_PIPELINE_DECIDER_H

#include "lib/base/map.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/graph.h"
#include "lib/pipeline/matrix.h"

/* The whole run. */
struct decider {
	const struct run_facts *facts;
	struct arena *a;
	struct run_plan *plan;
	struct map outcomes; /* key -> job_outcome */
	struct map started;  /* keys without ":2", of callers, too */
	struct map called;   /* uses -> called workflow (decide_call.c) */
	size_t n_matrix_jobs;
	bool full; /* PLAN_MAX_JOBS was reached and said */
};

/* What is known of a node of the graph. */
struct progress {
	bool ended;
	enum job_result result; /* of a job */
	struct expr_object *outputs;
	/* Somewhere before it, or in it. */
	bool failed, cancelled, skipped;
};

/* One workflow of the run. */
struct scope {
	struct decider *run;
	const struct workflow *w;
	const struct planned_call *call;
	struct diags *d;
	const char *key_prefix, *name_prefix;
	int level;
	struct graph graph;
	struct progress *progress; /* by node */
	struct expr_object *contexts; /* github, inputs, vars, short names */
	struct planned_job joined; /* env of jobs that have none: in here */
};

/* A job of a scope, while it is decided. */
struct turn {
	struct scope *scope;
	size_t node;
	const struct workflow_job *job;
	struct progress before; /* of all that it needs, joined */
	struct expr_object *needs;
	struct planned_job joined; /* env of this one and the workflow */
	bool stopped;   /* jobs of it that have not started must not */
	bool rehearsed; /* outputs of needs are not known */
	const char *why, *values;
	struct pos pos;
};

/* --- decide.c ---------------------------------------------------------------- */

/* Decide all jobs of a scope; `end` is what came of them together. -1: the
 * graph has a mistake. */
int
scope_decide(struct scope *s, struct progress *end);

/* github, vars, inputs and the short names, in a new object. */
struct expr_object *
run_contexts(const struct run_facts *facts, struct arena *a);

/* An environment with the scope's contexts and the turn's needs; `matrix` and
 * `strategy` may be NULL. */
struct expr_env
turn_env(const struct turn *t, struct expr_object *matrix,
    struct expr_object *strategy);

/* --- decide_job.c -------------------------------------------------------------- */

/* A job that is not multiplied out, in this state. */
struct planned_job *
turn_add(struct turn *t, enum planned_state state);

/* "id", "id:2", "id:3": the key of the i-th. */
const char *
turn_key(struct turn *t, const char *key, size_t i);

/* Its name for people. NULL: a mistake. */
const char *
turn_name(struct turn *t, const struct matrix_job *m, bool blocked,
    const struct expr_env *env);

/* What is evaluated for each: runs-on and so on. -1: a mistake. */
int
turn_fill(struct turn *t, const struct expr_env *env, bool blocked,
    struct planned_job *j);

/* The i-th cannot start, for the reason that was reported last. */
void
turn_fail(struct turn *t, size_t i, struct progress *end);

/* Add the variables of a map whose names are literal to a list; those that it
 * has already are replaced. `seen` starts empty, as the list does. */
void
merge_vars(const struct value *map, struct arena *a, struct map *seen,
    struct named_value **list, size_t *n);

/* Take an ended job into what is known. */
void
progress_add(struct progress *p, enum job_result result);

int
decide_concurrency(const struct workflow_concurrency *c,
    const struct expr_env *env, struct arena *a, struct diags *d,
    struct planned_concurrency *out);

/* --- decide_legs.c ------------------------------------------------------------- */

/* All jobs of a turn whose `if` holds, or that is BLOCKED. */
void
turn_expand(struct turn *t, enum planned_state state, struct progress *end);

/* --- decide_strategy.c --------------------------------------------------------- */

struct strategy {
	struct matrix matrix; /* one job without values: none is given */
	bool expanded;
	bool fail_fast;
	double max_parallel;
};


/* Read the strategy; one job without values when there is no matrix. Not
 * `expanded` when it asks for needs that are not known. -1: a mistake. */
int
turn_strategy(struct turn *t, bool blocked, struct strategy *out);

/* The `strategy` context of the index-th. */
struct expr_object *
strategy_context(const struct strategy *s, size_t index, struct arena *a);

/* Does an expression in the value look into this context? */
bool
value_uses(const struct value *v, const char *context);

/* --- decide_generate.c --------------------------------------------------------- */

/* Plan what an ended job of this place in the plan has made. */
void
turn_generated(struct turn *t, size_t maker, const char *file,
    const struct job_outcome *outcome, struct progress *end);

/* --- decide_call.c ------------------------------------------------------------- */

/* The first error of another file as a sentence, with the innermost place that
 * it has; `where` stands in front. Lives in `a` or in `d`. */
#define DECIDE_IN_CALLED "in the workflow that is called: "
#define DECIDE_IN_MADE "in the workflow that was generated: "
const char *
decide_error(const struct diags *d, const char *where, struct arena *a);

/* Plan the workflow that a READY job calls, in its place. */
void
turn_call(struct turn *t, const struct planned_job *caller,
    struct expr_object *strategy, struct progress *end);

#endif
