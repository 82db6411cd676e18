/*
 * action_inline.c - composite actions in the place of the steps that use
 * them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/action.h"

#include <string.h>

#include "lib/base/map.h"
#include "lib/pipeline/uses.h"

/* An action that was asked for, once for all who use it. */
struct fetched {
	int result; /* of the fetch */
	const struct action *action;
	const char *problem;
};

struct inliner {
	action_fetch *fetch;
	void *ctx;
	struct arena *a;
	struct diags *d;
	struct map fetched; /* uses -> struct fetched */
	struct inlined_step **out;
	size_t *n_out;
	const struct workflow_step *top; /* of the job, for places */
};

static int
report(struct inliner *in, const char *text)
{
	const struct value *at = in->top->uses != NULL ? in->top->uses :
	    in->top->value;

	return diag_error(in->d, at->pos, at->width, "action", NULL, "%s",
	    text);
}

static void
read_fetched(struct inliner *in, const char *uses, struct fetched *f)
{
	struct err err = { 0 };
	const char *text;
	struct diags d;
	size_t len;

	if (str_starts_with(uses, "step.")) {
		f->result = 1; /* one of ours, which has no file */
		return;
	}
	f->result = in->fetch(in->ctx, uses, in->a, &text, &len, &err);
	if (f->result == -1)
		f->problem = arena_strdup(in->a, err.text);
	if (f->result != 0)
		return;
	diags_init(&d, in->a, arena_strdup(in->a, uses), text, len);
	f->action = action_read(text, len, in->a, &d);
	for (size_t i = 0; i < d.n && f->problem == NULL; i++)
		if (d.list[i].level == DIAG_ERROR)
			f->problem = arena_printf(in->a, "action %s:%d:%d: %s",
			    uses, d.list[i].pos.line, d.list[i].pos.col,
			    d.list[i].text);
	if (f->action == NULL && f->problem == NULL)
		f->problem = arena_printf(in->a, "%s is no action", uses);
}

static const struct fetched *
find(struct inliner *in, const char *uses)
{
	struct fetched *f = map_get(&in->fetched, uses);

	if (f != NULL)
		return f;
	f = arena_alloc(in->a, sizeof(*f));
	map_set(&in->fetched, uses, f);
	read_fetched(in, uses, f);
	return f;
}

/* Where steps stand that are put in. */
struct level {
	const struct used_action *used; /* NULL: in the job */
	int depth;
	int parallel; /* number of the step; 0: none */
};

static int
add(struct inliner *in, const struct workflow_step *step,
    const struct level *at, const struct action *action)
{
	struct inlined_step *room;

	if (*in->n_out == ACTION_MAX_STEPS)
		return report(in, arena_printf(in->a, "with the steps of "
		    "actions the job has more than %d steps",
		    ACTION_MAX_STEPS));
	room = arena_push(in->a, in->out, in->n_out, sizeof(*room));
	*room = (struct inlined_step) { step, at->used, action,
		at->parallel };
	return 0;
}

static int
add_steps(struct inliner *in, const struct workflow_step *steps, size_t n,
    const struct level *at);

static int
add_action(struct inliner *in, const struct workflow_step *step,
    const struct level *at)
{
	const char *uses = value_literal(step->uses);
	const struct fetched *f;
	struct level inner = { NULL, at->depth + 1, at->parallel };
	struct used_action *used;

	uses = uses_within(uses, at->used != NULL ? at->used->action->file :
	    NULL, in->a);
	f = find(in, uses);
	if (f->problem != NULL)
		return report(in, f->problem);
	if (f->result == 1 || strcmp(f->action->using, "composite") != 0)
		return add(in, step, at, f->action);
	if (at->depth == ACTION_MAX_LEVELS)
		return report(in, arena_printf(in->a, "composite actions may "
		    "use each other over %d levels; \"%s\" is one more",
		    ACTION_MAX_LEVELS, uses));
	used = arena_alloc(in->a, sizeof(*used));
	*used = (struct used_action) { at->used, step, f->action,
		at->parallel };
	inner.used = used;
	return add_steps(in, f->action->steps, f->action->n_steps, &inner);
}

static int
add_step(struct inliner *in, const struct workflow_step *step,
    const struct level *at)
{
	struct level beside = *at;

	if (value_literal(step->uses) != NULL)
		return add_action(in, step, at);
	if (add(in, step, at, NULL) == -1)
		return -1;
	beside.parallel = (int)*in->n_out;
	return add_steps(in, step->steps, step->n_steps, &beside);
}

static int
add_steps(struct inliner *in, const struct workflow_step *steps, size_t n,
    const struct level *at)
{
	for (size_t i = 0; i < n; i++) {
		if (at->used == NULL)
			in->top = &steps[i];
		if (add_step(in, &steps[i], at) == -1)
			return -1;
	}
	return 0;
}

int
action_inline(const struct workflow_step *steps, size_t n,
    action_fetch *fetch, void *ctx, struct arena *a, struct diags *d,
    struct inlined_step **out, size_t *n_out)
{
	struct inliner in = { .fetch = fetch, .ctx = ctx, .a = a, .d = d,
		.fetched = MAP_INIT, .out = out, .n_out = n_out };
	const struct level job = { NULL, 0, 0 };
	int r;

	*out = NULL;
	*n_out = 0;
	r = add_steps(&in, steps, n, &job);
	map_release(&in.fetched);
	return r;
}
