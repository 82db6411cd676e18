/*
 * scope.c - composite actions: what stands around their steps.
 *
 * Inside, `inputs` and `steps` are the action's own, and so is the status
 * that success() and failure() ask. To the outside the action is one step
 * with outputs. docs.github.com, "Metadata syntax reference", "runs for
 * composite actions".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <string.h>

#include "lib/base/clock.h"

/* `with` sees what the step that uses the action sees, the defaults too. */
static int
open_inputs(struct job_scope *s, struct sight *outside, struct err *err)
{
	const struct job_plan_action *action = s->action;

	return sight_inputs(outside, action->inputs, action->n_inputs,
	    action->with, &outside->x->arena, &s->inputs, err);
}

void
scope_merge(struct environment *e, const struct job_scope *scope)
{
	if (scope == NULL)
		return;
	scope_merge(e, scope->outer);
	if (scope->action != NULL)
		environment_merge(e, &scope->env);
}

static int
open_parts(struct job_scope *s, struct sight *outside, bool *skipped,
    struct environment *vars, struct err *err)
{
	const struct job_plan_action *action = s->action;
	struct pos pos = action->retry != NULL ? action->retry->pos :
	    action->pos;
	struct expr_value v;
	int64_t ms;

	if (action->retry != NULL || action->retry_on_timeout)
		return err_set(err, ERR_UNSUPPORTED, "%s:%d:%d: \"%s\" of a "
		    "step that uses a composite action is not known to this "
		    "version of Pawl: write it at the steps of the action",
		    action->file, pos.line, pos.col, action->retry != NULL ?
		    "retry" : "retry_on_timeout");
	if (sight_env(outside, action->env, vars, &s->env, err) == -1)
		return -1;
	environment_merge(vars, &s->env);
	sight_init(outside, outside->x, s->outer, vars, NULL, outside->a);
	if (sight_value(outside, action->condition, &v, err) == -1)
		return -1;
	*skipped = !expr_truthy(&v);
	if (*skipped)
		return 0;
	if (sight_bool(outside, action->continue_on_error,
	    &s->continue_on_error, err) == -1 ||
	    sight_timeout(outside, action->timeout_minutes, action->timeout,
	    &ms, err) == -1)
		return -1;
	s->until_ms = ms > 0 ? clock_mono_ms() + ms : 0;
	return open_inputs(s, outside, err);
}

static struct job_scope *
scope_new(struct job_exec *x, struct job_scope *outer,
    const struct job_plan_action *action)
{
	struct job_scope *s = arena_alloc(&x->arena, sizeof(*s));

	s->outer = outer;
	s->action = action;
	s->steps = expr_object_new(&x->arena);
	s->path = action_folder(x, action->source);
	environment_init(&s->env, &x->arena);
	s->next = x->scopes;
	x->scopes = s;
	return s;
}

int
scope_open(struct job_exec *x, struct job_scope *outer,
    const struct job_plan_action *action, struct job_scope **out,
    bool *skipped, const char **why, struct err *err)
{
	struct job_scope *s = scope_new(x, outer, action);
	struct arena a = ARENA_INIT(0);
	struct environment vars;
	struct sight outside;
	int rc;

	environment_init(&vars, &a);
	environment_merge(&vars, &x->env);
	scope_merge(&vars, outer);
	sight_init(&outside, x, outer, &vars, NULL, &a);
	*out = s;
	*skipped = false;
	rc = open_parts(s, &outside, skipped, &vars, err);
	if (rc == 0 && *skipped)
		*why = step_why_not(x, outer, action->condition, &x->arena);
	environment_release(&vars);
	arena_release(&a);
	return rc;
}

int
scope_close(struct job_exec *x, struct job_scope *s, const char **on,
    struct expr_object **outputs, struct err *err)
{
	const struct job_plan_action *action = s->action;
	struct arena a = ARENA_INIT(0);
	struct environment vars;
	struct sight inside;
	int rc = 0;

	*on = s->status == STATUS_FAILURE ? "fail" :
	    s->status == STATUS_CANCELLED ||
	    x->scope.status == STATUS_CANCELLED ? "cancel" : "succeed";
	*outputs = expr_object_new(&x->arena);
	environment_init(&vars, &a);
	environment_merge(&vars, &x->env);
	scope_merge(&vars, s);
	sight_init(&inside, x, s, &vars, NULL, &a);
	for (size_t i = 0; rc == 0 && i < action->n_outputs; i++) {
		struct expr_value v, text;

		rc = sight_value(&inside, action->outputs[i].value, &v, err);
		if (rc == -1)
			break;
		text = expr_string(arena_strdup(&x->arena,
		    expr_to_string(&v, &a)));
		text.outside = true;
		expr_object_add(*outputs, action->outputs[i].name, text);
	}
	environment_release(&vars);
	arena_release(&a);
	return rc;
}

/* --- parts before and behind all steps ------------------------------------------- */

struct step_memory *
step_memory(struct job_exec *x, const struct job_plan_step *plan)
{
	size_t n = x->order->plan->n_steps;

	if (x->memory == NULL) {
		x->memory = arena_alloc(&x->arena, n * sizeof(*x->memory));
		for (size_t i = 0; i < n; i++)
			environment_init(&x->memory[i].state, &x->arena);
	}
	return &x->memory[(plan->of > 0 ? plan->of : plan->number) - 1];
}

/* The scope of an action that has not begun: its variables and inputs only. */
static int
open_early(struct job_exec *x, int index, struct job_scope **out,
    struct err *err)
{
	const struct job_plan_action *action;
	struct arena a = ARENA_INIT(0);
	struct environment vars;
	struct sight outside;
	struct job_scope *s;
	int rc;

	*out = &x->scope;
	if (index < 0)
		return 0;
	action = &x->order->plan->actions[index];
	if (open_early(x, action->outer, out, err) == -1)
		return -1;
	s = scope_new(x, *out, action);
	environment_init(&vars, &a);
	environment_merge(&vars, &x->env);
	scope_merge(&vars, *out);
	sight_init(&outside, x, *out, &vars, NULL, &a);
	rc = sight_env(&outside, action->env, &vars, &s->env, err);
	environment_merge(&vars, &s->env);
	sight_init(&outside, x, *out, &vars, NULL, &a);
	if (rc == 0)
		rc = open_inputs(s, &outside, err);
	*out = s;
	environment_release(&vars);
	arena_release(&a);
	return rc;
}

int
scope_of_part(struct job_exec *x, const struct job_plan_step *plan,
    struct job_scope **out, struct err *err)
{
	struct step_memory *memory = step_memory(x, plan);
	struct job_scope *scope, *own;

	*out = NULL;
	if (plan->part == STEP_POST && !memory->began)
		return 0;
	if (memory->scope == NULL && open_early(x, plan->action,
	    &memory->scope, err) == -1)
		return -1;
	scope = memory->scope;
	*out = scope;
	if (scope == &x->scope)
		return 0;
	/* Not the other's time and status; its maps are shared. */
	own = arena_alloc(&x->arena, sizeof(*own));
	*own = *scope;
	own->until_ms = 0;
	own->status = x->scope.status;
	*out = own;
	return 0;
}

void
scopes_release(struct job_exec *x)
{
	for (struct job_scope *s = x->scopes; s != NULL; s = s->next)
		environment_release(&s->env);
	for (size_t i = 0; x->memory != NULL && i < x->order->plan->n_steps;
	    i++)
		environment_release(&x->memory[i].state);
}

void
scope_count(struct job_exec *x, struct job_scope *scope, const char *on)
{
	if (strcmp(on, "fail") == 0 && scope->status == STATUS_SUCCESS)
		scope->status = STATUS_FAILURE;
	/* A step that another one has ended stops nobody else. */
	if (strcmp(on, "cancel") == 0 &&
	    x->scope.status == STATUS_CANCELLED)
		scope_cancel(scope);
}

void
scope_cancel(struct job_scope *scope)
{
	if (scope->status == STATUS_SUCCESS)
		scope->status = STATUS_CANCELLED;
}

/* "fail" of what happened is "failure" of what an expression sees. */
static const char *
result_word(const char *on)
{
	return strcmp(on, "succeed") == 0 ? "success" :
	    strcmp(on, "fail") == 0 ? "failure" :
	    strcmp(on, "cancel") == 0 ? "cancelled" : "skipped";
}

void
scope_tell(struct job_exec *x, struct job_scope *scope, const char *id,
    const char *on, bool continue_on_error, struct expr_object *outputs)
{
	struct expr_object *o = expr_object_new(&x->arena);
	bool passes = continue_on_error && strcmp(on, "fail") == 0;

	if (id == NULL)
		return;
	expr_object_add(o, "outputs", expr_from_object(outputs != NULL ?
	    outputs : expr_object_new(&x->arena)));
	expr_object_add(o, "outcome", expr_string(result_word(on)));
	expr_object_add(o, "conclusion", expr_string(passes ? "success" :
	    result_word(on)));
	expr_object_add(scope->steps, id, expr_from_object(o));
}
