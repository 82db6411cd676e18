/*
 * flow.c - the order of a job's steps.
 *
 * A flow walks one list of the tree of steps (flow_tree.c), one after the
 * other. The job is a flow, and so is each background step and each child of
 * `parallel`: they run beside each other, driven by one loop that waits for
 * their processes.
 *
 * What comes of a flow (outputs, variables, its result) counts where it is
 * waited for, so that a job does the same whichever of two is faster.
 *
 * docs.github.com, "Workflow syntax", steps[*].background, wait, wait-all,
 * cancel, parallel.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/flow_tree.h"

#include <string.h>

#include "lib/base/mem.h"

/* GitHub's, for steps beside the job's own. */
#define MAX_BESIDE 10

struct level {
	const struct item *block;
	size_t next;
};

#define MAX_LEVELS (ACTION_MAX_LEVELS + 2)

struct flow {
	struct job_exec *x;
	struct flow *outer;       /* NULL: the job's */
	struct item *of;          /* what it was begun for */
	struct job_scope *scope;
	struct level levels[MAX_LEVELS];
	size_t n;
	struct step_run *running; /* its process runs */
	struct step_run *waiting; /* a step that waits for these */
	struct item **awaits;
	size_t n_awaits;
	bool over, joined;
	bool cancelled;           /* before it began */
	/* What is told where it is waited for. */
	struct step_run *ended;   /* of a step */
	struct job_scope *closed; /* of an action */
	const char *on;
	struct expr_object *outputs;
};

struct flows {
	struct job_exec *x;
	struct item root;
	struct flow **list;
	size_t n;
	size_t beside; /* processes, without the job's own */
};

/* --- flows ------------------------------------------------------------------------ */

static struct flow *
flow_new(struct flows *f, struct flow *outer, struct item *of)
{
	struct flow *flow = arena_alloc(&f->x->arena, sizeof(*flow));

	flow->x = f->x;
	flow->outer = outer;
	flow->of = of;
	flow->scope = outer != NULL ? outer->scope : &f->x->scope;
	if (of != NULL) {
		of->flow = flow;
	} else {
		flow->levels[0].block = &f->root;
		flow->n = 1;
	}
	*(struct flow **)arena_push(&f->x->arena, &f->list, &f->n,
	    sizeof(*f->list)) = flow;
	return flow;
}

/* Has anything of it been done? */
static bool
has_begun(const struct flow *flow)
{
	return flow->n > 0 || flow->running != NULL || flow->waiting != NULL ||
	    flow->ended != NULL || flow->closed != NULL;
}

/* Waits and cancels have no part in the limit: what they are for may be what
 * fills it. Nor has, within what there is room for, the end of something that
 * was cancelled: its "cancel" waits for it. */
static bool
must_queue(const struct flows *f, const struct flow *flow,
    const struct item *item)
{
	bool ends = flow->cancelled ||
	    flow->scope->status == STATUS_CANCELLED;

	if (flow->outer == NULL ||
	    (item->step != NULL && item->step->kind != STEP_RUN))
		return false;
	return f->beside >= (ends ? CONTAINER_MAX_STEPS - 1 : MAX_BESIDE);
}

static void
set_running(struct flows *f, struct flow *flow, struct step_run *s)
{
	if (flow->outer != NULL && (flow->running != NULL) != (s != NULL))
		f->beside += s != NULL ? 1 : (size_t)-1;
	flow->running = s;
}

/* Does what comes of this item wait until somebody waits for it? */
static bool
is_held(const struct flow *flow, const struct item *item)
{
	return flow->of == item;
}

static int
join(struct flow *flow, struct err *err)
{
	struct item *item = flow->of;
	int rc = 0;

	if (flow->joined)
		return 0;
	flow->joined = true;
	if (flow->ended != NULL) {
		rc = step_join(flow->ended, err);
		step_free(flow->ended);
		flow->ended = NULL;
	} else if (item != NULL && item->action != NULL) {
		bool passes = flow->closed->continue_on_error;

		scope_tell(flow->x, flow->closed->outer, item->action->id,
		    flow->on, passes, flow->outputs);
		if (!passes)
			scope_count(flow->x, flow->closed->outer, flow->on);
	}
	return rc;
}

/* --- one step after the other -------------------------------------------------------- */

/* Everything in an item that does not begin is told of. */
static int
skip_all(struct job_exec *x, const struct item *item, const char *reason,
    struct err *err)
{
	if (item->step != NULL && step_skip(x, item->step, "skip", reason,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < item->n; i++)
		if (skip_all(x, item->items[i], reason, err) == -1)
			return -1;
	return 0;
}

static int
end_step(struct flow *flow, const struct item *item, struct step_run *s,
    struct err *err)
{
	int rc = step_end(s, err);

	job_tick(s->x, false);
	if (rc == 0 && is_held(flow, item)) {
		flow->ended = s;
		return 0;
	}
	if (rc == 0)
		rc = step_join(s, err);
	step_free(s);
	return rc;
}

static int
tell_action(struct flow *flow, const struct item *item,
    struct job_scope *scope, const char *on, struct expr_object *outputs,
    struct err *err)
{
	flow->closed = scope;
	flow->on = on;
	flow->outputs = outputs;
	(void)err;
	if (is_held(flow, item))
		return 0;
	scope_tell(flow->x, scope->outer, item->action->id, on,
	    scope->continue_on_error, outputs);
	if (!scope->continue_on_error)
		scope_count(flow->x, scope->outer, on);
	return 0;
}

/* The user's mistake in an action: its steps do not run, and it failed. */
static int
fail_action(struct flow *flow, const struct item *item,
    struct job_scope *scope, const struct err *e, struct err *err)
{
	struct job_exec *x = flow->x;
	struct str safe = STR_INIT;

	if (err_kind(e->code) != ERR_KIND_USER)
		return err_set(err, e->code, "%s", e->text);
	if (joblog_say(x->log, 0, err, "%s: %s", item->action->title,
	    e->text) == -1)
		return -1;
	if (!x->failed && !scope->continue_on_error) {
		x->failed = true;
		job_mask(x, e->text, strlen(e->text), &safe);
		snprintf(x->result->reason, sizeof(x->result->reason),
		    "%.100s: %.380s", item->action->title, safe.s);
		str_release(&safe);
	}
	return tell_action(flow, item, scope, "fail", NULL, err);
}

static int
begin_action(struct flow *flow, const struct item *item, struct err *err)
{
	struct job_exec *x = flow->x;
	struct job_scope *scope;
	const char *why = NULL;
	struct err e = { 0 };
	bool skipped;

	if (scope_open(x, flow->scope, item->action, &scope, &skipped, &why,
	    &e) == -1) {
		if (skip_all(x, item, e.text, err) == -1)
			return -1;
		return fail_action(flow, item, scope, &e, err);
	}
	if (skipped) {
		if (skip_all(x, item, why, err) == -1)
			return -1;
		return tell_action(flow, item, scope, "skip", NULL, err);
	}
	flow->scope = scope;
	flow->levels[flow->n++] = (struct level){ item, 0 };
	return 0;
}

static int
end_action(struct flow *flow, const struct item *item, struct err *err)
{
	struct job_scope *scope = flow->scope;
	struct expr_object *outputs;
	struct err e = { 0 };
	const char *on;

	flow->scope = scope->outer;
	if (scope_close(flow->x, scope, &on, &outputs, &e) == -1)
		return fail_action(flow, item, scope, &e, err);
	return tell_action(flow, item, scope, on, outputs, err);
}

static struct item *
find_item(const struct item *block, const char *id)
{
	for (size_t i = 0; i < block->n; i++) {
		struct item *item = block->items[i];
		const char *own = item->step != NULL ? item->step->id :
		    item->action->id;

		if (item->flow != NULL && own != NULL &&
		    strcmp(own, id) == 0)
			return item;
	}
	return NULL;
}

static void
await(struct flow *flow, struct item *item)
{
	if (item == NULL || item->flow == NULL || item->flow->joined)
		return;
	*(struct item **)arena_push(&flow->x->arena, &flow->awaits,
	    &flow->n_awaits, sizeof(*flow->awaits)) = item;
}

/* End a flow by a "cancel" that stands in `scope`, with all that was begun in
 * it: what runs, what has not begun yet, and what would come next. */
static int
cancel_flow(struct flows *f, const struct flow *target,
    const struct job_scope *scope, struct err *err)
{
	for (size_t i = 0; i < f->n; i++) {
		struct flow *one = f->list[i];
		const struct flow *up = one;

		while (up != NULL && up != target)
			up = up->outer;
		if (up == NULL || one->over)
			continue;
		one->cancelled = !has_begun(one);
		for (struct job_scope *in = one->scope; in != scope;
		    in = in->outer)
			scope_cancel(in);
		if (one->running != NULL &&
		    running_cancel(one->running, err) == -1)
			return -1;
	}
	return 0;
}

/* What has been cancelled before it began is over without a start. */
static int
end_unbegun(struct flow *flow, struct err *err)
{
	static const char why[] = "cancelled by a step before it began";
	struct item *item = flow->of;
	struct job_scope *scope;

	for (size_t i = 0; i < item->n; i++)
		if (skip_all(flow->x, item->items[i], why, err) == -1)
			return -1;
	if (item->step != NULL)
		return end_step(flow, item, step_cancelled(flow->x,
		    flow->scope, item->step, why), err);
	scope = arena_alloc(&flow->x->arena, sizeof(*scope));
	scope->outer = flow->scope;
	scope->action = item->action;
	return tell_action(flow, item, scope, "cancel", NULL, err);
}

/* What a step of the flow's own kind does. */
static int
begin_waiting(struct flows *f, struct flow *flow, struct item *item,
    struct err *err)
{
	const struct job_plan_step *step = item->step;
	const struct item *block = flow->levels[flow->n - 1].block;

	flow->awaits = NULL;
	flow->n_awaits = 0;
	if (step->kind == STEP_WAIT_ALL)
		for (size_t i = 0; i < block->n; i++)
			if (block->items[i] != item)
				await(flow, block->items[i]);
	for (size_t i = 0; i < step->n_targets; i++) {
		struct item *target = find_item(block, step->targets[i]);

		await(flow, target);
		if (target != NULL && step->kind == STEP_CANCEL &&
		    cancel_flow(f, target->flow, flow->scope, err) == -1)
			return -1;
	}
	for (size_t i = 0; step->kind == STEP_PARALLEL && i < item->n; i++) {
		flow_new(f, flow, item->items[i]);
		await(flow, item->items[i]);
	}
	return 0;
}

/* The item that the flow is at. */
static const struct item *
current(const struct flow *flow)
{
	const struct level *level;

	if (flow->n == 0)
		return flow->of;
	level = &flow->levels[flow->n - 1];
	return level->block->items[level->next - 1];
}

/* All that a step waited for is over. It does not fail with them: they do. */
static int
end_waiting(struct flow *flow, struct err *err)
{
	struct step_run *s = flow->waiting;

	for (size_t i = 0; i < flow->n_awaits; i++)
		if (join(flow->awaits[i]->flow, err) == -1)
			return -1;
	flow->waiting = NULL;
	flow->n_awaits = 0;
	return end_step(flow, current(flow), s, err);
}

static bool
is_waiting(const struct flow *flow)
{
	for (size_t i = 0; i < flow->n_awaits; i++)
		if (!flow->awaits[i]->flow->over)
			return true;
	return false;
}

/* A part of an action before or behind all steps. */
static int
begin_part(struct flows *f, struct flow *flow, struct item *item,
    struct err *err)
{
	const struct job_plan_step *plan = item->step;
	struct job_scope *scope;
	struct err e = { 0 };
	struct step_run *s;

	if (scope_of_part(flow->x, plan, &scope, &e) == -1)
		return err_kind(e.code) != ERR_KIND_USER ? err_set(err, e.code,
		    "%s", e.text) : step_skip(flow->x, plan, "skip", e.text,
		    err);
	if (scope == NULL)
		return step_skip(flow->x, plan, "skip", "the step that it is "
		    "a part of did not run", err);
	if (late_without_post(flow->x, plan))
		return step_skip(flow->x, plan, "skip", "the action has no "
		    "part for the end of the job", err);
	if (step_begin(flow->x, scope, plan, &s, err) == -1) {
		step_free(s);
		return -1;
	}
	if (s->phase == STEP_OVER)
		return end_step(flow, item, s, err);
	set_running(f, flow, s);
	return 0;
}

static int
begin_step(struct flows *f, struct flow *flow, struct item *item,
    struct err *err)
{
	struct step_run *s;

	if (item->step->part != STEP_MAIN)
		return begin_part(f, flow, item, err);
	if (step_begin(flow->x, flow->scope, item->step, &s, err) == -1) {
		step_free(s);
		return -1;
	}
	if (s->phase != STEP_OVER) {
		set_running(f, flow, s);
		return 0;
	}
	if (strcmp(s->outcome.on, "skip") == 0) {
		for (size_t i = 0; i < item->n; i++)
			if (skip_all(flow->x, item->items[i],
			    s->outcome.reason.s, err) == -1)
				return -1;
	} else if (item->step->kind >= STEP_WAIT &&
	    strcmp(s->outcome.on, "succeed") == 0) {
		flow->waiting = s;
		return begin_waiting(f, flow, item, err);
	}
	return end_step(flow, item, s, err);
}

static int
begin_item(struct flows *f, struct flow *flow, struct item *item,
    struct err *err)
{
	if (item->background && flow->of != item) {
		flow_new(f, flow, item);
		return 0;
	}
	if (item->action != NULL)
		return begin_action(flow, item, err);
	return begin_step(f, flow, item, err);
}

/* The end of a job or of an action waits for all that was begun in it. 0: it
 * has to wait. */
static int
join_block(const struct item *block, struct err *err)
{
	for (size_t i = 0; i < block->n; i++)
		if (block->items[i]->flow != NULL &&
		    !block->items[i]->flow->over)
			return 0;
	for (size_t i = 0; i < block->n; i++)
		if (block->items[i]->flow != NULL &&
		    join(block->items[i]->flow, err) == -1)
			return -1;
	return 1;
}

/* --- all of them ------------------------------------------------------------------------- */

/* One step on. Returns 1 when something was done, 0 when it has to wait. */
static int
advance(struct flows *f, struct flow *flow, struct err *err)
{
	struct level *level;
	struct step_run *s = flow->running;
	struct item *next;
	int rc;

	if (flow->over)
		return 0;
	if (s != NULL) {
		if (s->phase != STEP_OVER)
			return 0;
		set_running(f, flow, NULL);
		return end_step(flow, current(flow), s, err) == -1 ? -1 : 1;
	}
	if (flow->waiting != NULL)
		return is_waiting(flow) ? 0 :
		    end_waiting(flow, err) == -1 ? -1 : 1;
	if (!has_begun(flow)) {
		if (flow->cancelled)
			return end_unbegun(flow, err) == -1 ? -1 : 1;
		if (must_queue(f, flow, flow->of))
			return 0;
		return begin_item(f, flow, flow->of, err) == -1 ? -1 : 1;
	}
	if (flow->n == 0) {
		flow->over = true;
		return 1;
	}
	level = &flow->levels[flow->n - 1];
	if (level->next < level->block->n) {
		next = level->block->items[level->next];
		if (!next->background && must_queue(f, flow, next))
			return 0;
		level->next++;
		return begin_item(f, flow, next, err) == -1 ? -1 : 1;
	}
	rc = join_block(level->block, err);
	if (rc != 1)
		return rc;
	flow->n--;
	if (level->block->action != NULL)
		return end_action(flow, level->block, err) == -1 ? -1 : 1;
	flow->over = true;
	return 1;
}

/* Nobody waits for this job's end any more, or it cannot be told. */
static bool
x_failed(const struct job_exec *x, struct err *err)
{
	if (x->stop != JOB_STOP_FAILED)
		return false;
	err_set(err, x->failure.code, "%s", x->failure.text);
	return true;
}

/* As far as all flows come without waiting for a process. 1: all are over. */
static int
advance_all(struct flows *f, struct err *err)
{
	bool moved = true, over = true;
	int rc;

	while (moved) {
		if (x_failed(f->x, err))
			return -1;
		moved = false;
		for (size_t i = 0; i < f->n; i++) {
			rc = advance(f, f->list[i], err);
			if (rc == -1)
				return -1;
			moved = moved || rc == 1;
		}
	}
	for (size_t i = 0; i < f->n; i++)
		over = over && f->list[i]->over;
	return over ? 1 : 0;
}

static void
release(struct flows *f)
{
	for (size_t i = 0; i < f->n; i++) {
		step_free(f->list[i]->running);
		step_free(f->list[i]->waiting);
		step_free(f->list[i]->ended);
	}
}

int
job_flow(struct job_exec *x, struct err *err)
{
	struct flows f = { .x = x };
	int rc;

	flow_tree_build(x, &f.root);
	flow_new(&f, NULL, NULL);
	do {
		rc = advance_all(&f, err);
		if (rc == 0 && running_wait(x, err) == -1)
			rc = -1;
	} while (rc == 0);
	release(&f);
	return rc == -1 ? -1 : 0;
}
