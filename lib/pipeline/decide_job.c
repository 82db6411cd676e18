/*
 * decide_job.c - the jobs that one job of a file becomes, and all about them
 * that is evaluated when they start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"

void
progress_add(struct progress *p, enum job_result result)
{
	/* What counts most stands first. */
	static const enum job_result order[] = { RESULT_FAILURE,
		RESULT_CANCELLED, RESULT_SUCCESS, RESULT_SKIPPED,
		RESULT_NONE };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (p->result == order[i] || result == order[i]) {
			p->result = order[i];
			return;
		}
}

/* --- adding -------------------------------------------------------------------- */

/* The limit of all jobs: said once, and nothing is planned behind it. */
static bool
has_room(struct turn *t)
{
	struct decider *run = t->scope->run;

	if (run->full)
		return false;
	if (run->plan->n_jobs < PLAN_MAX_JOBS && !arena_exceeded(run->a))
		return true;
	run->full = true;
	diag_error(t->scope->d, t->job->key->pos, t->job->key->width,
	    "too-large", NULL, "up to this job the run has more than %d "
	    "jobs, with those of called workflows, or needs too much memory",
	    PLAN_MAX_JOBS);
	return false;
}

struct planned_job *
turn_add(struct turn *t, enum planned_state state)
{
	struct decider *run = t->scope->run;
	struct planned_job *j;

	if (!has_room(t))
		return NULL;
	j = arena_push(run->a, &run->plan->jobs, &run->plan->n_jobs,
	    sizeof(*j));
	j->key = arena_printf(run->a, "%s%s", t->scope->key_prefix,
	    t->job->id);
	j->name = arena_printf(run->a, "%s%s", t->scope->name_prefix,
	    t->job->name != NULL ? value_written(t->job->name) : t->job->id);
	j->job = t->job;
	j->call = t->scope->call;
	j->state = state;
	j->result = state == PLANNED_SKIPPED ? RESULT_SKIPPED :
	    state == PLANNED_FAILED ? RESULT_FAILURE : RESULT_NONE;
	j->why = t->why != NULL ? t->why : "others of its matrix have started";
	j->values = t->values;
	j->pos = t->pos;
	j->needs = t->needs;
	j->runs_on = expr_null();
	return j;
}

const char *
turn_key(struct turn *t, const char *key, size_t i)
{
	return i == 0 ? key :
	    arena_printf(t->scope->run->a, "%s:%zu", key, i + 1);
}

void
turn_fail(struct turn *t, size_t i, struct progress *end)
{
	const struct diags *d = t->scope->d;
	struct turn failed = *t;
	struct planned_job *j;

	if (d->n > 0) {
		failed.why = d->list[d->n - 1].text;
		failed.pos = d->list[d->n - 1].pos;
	}
	j = turn_add(&failed, PLANNED_FAILED);
	if (j != NULL) {
		j->key = turn_key(t, j->key, i);
		j->expanded = true;
	}
	progress_add(end, RESULT_FAILURE);
}

/* --- what is evaluated for each job ------------------------------------------------ */

int
decide_concurrency(const struct workflow_concurrency *c,
    const struct expr_env *env, struct arena *a, struct diags *d,
    struct planned_concurrency *out)
{
	struct workflow_concurrency own = *c;
	struct expr_value v;
	const char *queue;

	if (c->value == NULL)
		return 0;
	out->file = d->file;
	out->pos = c->value->key != NULL ? c->value->key->pos : c->value->pos;
	if (value_eval(c->group, env, a, d, &v) == -1)
		return -1;
	/* An expression that gives the whole map. */
	if (v.type == EXPR_OBJECT) {
		const struct expr_value *group =
		    expr_object_member(v.object, "group");
		const struct expr_value *cancel =
		    expr_object_member(v.object, "cancel-in-progress");

		out->group = group != NULL ? expr_to_string(group, a) : NULL;
		out->cancel_in_progress = cancel != NULL &&
		    expr_truthy(cancel);
		return 0;
	}
	out->group = expr_to_string(&v, a);
	/* A group without a name is none. */
	if (out->group[0] == '\0')
		out->group = NULL;
	queue = value_eval_text(own.queue, "single", env, a, d);
	out->queue_max = queue != NULL && strcmp(queue, "max") == 0;
	if (queue == NULL || value_eval_bool(own.cancel_in_progress, false,
	        env, a, d, &out->cancel_in_progress) == -1)
		return -1;
	return 0;
}

void
merge_vars(const struct value *map, struct arena *a, struct map *seen,
    struct named_value **list, size_t *n)
{
	if (map == NULL || map->kind != VALUE_MAP)
		return;
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct value *key = map->pairs[i].key;
		uintptr_t at;

		if (key->kind != VALUE_STRING)
			continue;
		at = (uintptr_t)map_get(seen, key->text);
		if (at == 0) {
			arena_push(a, list, n, sizeof(**list));
			at = *n;
			map_set(seen, key->text, (void *)at);
		}
		(*list)[at - 1] = (struct named_value) { key->text,
			map->pairs[i].value };
	}
}

/* Variables of the workflow and the job; the job wins. All of a matrix share
 * one list, and so do all jobs that have none of their own. */
static void
join_env(struct turn *t, struct planned_job *j)
{
	struct planned_job *shared = t->job->env != NULL ? &t->joined :
	    &t->scope->joined;
	struct map seen = MAP_INIT;

	if (shared->env == NULL) {
		merge_vars(t->scope->w->env, t->scope->run->a, &seen,
		    &shared->env, &shared->n_env);
		merge_vars(t->job->env, t->scope->run->a, &seen,
		    &shared->env, &shared->n_env);
		map_release(&seen);
	}
	j->env = shared->env;
	j->n_env = shared->n_env;
}

/* Does a value ask for needs while they are not known? */
static bool
is_open(const struct turn *t, bool blocked, const struct value *v)
{
	return (blocked || t->rehearsed) && value_uses(v, "needs");
}

const char *
turn_name(struct turn *t, const struct matrix_job *m, bool blocked,
    const struct expr_env *env)
{
	struct decider *run = t->scope->run;
	const struct value *name = t->job->name;
	const char *text = t->job->id;

	if (name != NULL && name->kind == VALUE_EXPR) {
		text = is_open(t, blocked, name) ? value_written(name) :
		    value_eval_text(name, t->job->id, env, run->a,
		    t->scope->d);
		if (text == NULL)
			return NULL;
		/* Blank: as if there were none. */
		if (text[0] == '\0')
			text = matrix_job_name(t->job->id, m->label, run->a);
	} else {
		if (name != NULL && name->text != NULL &&
		    name->text[0] != '\0')
			text = name->text;
		text = matrix_job_name(text, m->label, run->a);
	}
	return arena_printf(run->a, "%s%s", t->scope->name_prefix, text);
}

int
turn_fill(struct turn *t, const struct expr_env *env, bool blocked,
    struct planned_job *j)
{
	struct decider *run = t->scope->run;
	struct diags *d = t->scope->d;

	if (!is_open(t, blocked, t->job->runs_on) &&
	    value_eval(t->job->runs_on, env, run->a, d, &j->runs_on) == -1)
		return -1;
	if (blocked)
		return 0;
	join_env(t, j);
	if (!is_open(t, blocked, t->job->continue_on_error) &&
	    value_eval_bool(t->job->continue_on_error, false, env, run->a, d,
	        &j->continue_on_error) == -1)
		return -1;
	if (is_open(t, blocked, t->job->concurrency.value))
		return 0;
	return decide_concurrency(&t->job->concurrency, env, run->a, d,
	    &j->concurrency);
}
