/*
 * deciders.c - runs that are to be decided and that nobody decides: their
 * process was killed, the end of the run was asked for, or a concurrency group
 * became free.
 *
 * Whoever ends a job decides its run itself, and has some time for it
 * (DECIDE_GRACE_MS); here is who sees to all else.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <inttypes.h>

#include "lib/base/log.h"
#include "lib/store/decisions.h"

/* Seen in one look; more are seen when some of them are done. */
#define LOOK_MAX 64

static bool
at_work(const struct supervisor *s, int64_t run)
{
	for (size_t i = 0; i < s->n_children; i++)
		if (s->children[i]->kind == CHILD_DECIDER &&
		    s->children[i]->run == run)
			return true;
	return false;
}

static int
start(struct supervisor *s, int64_t run, struct arena *a, struct err *err)
{
	const char *const operands[] = { "--run",
		arena_printf(a, "%" PRId64, run), NULL };
	struct child *c;

	/* Counted first, so that one that is killed at once counts too. */
	if (run_tried(s->program.store, run, err) == -1)
		return -1;
	c = child_start(s, CHILD_DECIDER, program_command(
	    s->program.config.file, "pawl-planner", operands, a), NULL, err);
	if (c == NULL)
		return -1;
	c->run = run;
	s->activity = true;
	return 0;
}

/* What is somebody's for some time yet is looked at again when that ends. */
static int
look_later(struct supervisor *s, struct err *err)
{
	int64_t next;

	if (run_undecided_next(s->program.store, &next, err) == -1)
		return -1;
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

int
deciders_look(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int64_t *runs = NULL;
	size_t n = 0;
	int rc = 0;

	if (!s->stopping)
		rc = run_undecided(s->program.store, LOOK_MAX, &a, &runs, &n,
		    err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!at_work(s, runs[i]) &&
		    (int64_t)children_count(s, CHILD_DECIDER) <
		    s->program.config.max_planners)
			rc = start(s, runs[i], &a, err);
	arena_release(&a);
	return rc == -1 || s->stopping ? rc : look_later(s, err);
}

void
deciders_ended(const struct child *c, const struct proc_end *end)
{
	struct str how = STR_INIT;

	if (end->how == PROC_EXITED && end->code == 0)
		return;
	proc_end_text(end, &how);
	log_warn("a run could not be decided", LOG_INT("run", c->run),
	    LOG_STR("end", how.s));
	str_release(&how);
}
