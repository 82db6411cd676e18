/*
 * lint_files.c - called workflows and actions, as far as their files are at
 * hand: are they there, are they right, and are they used as they want?
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/lint.h"

#include <string.h>

#include "lib/pipeline/builtin.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/rights.h"

struct looking {
	struct checker c;
	const struct lint_files *files;
	struct map actions;   /* uses -> struct action; absent: not known */
	struct map workflows; /* uses -> struct workflow */
	struct map seen;      /* uses of actions, also of those not there */
};

static void
report(struct looking *l, const struct value *at, bool error,
    const char *rule, const char *text)
{
	(error ? diag_error : diag_warning)(l->c.d, at->pos, at->width, rule,
	    NULL, "%s", text);
}

/* The first error of the file that is used, or NULL. */
static const char *
first_error(const struct diags *d, const char *what, struct arena *a)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].level == DIAG_ERROR)
			return arena_printf(a, "%s %s:%d:%d: %s", what,
			    d->file, d->list[i].pos.line, d->list[i].pos.col,
			    d->list[i].text);
	return NULL;
}

/* --- calls ----------------------------------------------------------------- */

/* Only what is written down is known: without it the forge decides. */
static void
check_rights(struct looking *l, const struct workflow_job *job,
    const struct workflow *called)
{
	const struct value *v = job->permissions != NULL ? job->permissions :
	    l->c.w->permissions;
	struct rights allowed;

	if (v == NULL)
		return;
	rights_read(v, &allowed);
	rights_check_call(job, called, &allowed, l->c.a, l->c.d);
}

static void
look_at_call(struct looking *l, const struct workflow_job *job)
{
	const char *uses = value_literal(job->uses), *text, *problem;
	struct arena *a = l->c.a;
	struct workflow *called;
	struct err err = { 0 };
	struct diags d;
	size_t len;
	int rc;

	if (uses == NULL || l->files == NULL || l->files->workflow == NULL)
		return;
	rc = l->files->workflow(l->files->ctx, uses, a, &text, &len, &err);
	if (rc == -1)
		report(l, job->uses, true, "workflow-call", arena_strdup(a,
		    err.text));
	if (rc != 0)
		return;
	diags_init(&d, a, uses, text, len);
	called = workflow_read(text, len, a, &d);
	problem = first_error(&d, "in the workflow that is called:", a);
	if (problem != NULL)
		report(l, job->uses, true, "workflow-call", problem);
	if (called == NULL || problem != NULL)
		return;
	map_set(&l->workflows, uses, called);
	workflow_check_call(job, called, a, l->c.d);
	check_rights(l, job, called);
}

/* --- actions --------------------------------------------------------------- */

static const struct action *
find_action(struct looking *l, const struct value *at, const char *uses)
{
	struct arena *a = l->c.a;
	const char *text, *problem;
	struct action *action;
	struct err err = { 0 };
	struct diags d;
	size_t len;
	int rc;

	if (map_get(&l->seen, uses) != NULL)
		return map_get(&l->actions, uses);
	map_set(&l->seen, uses, l);
	rc = l->files->action(l->files->ctx, uses, a, &text, &len, &err);
	if (rc == -1)
		report(l, at, false, "action", arena_strdup(a, err.text));
	if (rc != 0)
		return NULL;
	diags_init(&d, a, uses, text, len);
	action = action_read(text, len, a, &d);
	problem = first_error(&d, "action", a);
	if (problem != NULL)
		report(l, at, true, "action", problem);
	if (action == NULL || problem != NULL)
		return NULL;
	map_set(&l->actions, uses, action);
	return action;
}

static bool
is_given(const struct value *with, const char *name)
{
	return value_find(with, name) != NULL ||
	    (with != NULL && with->kind != VALUE_MAP);
}

/* Inputs that it has not are ignored, and then missed. */
static void
check_unknown(struct looking *l, const struct workflow_step *step,
    const char *const *names)
{
	struct arena *a = l->c.a;
	const struct value *key;
	const char *near;
	size_t next = 0;

	while ((key = action_input_unknown(names, step->with, &next, &near)) !=
	    NULL)
		diag_warning(l->c.d, key->pos, key->width, "action",
		    near != NULL ? arena_printf(a, "did you mean \"%s\"?",
		    near) : NULL, "the action has no input \"%s\"",
		    key->text);
}

static void
want_input(struct looking *l, const struct workflow_step *step,
    const char *name)
{
	if (!is_given(step->with, name))
		report(l, step->uses, false, "action", arena_printf(l->c.a,
		    "the action wants the input \"%s\", which is not given",
		    name));
}

static void
check_inputs(struct looking *l, const struct workflow_step *step,
    const struct action *action)
{
	check_unknown(l, step, action_input_names(action, l->c.a));
	for (size_t i = 0; i < action->n_inputs; i++) {
		const struct action_input *in = &action->inputs[i];

		if (in->required && in->default_value == NULL)
			want_input(l, step, in->name);
	}
}

/* Of actions that Pawl brings itself no file is needed. */
static void
check_builtin(struct looking *l, const struct workflow_step *step,
    const struct builtin_action *action)
{
	if (action->inputs == NULL)
		return; /* its schema has looked */
	check_unknown(l, step, builtin_input_names(action, l->c.a));
	for (size_t i = 0; i < action->n_inputs; i++)
		if (action->inputs[i].required)
			want_input(l, step, action->inputs[i].name);
}

static void
look_at_steps(struct looking *l, const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *uses = value_literal(steps[i].uses);
		const struct builtin_action *builtin = uses == NULL ? NULL :
		    builtin_find(uses, l->c.a);
		const struct action *action = uses == NULL ||
		    builtin != NULL || l->files == NULL ||
		    l->files->action == NULL ? NULL : find_action(l,
		    steps[i].uses, uses);

		if (builtin != NULL && builtin->inputs != NULL)
			check_builtin(l, &steps[i], builtin);
		if (action != NULL)
			check_inputs(l, &steps[i], action);
		look_at_steps(l, steps[i].steps, steps[i].n_steps);
	}
}

/* --- all ------------------------------------------------------------------- */

static void
look_at_jobs(struct looking *l)
{
	for (size_t i = 0; i < l->c.w->n_jobs; i++) {
		const struct workflow_job *job = &l->c.w->jobs[i];

		if (job->kind == JOB_CALL)
			look_at_call(l, job);
		else
			look_at_steps(l, job->steps, job->n_steps);
	}
}

void
workflow_lint_files(const struct workflow *w, const struct lint_files *files,
    struct arena *a, struct diags *d)
{
	struct looking l = { .c = { .w = w, .a = a, .d = d }, .files = files,
		.actions = MAP_INIT, .workflows = MAP_INIT,
		.seen = MAP_INIT };

	l.c.actions = &l.actions;
	l.c.workflows = &l.workflows;
	workflow_check(w, a, d);
	look_at_jobs(&l);
	lint_expressions(&l.c);
	lint_advice(&l.c);
	lint_secrets(&l.c);
	lint_shell(&l.c);
	diags_sort(d);
	map_release(&l.actions);
	map_release(&l.workflows);
	map_release(&l.seen);
}

void
workflow_lint(const struct workflow *w, struct arena *a, struct diags *d)
{
	workflow_lint_files(w, NULL, a, d);
}
