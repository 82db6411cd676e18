/*
 * flow_tree.c - the list of a plan's steps becomes a tree again: composite
 * actions and `parallel` steps hold what stands in them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/flow_tree.h"

struct builder {
	struct job_exec *x;
	struct item **actions;   /* by index */
	struct item **parallels; /* by number */
	struct item *root;
};

static void
add_item(struct builder *b, struct item *to, struct item *item)
{
	*(struct item **)arena_push(&b->x->arena, &to->items, &to->n,
	    sizeof(*to->items)) = item;
}

/* Where something stands: `parallel` is the innermost such step around it and
 * `action` the innermost action. The inner one of the two holds it. */
static struct item *
holder(struct builder *b, int action, int parallel)
{
	const struct job_plan *plan = b->x->order->plan;
	int around = action >= 0 ? plan->actions[action].parallel : 0;

	if (parallel != around && parallel > 0)
		return b->parallels[parallel];
	return action >= 0 ? b->actions[action] : b->root;
}

static void
add_actions(struct builder *b, int index)
{
	const struct job_plan_action *action;
	struct item *item;

	if (index < 0 || b->actions[index] != NULL)
		return;
	action = &b->x->order->plan->actions[index];
	add_actions(b, action->outer);
	item = arena_alloc(&b->x->arena, sizeof(*item));
	item->action = action;
	item->background = action->background;
	b->actions[index] = item;
	add_item(b, holder(b, action->outer, action->parallel), item);
}

void
flow_tree_build(struct job_exec *x, struct item *root)
{
	const struct job_plan *plan = x->order->plan;
	struct builder b = { .x = x, .root = root };

	b.actions = arena_alloc(&x->arena,
	    (plan->n_actions + 1) * sizeof(*b.actions));
	b.parallels = arena_alloc(&x->arena,
	    (plan->n_steps + 1) * sizeof(*b.parallels));
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct job_plan_step *step = &plan->steps[i];
		struct item *item = arena_alloc(&x->arena, sizeof(*item));

		item->step = step;
		item->background = step->background;
		if (step->part != STEP_MAIN) {
			add_item(&b, root, item);
			continue;
		}
		add_actions(&b, step->action);
		if (step->kind == STEP_PARALLEL)
			b.parallels[step->number] = item;
		add_item(&b, holder(&b, step->action, step->parallel), item);
	}
}
