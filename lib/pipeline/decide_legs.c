/*
 * decide_legs.c - a job multiplied out: one leg for each of its matrix, and
 * what came of all of them.
 *
 * A leg is one job with those that it generates, or all jobs of the workflow
 * that it calls.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <stdint.h>

#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"

struct leg {
	size_t first, end; /* its jobs in the plan */
	struct progress progress;
	size_t last; /* 1 + index of its last outcome; 0: it has none */
};

/* --- one leg ---------------------------------------------------------------- */

/* What the commands of a job gave, which may hold anything. */
static void
take_outputs(struct turn *t, const struct job_outcome *outcome,
    struct progress *end)
{
	if (outcome->outputs == NULL)
		return;
	end->outputs = expr_object_new(t->scope->run->a);
	for (size_t i = 0; i < outcome->outputs->n; i++) {
		const struct expr_member *m = &outcome->outputs->members[i];
		struct expr_value v = m->value;

		expr_mark_outside(&v);
		expr_object_put(end->outputs, m->name, v);
	}
}

/* What an outcome makes of a job. */
static void
take_outcome(struct turn *t, struct planned_job *j, struct progress *end)
{
	const struct job_outcome *outcome =
	    map_get(&t->scope->run->outcomes, j->key);

	if (outcome != NULL && outcome->result == RESULT_NONE) {
		j->state = t->stopped ? PLANNED_CANCELLED : PLANNED_RUNNING;
		j->why = t->stopped ? "the run was cancelled" :
		    "it has started";
	}
	if (outcome == NULL && t->stopped) {
		j->state = PLANNED_CANCELLED;
		j->why = "the run was cancelled before it started";
	}
	if (outcome == NULL || outcome->result == RESULT_NONE) {
		end->ended = end->ended && t->rehearsed;
		if (t->rehearsed)
			progress_add(end, RESULT_SUCCESS);
		return;
	}
	j->state = PLANNED_ENDED;
	j->result = outcome->result == RESULT_FAILURE &&
	    j->continue_on_error ? RESULT_SUCCESS : outcome->result;
	j->why = arena_printf(t->scope->run->a, "it has ended: %s",
	    job_result_name(outcome->result));
	take_outputs(t, outcome, end);
	progress_add(end, j->result);
}

/* What the job that was added last has made, if it has ended well. */
static void
take_generated(struct turn *t, const char *file, struct progress *end)
{
	struct decider *run = t->scope->run;
	size_t maker = run->plan->n_jobs - 1;
	const struct job_outcome *outcome =
	    map_get(&run->outcomes, run->plan->jobs[maker].key);

	if (outcome != NULL && outcome->result == RESULT_SUCCESS)
		turn_generated(t, maker, file, outcome, end);
}

/* -1: something in it has a mistake. */
static int
add_leg(struct turn *t, const struct strategy *s, size_t i, bool blocked,
    struct progress *end)
{
	struct decider *run = t->scope->run;
	const struct matrix_job *m = &s->matrix.jobs[i];
	struct expr_object *strategy = strategy_context(s, i, run->a);
	struct expr_env env = turn_env(t, m->values, strategy);
	struct planned_job one = { .runs_on = expr_null() }, *j;
	const char *name = turn_name(t, m, blocked, &env), *file;

	if (name == NULL || turn_fill(t, &env, blocked, &one) == -1)
		return -1;
	j = turn_add(t, blocked ? PLANNED_BLOCKED : PLANNED_READY);
	if (j == NULL)
		return 0;
	j->key = turn_key(t, j->key, i);
	j->name = name;
	j->runs_on = one.runs_on;
	j->concurrency = one.concurrency;
	j->env = one.env;
	j->n_env = one.n_env;
	j->continue_on_error = one.continue_on_error;
	j->expanded = true;
	j->matrix = m->values;
	j->strategy = strategy;
	j->index = i;
	j->total = s->matrix.n;
	j->fail_fast = s->fail_fast;
	j->max_parallel = (size_t)s->max_parallel;
	if (blocked)
		return 0;
	if (t->job->kind != JOB_CALL) {
		take_outcome(t, j, end);
		file = value_eval_text(t->job->generate, NULL, &env, run->a,
		    t->scope->d);
		if (file != NULL)
			take_generated(t, file, end);
		return 0;
	}
	/* The jobs of the workflow stand for it. */
	one = *j;
	run->plan->n_jobs--;
	turn_call(t, &one, strategy, end);
	return 0;
}

/* --- all of them -------------------------------------------------------------- */

static const struct planned_job *
find_failed(const struct run_plan *plan, const struct leg *leg)
{
	if (!leg->progress.ended || leg->progress.result != RESULT_FAILURE)
		return NULL;
	for (size_t i = leg->first; i < leg->end; i++)
		if (plan->jobs[i].result == RESULT_FAILURE)
			return &plan->jobs[i];
	return NULL;
}

static void
cancel_leg(struct turn *t, const struct leg *leg, const char *failed)
{
	struct run_plan *plan = t->scope->run->plan;

	for (size_t i = leg->first; i < leg->end; i++) {
		struct planned_job *j = &plan->jobs[i];

		if (j->state != PLANNED_READY &&
		    j->state != PLANNED_RUNNING &&
		    j->state != PLANNED_BLOCKED)
			continue;
		j->state = PLANNED_CANCELLED;
		j->why = arena_printf(t->scope->run->a, "\"%s\" of the same "
		    "matrix failed, and fail-fast is on", failed);
	}
}

/* fail-fast: one leg has failed, so no other goes on. They count as ended when
 * the caller says so. */
static void
cancel_others(struct turn *t, const struct leg *legs, size_t n)
{
	const struct planned_job *failed = NULL;

	for (size_t i = 0; i < n && failed == NULL; i++)
		failed = find_failed(t->scope->run->plan, &legs[i]);
	for (size_t i = 0; i < n && failed != NULL; i++)
		if (!legs[i].progress.ended)
			cancel_leg(t, &legs[i], failed->name);
}

static bool
has_begun(const struct run_plan *plan, const struct leg *leg)
{
	for (size_t i = leg->first; i < leg->end; i++)
		if (plan->jobs[i].state == PLANNED_RUNNING ||
		    plan->jobs[i].state == PLANNED_ENDED)
			return true;
	return false;
}

/*
 * max-parallel of a matrix of calls: legs that have not begun wait until
 * others have ended. Plain jobs are held back by who starts them, one by
 * one; the jobs of a call are none of this matrix.
 */
static void
hold_back(struct turn *t, const struct leg *legs, size_t n, size_t max)
{
	struct run_plan *plan = t->scope->run->plan;
	size_t active = 0;

	for (size_t i = 0; i < n; i++)
		active += !legs[i].progress.ended && has_begun(plan, &legs[i]);
	for (size_t i = 0; i < n; i++) {
		if (legs[i].progress.ended || has_begun(plan, &legs[i]) ||
		    active++ < max)
			continue;
		for (size_t k = legs[i].first; k < legs[i].end; k++) {
			struct planned_job *j = &plan->jobs[k];

			if (j->state != PLANNED_READY)
				continue;
			j->state = PLANNED_BLOCKED;
			j->why = arena_printf(t->scope->run->a, "max-parallel "
			    "lets %zu of the matrix \"%s\" run at a time", max,
			    t->job->id);
		}
	}
}

/*
 * The outputs of one more leg; the last writer wins. Of called workflows that
 * is the last that succeeded and gave a value ("Reuse workflows", outputs of
 * a matrix).
 */
static void
merge_outputs(struct turn *t, const struct leg *leg, struct progress *end)
{
	const struct expr_object *own = leg->progress.outputs;
	bool call = t->job->kind == JOB_CALL;

	if (own == NULL || (call &&
	    leg->progress.result != RESULT_SUCCESS))
		return;
	if (end->outputs == NULL)
		end->outputs = expr_object_new(t->scope->run->a);
	for (size_t i = 0; i < own->n; i++)
		if (!call || expr_truthy(&own->members[i].value))
			expr_object_put(end->outputs, own->members[i].name,
			    own->members[i].value);
}

/* In the order in which the legs ended, not that of the matrix. */
static void
collect_outputs(struct turn *t, struct leg *legs, size_t n,
    struct progress *end)
{
	const struct run_facts *facts = t->scope->run->facts;
	const struct run_plan *plan = t->scope->run->plan;
	struct map by_key = MAP_INIT;

	for (size_t i = 0; i < n; i++)
		for (size_t k = legs[i].first; k < legs[i].end; k++)
			map_set(&by_key, plan->jobs[k].key, &legs[i]);
	for (size_t i = 0; i < facts->n_outcomes; i++) {
		struct leg *leg = map_get(&by_key, facts->outcomes[i].key);

		if (leg != NULL)
			leg->last = i + 1;
	}
	for (size_t i = 0; i < n; i++)
		if (legs[i].last == 0)
			merge_outputs(t, &legs[i], end);
	for (size_t i = 0; i < facts->n_outcomes; i++) {
		const struct leg *leg = map_get(&by_key,
		    facts->outcomes[i].key);

		if (leg != NULL && leg->last == i + 1)
			merge_outputs(t, leg, end);
	}
	map_release(&by_key);
}

static void
add_legs(struct turn *t, const struct strategy *s, bool blocked,
    struct progress *end)
{
	struct decider *run = t->scope->run;
	struct leg *legs = arena_alloc(run->a, s->matrix.n * sizeof(*legs));
	size_t n = 0;

	for (; n < s->matrix.n && !run->full; n++) {
		struct leg *leg = &legs[n];

		leg->progress.ended = true;
		leg->first = run->plan->n_jobs;
		if (add_leg(t, s, n, blocked, &leg->progress) == -1)
			turn_fail(t, n, &leg->progress);
		leg->end = run->plan->n_jobs;
		end->ended = end->ended && leg->progress.ended;
		progress_add(end, leg->progress.result);
	}
	if (blocked || n == 0)
		return;
	if (n == 1) {
		end->outputs = legs[0].progress.outputs;
		return;
	}
	if (s->fail_fast)
		cancel_others(t, legs, n);
	if (t->job->kind == JOB_CALL && s->max_parallel > 0 && !t->rehearsed)
		hold_back(t, legs, n, (size_t)s->max_parallel);
	collect_outputs(t, legs, n, end);
}

void
turn_expand(struct turn *t, enum planned_state state, struct progress *end)
{
	bool blocked = state == PLANNED_BLOCKED;
	struct strategy s;

	if (turn_strategy(t, blocked, &s) == -1) {
		turn_fail(t, 0, end);
		return;
	}
	if (!s.expanded) {
		if (!blocked) {
			t->why = "its matrix is known when all that it needs "
			    "has ended";
			progress_add(end, RESULT_SUCCESS);
		}
		turn_add(t, PLANNED_BLOCKED);
		return;
	}
	add_legs(t, &s, blocked, end);
}
