/*
 * reconciles.c - repositories that are to be compared with their forge, and
 * when all of them are: after a time without pawl-workerd, and by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/store/heads.h"

/* A part of "reconcile-every" after which it is looked who has not been
 * compared for so long. */
#define EVERY_PART 4
/* One that ended without a word is started again no earlier. */
#define PAUSE_MS 10000

void
reconciles_begin(struct supervisor *s, int64_t away_ms)
{
	const struct config *c = &s->program.config;
	struct err err = { 0 };
	int n;

	if (c->reconcile_after_ms == 0 || away_ms < c->reconcile_after_ms)
		return;
	/* One that ends when it is idle is away for a good reason, unless the
	 * host was. */
	if (s->program.exit_idle_ms != 0 && clock_mono_ms() > away_ms)
		return;
	n = reconcile_want(s->program.store, 0, INT64_MAX, "workerd, which "
	    "was away", &err);
	if (n == -1)
		log_err("cannot compare the repositories", &err);
	else
		log_info("away for some time: comparing repositories",
		    LOG_INT("seconds", away_ms / 1000),
		    LOG_INT("repositories", n));
}

/* Those that were not compared for long. */
static int
look_at_clock(struct supervisor *s, struct err *err)
{
	int64_t every = s->program.config.reconcile_every_ms;
	int64_t now = clock_mono_ms();

	if (every == 0)
		return 0;
	if (now >= s->reconcile_ms) {
		if (reconcile_want(s->program.store, 0, clock_now_ms() -
		    every, "the clock", err) == -1)
			return -1;
		s->reconcile_ms = now + every / EVERY_PART + 1;
	}
	/* Who ends when idle does it when something else wakes them. */
	if (s->program.exit_idle_ms == 0)
		supervisor_due(s, s->reconcile_ms);
	return 0;
}

static bool
at_work(const struct supervisor *s, int64_t repo)
{
	for (size_t i = 0; i < s->n_children; i++)
		if (s->children[i]->kind == CHILD_RECONCILER &&
		    s->children[i]->repo == repo)
			return true;
	return false;
}

static int
start(struct supervisor *s, int64_t repo, struct arena *a, struct err *err)
{
	const char *const operands[] = { arena_printf(a, "%" PRId64, repo),
		NULL };
	struct child *c = child_start(s, CHILD_RECONCILER, program_command(
	    s->program.config.file, "pawl-reconciler", operands, a), NULL,
	    err);

	if (c == NULL)
		return -1;
	c->repo = repo;
	s->activity = true;
	return 0;
}

int
reconciles_look(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int64_t *repos, next, max = s->program.config.max_planners;
	size_t n = 0;
	int rc;

	if (s->stopping)
		return 0;
	rc = look_at_clock(s, err);
	if (rc == 0 && s->reconciler_ms > clock_mono_ms()) {
		supervisor_due(s, s->reconciler_ms);
		return 0;
	}
	if (rc == 0)
		rc = reconcile_due(s->program.store, (size_t)max * 2, &a,
		    &repos, &n, &next, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!at_work(s, repos[i]) &&
		    (int64_t)children_count(s, CHILD_RECONCILER) < max)
			rc = start(s, repos[i], &a, err);
	if (rc == 0 && next > 0)
		supervisor_due_at(s, next);
	arena_release(&a);
	return rc;
}

void
reconciles_ended(struct supervisor *s, const struct proc_end *end)
{
	struct str how = STR_INIT;

	if (end->how == PROC_EXITED && end->code == 0)
		return;
	proc_end_text(end, &how);
	log_warn("a repository could not be compared", LOG_STR("end", how.s));
	str_release(&how);
	s->reconciler_ms = clock_mono_ms() + PAUSE_MS;
}
