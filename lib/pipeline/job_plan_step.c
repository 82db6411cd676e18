/*
 * job_plan_step.c - the steps of a job that is frozen, and the composite
 * actions that they stand in.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_maker.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/pipeline/builtin.h"

/* Bytes of a title that is made from a command. */
#define MADE_TITLE_BYTES 80

/* --- titles ------------------------------------------------------------------------- */

/* The word and the first line of a text, as GitHub names steps. */
static const char *
made_title(struct arena *a, const char *word, const char *text)
{
	size_t whole, len;

	text += strspn(text, " \t\r\n");
	whole = strcspn(text, "\r\n");
	len = utf8_cut_len(text, whole, MADE_TITLE_BYTES);
	return arena_printf(a, "%s %.*s%s", word, (int)len, text,
	    len < whole ? "..." : "");
}

static const char *
joined_targets(struct arena *a, const struct workflow_step *step)
{
	struct str text = STR_INIT;
	const char *copy;

	for (size_t i = 0; i < step->n_targets; i++)
		str_addf(&text, "%s%s", i > 0 ? ", " : "", step->targets[i]);
	copy = arena_strdup(a, text.s);
	str_release(&text);
	return copy;
}

static const char *
step_title(struct arena *a, const struct workflow_step *step)
{
	const char *name = value_written(step->name);

	if (name != NULL && name[0] != '\0')
		return name;
	switch (step->kind) {
	case STEP_RUN:
		return step->run == NULL ? "Run" :
		    made_title(a, "Run", value_written(step->run));
	case STEP_USES:
		return made_title(a, "Run", value_written(step->uses));
	case STEP_WAIT:
		return made_title(a, "Wait for", joined_targets(a, step));
	case STEP_WAIT_ALL:
		return "Wait for all background steps";
	case STEP_CANCEL:
		return made_title(a, "Cancel", joined_targets(a, step));
	case STEP_PARALLEL:
		return "Parallel steps";
	}
	return "";
}

/* --- actions ------------------------------------------------------------------------ */

static void
copy_inputs(struct arena *a, const struct action *from,
    struct named_value **inputs, size_t *n)
{
	for (size_t i = 0; i < from->n_inputs; i++) {
		struct named_value *one = arena_push(a, inputs, n,
		    sizeof(*one));

		*one = (struct named_value) { from->inputs[i].name,
			from->inputs[i].default_value };
	}
}

static void
copy_required(struct arena *a, const struct action *from,
    struct job_plan_step *step)
{
	for (size_t i = 0; i < from->n_inputs; i++)
		if (from->inputs[i].required &&
		    from->inputs[i].default_value == NULL)
			*(const char **)arena_push(a, &step->required,
			    &step->n_required, sizeof(*step->required)) =
			    from->inputs[i].name;
}

/* The file that a step is written in. */
static const char *
file_of(const struct maker *m, const struct used_action *in)
{
	return in != NULL ? in->action->file :
	    m->from->call->workflow->file;
}

static void
fill_action(struct maker *m, const struct used_action *used, int outer,
    struct job_plan_action *out)
{
	const struct workflow_step *step = used->step;

	*out = (struct job_plan_action) { .outer = outer,
		.uses = step->uses->text, .source = used->action->file,
		.id = step->id, .title = step_title(m->a, step),
		.parallel = used->parallel,
		.background = step->background, .condition = step->condition,
		.continue_on_error = step->continue_on_error,
		.env = step->env, .with = step->with,
		.timeout_minutes = step->timeout_minutes,
		.timeout = step->timeout, .retry = step->retry,
		.retry_on_timeout = step->retry_on_timeout,
		.file = file_of(m, used->outer), .pos = step->value->pos };
	copy_inputs(m->a, used->action, &out->inputs, &out->n_inputs);
	for (size_t i = 0; i < used->action->n_outputs; i++) {
		struct named_value *one = arena_push(m->a, &out->outputs,
		    &out->n_outputs, sizeof(*one));

		*one = (struct named_value) { used->action->outputs[i].name,
			used->action->outputs[i].value };
	}
}

/* Actions that the plan has, in its order. */
struct taken {
	const struct used_action **list;
	size_t n;
	int before; /* steps in front of those that are written */
};

/* The number of a step in the plan, by that among those that are written. */
static int
number_of(const struct taken *t, int written)
{
	return written > 0 ? written + t->before : 0;
}

/* The index of an action, which is taken in with those around it; -1: the
 * job. The last ones are asked for most. */
static int
take_action(struct maker *m, struct taken *t, const struct used_action *used)
{
	const struct used_action **room;
	struct job_plan_action *action;
	int outer;

	if (used == NULL)
		return -1;
	for (size_t i = t->n; i > 0; i--)
		if (t->list[i - 1] == used)
			return (int)i - 1;
	outer = take_action(m, t, used->outer);
	room = arena_push(m->a, &t->list, &t->n, sizeof(*room));
	*room = used;
	action = arena_push(m->a, &m->plan->actions, &m->plan->n_actions,
	    sizeof(*action));
	fill_action(m, used, outer, action);
	action->parallel = number_of(t, used->parallel);
	return (int)t->n - 1;
}

/* --- steps -------------------------------------------------------------------------- */

/* What is literal is checked now, the rest when the step runs. */
static void
check_step(struct maker *m, const struct workflow_step *step)
{
	const struct value *minutes = step->timeout_minutes;

	if (step->problem != NULL)
		diag_warning(m->d, step->value->pos, 1, "step-type", NULL,
		    "%s", step->problem);
	if (minutes == NULL || minutes->kind != VALUE_EXPR)
		maker_timeout(m, minutes, step->timeout);
}

static struct job_plan_step *
add_step(struct maker *m, struct taken *t, const struct inlined_step *from)
{
	const struct workflow_step *step = from->step;
	int action = take_action(m, t, from->in);
	struct job_plan_step *out = arena_push(m->a, &m->plan->steps,
	    &m->plan->n_steps, sizeof(*out));

	*out = (struct job_plan_step) { .number = (int)m->plan->n_steps,
		.kind = step->kind, .id = step->id, .action = action,
		.parallel = number_of(t, from->parallel),
		.title = step_title(m->a, step), .name = step->name,
		.condition = step->condition, .run = step->run,
		.shell = step->shell,
		.working_directory = step->working_directory,
		.image = step->image,
		.uses = step->uses, .with = step->with, .env = step->env,
		.continue_on_error = step->continue_on_error,
		.timeout_minutes = step->timeout_minutes,
		.timeout = step->timeout, .retry = step->retry,
		.retry_on_timeout = step->retry_on_timeout,
		.background = step->background, .targets = step->targets,
		.n_targets = step->n_targets, .file = file_of(m, from->in),
		.pos = step->value->pos };
	if (from->action != NULL) {
		out->using = from->action->using;
		out->source = from->action->file;
		out->runs = from->action->runs;
		copy_inputs(m->a, from->action, &out->inputs,
		    &out->n_inputs);
		copy_required(m->a, from->action, out);
	}
	return out;
}

/* --- parts before and behind ------------------------------------------------------- */

/* Is there anything to be run before all steps? As at GitHub, actions of the
 * repository itself have no such part. */
static bool
has_pre(const struct inlined_step *s)
{
	const struct action *action = s->action;

	return action != NULL && action->file[0] != '.' &&
	    (value_get(action->runs, "pre") != NULL ||
	    value_get(action->runs, "pre-entrypoint") != NULL);
}

static bool
has_post(const struct maker *m, const struct inlined_step *s)
{
	const struct action *action = s->action;
	const struct builtin_action *builtin;

	if (action != NULL)
		return value_get(action->runs, "post") != NULL ||
		    value_get(action->runs, "post-entrypoint") != NULL;
	if (s->step->kind != STEP_USES || value_literal(s->step->uses) == NULL)
		return false;
	/* One that a step is to make may have it. */
	if (s->step->uses->text[0] == '.')
		return true;
	builtin = builtin_find(s->step->uses->text, m->a);
	return builtin != NULL && builtin->has_post;
}

/* `written` is the number of the step among those that are written. */
static void
add_part(struct maker *m, struct taken *t, const struct inlined_step *from,
    enum step_part part, int written)
{
	struct job_plan_step *out = add_step(m, t, from);
	const struct value *when = from->action == NULL ? NULL :
	    part == STEP_PRE ? from->action->pre_if : from->action->post_if;

	out->part = part;
	out->of = number_of(t, written);
	out->title = arena_printf(m->a, "%s %s", part == STEP_PRE ? "Pre" :
	    "Post", out->title);
	out->condition = when != NULL ? when : maker_expression(m, "always()",
	    from->step->uses);
	out->parallel = 0;
	out->background = false;
	out->retry = NULL;
	out->retry_on_timeout = false;
}

static void
add_all(struct maker *m, struct taken *t, const struct inlined_step *steps,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->before += has_pre(&steps[i]);
	for (size_t i = 0; i < n; i++)
		if (has_pre(&steps[i]))
			add_part(m, t, &steps[i], STEP_PRE, (int)i + 1);
	for (size_t i = 0; i < n; i++) {
		add_step(m, t, &steps[i]);
		if (steps[i].in == NULL)
			check_step(m, steps[i].step);
	}
	for (size_t i = n; i > 0; i--)
		if (has_post(m, &steps[i - 1]))
			add_part(m, t, &steps[i - 1], STEP_POST, (int)i);
}

static int
fetch_none(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	(void)a;
	(void)text;
	(void)len;
	if (uses[0] != '.')
		return 1;
	return err_set(err, ERR_UNSUPPORTED, "actions of the repository "
	    "cannot be used here");
}

int
maker_steps(struct maker *m, action_fetch *fetch, void *ctx)
{
	const struct workflow_job *job = m->from->job;
	size_t before = m->d->n_errors;
	struct taken t = { NULL, 0, 0 };
	struct inlined_step *steps;
	size_t n;

	if (action_inline(job->steps, job->n_steps, fetch != NULL ? fetch :
	        fetch_none, ctx, m->a, m->d, &steps, &n) == -1)
		return -1;
	add_all(m, &t, steps, n);
	return m->d->n_errors > before ? -1 : 0;
}
