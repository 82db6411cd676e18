/*
 * decide_call.c - jobs that call a workflow: its jobs stand in their place.
 *
 * docs.github.com, "Reuse workflows". A called workflow sees the caller's
 * github and vars, its own inputs, and its own needs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/decide.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/rights.h"
#include "lib/pipeline/uses.h"

/* A workflow that is called; read once, however often. */
struct called {
	const struct workflow *w; /* NULL: `problem` says why */
	const char *problem;
	struct diags d;
};

struct call {
	struct turn *turn;
	const struct planned_job *caller;
	struct expr_env env;
	const struct workflow_trigger *trigger; /* its workflow_call */
	struct expr_object *inputs;
};

static int
fail(struct call *c, const struct value *at, const char *text)
{
	diag_error(c->turn->scope->d, at->pos, at->width, "workflow-call",
	    NULL, "%s", text);
	return -1;
}

/* --- reading --------------------------------------------------------------------- */

const char *
decide_error(const struct diags *d, const char *where, struct arena *a)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];

		if (one->level != DIAG_ERROR)
			continue;
		if (str_starts_with(one->text, DECIDE_IN_CALLED) ||
		    str_starts_with(one->text, DECIDE_IN_MADE))
			return one->text;
		return arena_printf(a, "%s%s:%d:%d: %s", where, d->file,
		    one->pos.line, one->pos.col, one->text);
	}
	return where;
}

static void
read_called(struct decider *run, const char *uses, struct called *out)
{
	struct workflow *w;
	struct err err = { 0 };
	const char *text = NULL;
	size_t len = 0;

	if (run->called.n > PLAN_MAX_CALLED) {
		out->problem = arena_printf(run->a, "a run may call %d "
		    "different workflows", PLAN_MAX_CALLED);
		return;
	}
	if (run->facts->fetch == NULL) {
		out->problem = "workflows cannot be called here";
		return;
	}
	if (run->facts->fetch(run->facts->ctx, uses, run->a, &text, &len,
	        &err) == -1) {
		out->problem = arena_strdup(run->a, err.text);
		return;
	}
	/* A name of something that is built in. */
	if (text == NULL) {
		out->problem = arena_printf(run->a, "there is no workflow at "
		    "%s", uses);
		return;
	}
	diags_init(&out->d, run->a, arena_strdup(run->a, uses), text, len);
	w = workflow_read(text, len, run->a, &out->d);
	if (w == NULL || out->d.n_errors > 0)
		out->problem = decide_error(&out->d, DECIDE_IN_CALLED,
		    run->a);
	else
		out->w = w;
}

static const struct called *
find_called(struct decider *run, const char *uses)
{
	struct called *called = map_get(&run->called, uses);

	if (called != NULL)
		return called;
	called = arena_alloc(run->a, sizeof(*called));
	map_set(&run->called, uses, called);
	read_called(run, uses, called);
	return called;
}

/* --- inputs ---------------------------------------------------------------------- */

static const struct workflow_input *
find_input(const struct workflow_trigger *t, const char *name)
{
	for (size_t i = 0; i < t->n_inputs; i++)
		if (strcasecmp(t->inputs[i].name, name) == 0)
			return &t->inputs[i];
	return NULL;
}

static int
check_unknown(struct call *c)
{
	const struct value *with = c->turn->job->with;

	for (size_t i = 0; with != NULL && i < with->n_pairs; i++) {
		const struct value *key = with->pairs[i].key;

		if (key->text != NULL &&
		    find_input(c->trigger, key->text) == NULL)
			return fail(c, key, arena_printf(
			    c->turn->scope->run->a, "Invalid input, %s is not "
			    "defined in the referenced workflow.",
			    key->text));
	}
	return 0;
}

/* What an input has when nothing is given. */
static struct expr_value
empty_input(enum input_type type)
{
	return type == INPUT_BOOLEAN ? expr_boolean(false) :
	    type == INPUT_NUMBER ? expr_number(0) : expr_string("");
}

static int
check_type(struct call *c, const struct workflow_input *input,
    const struct value *at, struct expr_value *v)
{
	struct arena *a = c->turn->scope->run->a;
	bool fits = v->type != EXPR_ARRAY && v->type != EXPR_OBJECT;

	if (input->type == INPUT_BOOLEAN)
		fits = v->type == EXPR_BOOLEAN;
	else if (input->type == INPUT_NUMBER)
		fits = v->type == EXPR_NUMBER;
	else if (fits)
		*v = expr_as_string(v, a);
	if (fits)
		return 0;
	return fail(c, at, arena_printf(a, "input \"%s\" must be a %s; it is "
	    "of type %s", input->name, input->type == INPUT_BOOLEAN ?
	    "boolean" : input->type == INPUT_NUMBER ? "number" : "string",
	    expr_type_name(v->type)));
}

static int
add_input(struct call *c, const struct workflow_input *input)
{
	struct scope *s = c->turn->scope;
	const struct value_pair *given =
	    value_find(c->turn->job->with, input->name);
	struct expr_value v = empty_input(input->type);

	if (given != NULL && c->turn->rehearsed &&
	    value_uses(given->value, "needs")) {
		; /* not known: as if nothing were given */
	} else if (given != NULL) {
		if (value_eval(given->value, &c->env, s->run->a, s->d,
		        &v) == -1 ||
		    check_type(c, input, given->value, &v) == -1)
			return -1;
	} else if (input->required) {
		return fail(c, c->turn->job->uses, arena_printf(s->run->a,
		    "Input %s is required, but not provided while calling.",
		    input->name));
	} else if (input->default_value != NULL) {
		struct expr_env env = { .contexts = s->contexts };

		if (value_eval(input->default_value, &env, s->run->a, s->d,
		        &v) == -1)
			return -1;
	}
	expr_object_add(c->inputs, input->name, v);
	return 0;
}

static int
read_inputs(struct call *c)
{
	c->inputs = expr_object_new(c->turn->scope->run->a);
	if (check_unknown(c) == -1)
		return -1;
	for (size_t i = 0; i < c->trigger->n_inputs; i++)
		if (add_input(c, &c->trigger->inputs[i]) == -1)
			return -1;
	return 0;
}

/* --- outputs --------------------------------------------------------------------- */

/* The `jobs` context, of on.workflow_call.outputs. */
static struct expr_object *
jobs_context(const struct scope *s)
{
	struct arena *a = s->run->a;
	struct expr_object *jobs = expr_object_new(a);

	for (size_t i = 0; i < s->w->n_jobs; i++) {
		const struct progress *p = &s->progress[i];
		struct expr_object *one = expr_object_new(a);

		expr_object_add(one, "result",
		    expr_string(job_result_name(p->result)));
		expr_object_add(one, "outputs", expr_from_object(
		    p->outputs != NULL ? p->outputs : expr_object_new(a)));
		expr_object_add(jobs, s->w->jobs[i].id,
		    expr_from_object(one));
	}
	return jobs;
}

static void
read_outputs(struct call *c, struct scope *s, struct progress *end)
{
	struct arena *a = s->run->a;
	struct expr_object *contexts = expr_object_new(a);
	struct expr_env env = { .contexts = contexts };

	for (size_t i = 0; i < s->contexts->n; i++)
		expr_object_add_len(contexts, s->contexts->members[i].name,
		    s->contexts->members[i].value);
	expr_object_add(contexts, "jobs", expr_from_object(jobs_context(s)));
	if (end->outputs == NULL)
		end->outputs = expr_object_new(a);
	for (size_t i = 0; i < c->trigger->n_outputs; i++) {
		const struct workflow_port *out = &c->trigger->outputs[i];
		struct expr_value v;

		if (value_eval(out->value, &env, a, s->d, &v) == 0)
			expr_object_add(end->outputs, out->name,
			    expr_as_string(&v, a));
	}
}

/* --- rights ---------------------------------------------------------------------- */

/* The `permissions` that hold for the job that calls; NULL: none are written
 * down, and the forge's settings decide. */
static const struct value *
permissions_of(const struct turn *t)
{
	const struct planned_call *call = t->scope->call;
	const struct value *v = t->job->permissions;

	for (; v == NULL && call != NULL; call = call->caller) {
		v = call->workflow->permissions;
		if (v == NULL && call->job != NULL)
			v = call->job->permissions;
	}
	return v;
}

static int
check_rights(struct call *c, const struct workflow *called)
{
	const struct value *permissions = permissions_of(c->turn);
	struct scope *s = c->turn->scope;
	size_t before = s->d->n_errors;
	struct rights allowed;

	if (permissions == NULL)
		return 0;
	rights_read(permissions, &allowed);
	rights_check_call(c->turn->job, called, &allowed, s->run->a, s->d);
	return s->d->n_errors > before ? -1 : 0;
}

/* --- planning -------------------------------------------------------------------- */

static struct expr_object *
called_contexts(const struct call *c)
{
	const struct expr_object *shared = c->turn->scope->contexts;
	struct expr_object *o = expr_object_new(c->turn->scope->run->a);

	expr_object_add(o, "inputs", expr_from_object(c->inputs));
	for (size_t i = 0; i < shared->n; i++)
		expr_object_add_len(o, shared->members[i].name,
		    shared->members[i].value);
	return o;
}

static int
plan_called(struct call *c, const struct called *called,
    struct progress *end)
{
	struct scope *outer = c->turn->scope;
	struct arena *a = outer->run->a;
	struct planned_call *call = arena_alloc(a, sizeof(*call));
	struct diags d = called->d;
	struct scope s = { .run = outer->run, .w = called->w, .call = call,
		.d = &d, .level = outer->level + 1,
		.key_prefix = arena_printf(a, "%s/", c->caller->key),
		.name_prefix = arena_printf(a, "%s / ", c->caller->name),
		.contexts = called_contexts(c) };
	struct progress inner;
	size_t before = d.n_errors;

	*call = (struct planned_call) { .caller = outer->call,
		.job = c->turn->job, .at = c->turn->job->uses,
		.workflow = called->w,
		.inputs = c->inputs, .concurrency = c->caller->concurrency };
	if (scope_decide(&s, &inner) == -1)
		return fail(c, c->turn->job->uses,
		    decide_error(&d, DECIDE_IN_CALLED, a));
	if (inner.ended)
		read_outputs(c, &s, end);
	if (d.n_errors > before)
		fail(c, c->turn->job->uses,
		    decide_error(&d, DECIDE_IN_CALLED, a));
	end->ended = end->ended && inner.ended;
	progress_add(end, inner.result);
	return 0;
}

static int
prepare(struct call *c, const struct called **called)
{
	struct scope *s = c->turn->scope;
	const struct value *at = c->turn->job->uses;
	const char *uses = value_literal(at);

	if (s->level == PLAN_MAX_LEVELS)
		return fail(c, at, arena_printf(s->run->a, "workflows may call "
		    "each other over %d levels; this is one more",
		    PLAN_MAX_LEVELS));
	if (uses == NULL)
		return fail(c, at, "which workflow is called must be written "
		    "down; it cannot be an expression");
	uses = uses_within(uses, s->call != NULL ? s->w->file : NULL,
	    s->run->a);
	*called = find_called(s->run, uses);
	if ((*called)->w == NULL)
		return fail(c, at, (*called)->problem);
	c->trigger = workflow_trigger_find((*called)->w, "workflow_call");
	if (c->trigger == NULL)
		return fail(c, at, arena_printf(s->run->a, "\"%s\" cannot be "
		    "called: it has no \"workflow_call\" under \"on\"",
		    uses));
	if (check_rights(c, (*called)->w) == -1)
		return -1;
	return read_inputs(c);
}

void
turn_call(struct turn *t, const struct planned_job *caller,
    struct expr_object *strategy, struct progress *end)
{
	struct call c = { .turn = t, .caller = caller,
		.env = turn_env(t, caller->matrix, strategy) };
	const struct called *called = NULL;
	struct turn failed = *t;
	struct planned_job *j;

	if (prepare(&c, &called) == 0 && plan_called(&c, called, end) == 0)
		return;
	failed.why = t->scope->d->list[t->scope->d->n - 1].text;
	failed.pos = t->scope->d->list[t->scope->d->n - 1].pos;
	j = turn_add(&failed, PLANNED_FAILED);
	if (j != NULL) {
		j->key = caller->key;
		j->name = caller->name;
		j->expanded = true;
	}
	progress_add(end, RESULT_FAILURE);
}
