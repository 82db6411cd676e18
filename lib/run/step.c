/*
 * step.c - one step: may it run, what does it run, how did it end.
 *
 * In the order of GitHub's runner: `env` of the step, which its `if` can
 * see; `if`; the rest. Steps behind a failure or a cancel are visited all the
 * same, for theirs may be always().
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"

#define WHY_BYTES 200 /* of a condition, in a reason */

static struct step_run *
step_new(struct job_exec *x, struct job_scope *scope,
    const struct job_plan_step *plan)
{
	struct step_run *s = mem_calloc(1, sizeof(*s));

	s->x = x;
	s->plan = plan;
	s->scope = scope;
	arena_init(&s->arena, 0);
	environment_init(&s->vars, &s->arena);
	environment_init(&s->outputs, &s->arena);
	environment_init(&s->env, &s->arena);
	environment_init(&s->state, &s->arena);
	str_init(&s->outcome.reason);
	str_init(&s->stop_token);
	str_init(&s->streams[0].held);
	str_init(&s->streams[1].held);
	s->fds[0] = s->fds[1] = -1;
	s->phase = STEP_OVER;
	s->outcome.exit_code = -1;
	s->outcome.on = "fail";
	s->outcome.cause = FAIL_COMMAND;
	s->attempt = s->retry.attempts = 1;
	return s;
}

struct step_run *
step_cancelled(struct job_exec *x, struct job_scope *scope,
    const struct job_plan_step *plan, const char *reason)
{
	struct step_run *s = step_new(x, scope, plan);

	s->outcome.on = "cancel";
	str_add(&s->outcome.reason, reason);
	return s;
}

void
step_free(struct step_run *s)
{
	if (s == NULL)
		return;
	work_stop(s);
	container_remove(s->box, NULL);
	joblog_source_free(s->source);
	command_stream_release(&s->streams[0]);
	command_stream_release(&s->streams[1]);
	str_release(&s->stop_token);
	str_release(&s->outcome.reason);
	environment_release(&s->vars);
	environment_release(&s->outputs);
	environment_release(&s->env);
	environment_release(&s->state);
	arena_release(&s->arena);
	free(s);
}

/* --- telling ----------------------------------------------------------------------- */

static int
tell_start(struct step_run *s, const char *title, struct err *err)
{
	struct job_exec *x = s->x;
	struct str name = STR_INIT, safe = STR_INIT;
	int rc;

	job_mask(x, title, strlen(title), &safe);
	str_add(&name, "\"name\":");
	json_text(&name, safe.s);
	rc = joblog_event(x->log, s->plan->number, "step-start", name.s, err);
	if (rc == 0 && x->obs->step_started != NULL)
		rc = x->obs->step_started(x->obs->ctx, s->plan, safe.s,
		    joblog_offset(x->log), err);
	str_release(&safe);
	str_release(&name);
	s->told = rc == 0;
	return rc;
}

/* What an action's other parts need: before it begins, for it may not end. */
static void
remember(struct step_run *s)
{
	struct step_memory *memory;

	if (s->plan->kind != STEP_USES)
		return;
	memory = step_memory(s->x, s->plan);
	memory->began = true;
	if (s->plan->part == STEP_MAIN)
		memory->scope = s->scope;
}

static int
tell_end(struct job_exec *x, const struct job_plan_step *plan,
    const char *on, int exit_code, const char *reason, struct err *err)
{
	struct str members = STR_INIT;
	int rc;

	str_addf(&members, "\"on\":\"%s\",\"exit_code\":%d", on, exit_code);
	if (reason[0] != '\0') {
		str_add(&members, ",\"reason\":");
		json_text(&members, reason);
	}
	rc = joblog_event(x->log, plan->number, "step-end", members.s, err);
	if (rc == 0 && x->obs->step_finished != NULL)
		rc = x->obs->step_finished(x->obs->ctx, plan, on, exit_code,
		    reason, err);
	str_release(&members);
	return rc;
}

const char *
step_why_not(const struct job_exec *x, const struct job_scope *scope,
    const struct value *condition, struct arena *a)
{
	bool plain = condition->text != NULL &&
	    strcmp(condition->text, "success()") == 0;
	size_t len = condition->text != NULL ? strlen(condition->text) : 0;

	if (x->scope.status == STATUS_CANCELLED && plain)
		return "the job was stopped before it";
	if (scope->status == STATUS_FAILURE && plain)
		return "a step before it failed";
	if (scope->status == STATUS_CANCELLED && plain)
		return "its action was cancelled before it";
	return arena_printf(a, "if: %.*s%s => false", (int)(len < WHY_BYTES ?
	    len : WHY_BYTES), len > 0 ? condition->text : "",
	    len > WHY_BYTES ? "..." : "");
}

int
step_skip(struct job_exec *x, const struct job_plan_step *plan,
    const char *on, const char *reason, struct err *err)
{
	return tell_end(x, plan, on, -1, reason, err);
}

/* --- beginning --------------------------------------------------------------------- */

/* What is evaluated before the step is known to run. 1: it is skipped. */
static int
may_run(struct step_run *s, struct sight *sight, struct err *err)
{
	struct job_exec *x = s->x;
	struct environment own;
	struct err ignored = { 0 };
	struct expr_value v;
	int rc;

	environment_merge(&s->vars, &x->env);
	scope_merge(&s->vars, s->scope);
	sight_init(sight, x, s->scope, &s->vars, s, &s->arena);
	environment_init(&own, &s->arena);
	rc = sight_env(sight, s->plan->env, &s->vars, &own, err);
	environment_merge(&s->vars, &own);
	environment_release(&own);
	sight_init(sight, x, s->scope, &s->vars, s, &s->arena);
	if (rc == -1) { /* an error that may be let pass */
		sight_bool(sight, s->plan->continue_on_error,
		    &s->continue_on_error, &ignored);
		return -1;
	}
	if (sight_value(sight, s->plan->condition, &v, err) == -1)
		return -1;
	return expr_truthy(&v) ? 0 : 1;
}

static int
read_settings(struct step_run *s, struct sight *sight, const char **title,
    struct err *err)
{
	const struct job_plan_step *p = s->plan;

	if (sight_bool(sight, p->continue_on_error, &s->continue_on_error,
	    err) == -1 ||
	    sight_text(sight, p->name, p->title, title, err) == -1 ||
	    sight_timeout(sight, p->timeout_minutes, p->timeout,
	    &s->timeout_ms, err) == -1)
		return -1;
	return retry_read(p->retry, p->retry_on_timeout, sight, &s->retry,
	    err);
}

/* A mistake of the pipeline's author ends the step, not the job. */
static int
take_mistake(struct step_run *s, const struct err *e, struct err *err)
{
	if (err_kind(e->code) != ERR_KIND_USER)
		return err_set(err, e->code, "%s", e->text);
	s->outcome.on = "fail";
	str_clear(&s->outcome.reason);
	str_add(&s->outcome.reason, e->text);
	s->outcome.cause = FAIL_AUTHOR;
	s->phase = STEP_OVER;
	return 0;
}

static int
run(struct step_run *s, struct err *err)
{
	struct err e = { 0 };
	int rc = 0;

	switch (s->plan->kind) {
	case STEP_RUN:
		rc = s->plan->image != NULL ? action_container_script(s, &e) :
		    running_start(s, &e);
		break;
	case STEP_USES:
		rc = step_uses(s, &e);
		break;
	case STEP_WAIT:
	case STEP_WAIT_ALL:
	case STEP_CANCEL:
	case STEP_PARALLEL:
		s->outcome.on = "succeed"; /* the flow does the rest */
		break;
	}
	return rc == 0 ? 0 : take_mistake(s, &e, err);
}

int
step_again(struct step_run *s, struct err *err)
{
	s->phase = STEP_OVER;
	return run(s, err);
}

/* As GitHub names them: "Post Run actions/cache@v4". */
static const char *
part_title(struct step_run *s, const char *title)
{
	if (s->plan->part == STEP_MAIN || title == s->plan->title)
		return title;
	return arena_printf(&s->arena, "%s %s", s->plan->part == STEP_PRE ?
	    "Pre" : "Post", title);
}

int
step_begin(struct job_exec *x, struct job_scope *scope,
    const struct job_plan_step *plan, struct step_run **out, struct err *err)
{
	struct step_run *s = step_new(x, scope, plan);
	const char *title = plan->title;
	struct err e = { 0 };
	struct sight sight;
	int rc;

	*out = s;
	rc = step_files_make(&s->files, x->runner, &x->spares, err);
	if (rc == -1)
		return -1;
	rc = may_run(s, &sight, &e);
	if (rc == 1) {
		s->outcome.on = "skip";
		str_add(&s->outcome.reason, step_why_not(x, scope,
		    plan->condition, &s->arena));
		return 0;
	}
	if (rc == 0)
		rc = read_settings(s, &sight, &title, &e);
	title = part_title(s, title);
	if (tell_start(s, title, err) == -1)
		return -1;
	remember(s);
	s->source = joblog_source_new(x->log, plan->number);
	return rc == 0 ? run(s, err) : take_mistake(s, &e, err);
}

/* --- ending ------------------------------------------------------------------------- */

/* May what stands around it fail? */
static bool
passes_around(const struct step_run *s)
{
	for (const struct job_scope *scope = s->scope; scope != NULL;
	    scope = scope->outer)
		if (scope->continue_on_error)
			return true;
	return false;
}

/* The job's reason is its first failure. */
static void
keep_reason(struct step_run *s)
{
	struct job_end *r = s->x->result;
	const struct step_outcome *o = &s->outcome;

	if (s->x->failed || s->continue_on_error ||
	    strcmp(o->on, "fail") != 0 || passes_around(s))
		return;
	s->x->failed = true;
	s->x->failed_step = s->plan->number;
	r->exit_code = o->exit_code;
	r->cause = o->cause;
	snprintf(r->reason, sizeof(r->reason), "step %d \"%.100s\": %.350s",
	    s->plan->number, s->plan->title, o->reason.s);
}

static void
mask_reason(struct step_run *s)
{
	struct str safe = STR_INIT;

	job_mask(s->x, s->outcome.reason.s, s->outcome.reason.len, &safe);
	str_release(&s->outcome.reason);
	s->outcome.reason = safe;
}

int
step_end(struct step_run *s, struct err *err)
{
	struct err e = { 0 };
	int rc = 0;

	if (s->source != NULL && output_end(s, err) == -1)
		return -1;
	if (s->told && s->spawned && output_files(s, &e) == -1)
		rc = take_mistake(s, &e, err);
	else
		step_files_leave(&s->files, &s->x->spares);
	if (s->command_failed && strcmp(s->outcome.on, "succeed") == 0) {
		s->outcome.on = "fail";
		s->outcome.cause = FAIL_COMMAND;
		str_add(&s->outcome.reason, "it printed a command that is "
		    "disabled or wrong");
	}
	if (rc == 0)
		rc = action_container_end(s, err);
	mask_reason(s);
	if (rc == 0)
		rc = tell_end(s->x, s->plan, s->outcome.on,
		    s->outcome.exit_code, s->outcome.reason.s, err);
	keep_reason(s);
	return rc;
}

static struct expr_object *
keep_outputs(struct step_run *s)
{
	struct arena *a = &s->x->arena;
	struct expr_object *o = expr_object_new(a);

	for (size_t i = 0; i < s->outputs.vars.n; i++) {
		const struct env_var *v = s->outputs.vars.entries[i].value;
		struct expr_value value =
		    expr_string(arena_strdup(a, v->value));

		value.outside = true;
		expr_object_add(o, arena_strdup(a, v->name), value);
	}
	o->outside = true;
	return o;
}

/* For the parts behind. */
static void
keep_state(struct step_run *s)
{
	struct step_memory *memory;

	if (s->state.vars.n == 0 || s->plan->kind != STEP_USES)
		return;
	memory = step_memory(s->x, s->plan);
	for (size_t i = 0; i < s->state.vars.n; i++) {
		const struct env_var *v = s->state.vars.entries[i].value;

		environment_set(&memory->state, v->name, v->value, true);
	}
}

int
step_join(struct step_run *s, struct err *err)
{
	struct job_exec *x = s->x;
	bool passes = s->continue_on_error;

	(void)err;
	keep_state(s);
	for (size_t i = 0; i < s->n_paths; i++) {
		const char **room = arena_push(&x->arena, &x->paths,
		    &x->n_paths, sizeof(*room));

		*room = arena_strdup(&x->arena, s->paths[i]);
	}
	for (size_t i = 0; i < s->env.vars.n; i++) {
		const struct env_var *v = s->env.vars.entries[i].value;

		environment_set(&x->env, v->name, v->value, true);
	}
	if (s->plan->part != STEP_MAIN) {
		if (!passes && !passes_around(s))
			scope_count(x, &x->scope, s->outcome.on);
		return 0;
	}
	scope_tell(x, s->scope, s->plan->id, s->outcome.on, passes,
	    keep_outputs(s));
	if (!passes)
		scope_count(x, s->scope, s->outcome.on);
	return 0;
}
