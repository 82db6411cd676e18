/*
 * planners.c - deliveries that wait, and the planners that are at work on
 * them: at most max-planners, one for each repository at a time.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/store/deliveries.h"
#include "workerd/planner.h"

/* Deliveries seen in one look; more are seen when some of them are done. */
#define LOOK_MAX 256

/* The pause before the second and the third attempt. */
static const int64_t pauses_ms[] = { 2000, 10000 };

static struct retry *
find_retry(const struct supervisor *s, const char *delivery)
{
	for (size_t i = 0; i < s->n_retries; i++)
		if (strcmp(s->retries[i].delivery, delivery) == 0)
			return &s->retries[i];
	return NULL;
}

static void
forget_retry(struct supervisor *s, const char *delivery)
{
	struct retry *r = find_retry(s, delivery);

	if (r != NULL)
		*r = s->retries[--s->n_retries];
}

static void
remember_retry(struct supervisor *s, const struct child *c, const char *why)
{
	size_t pause = c->planning > 1 ? 1 : 0;
	struct retry *r;

	forget_retry(s, c->delivery);
	if (s->n_retries == s->cap_retries) {
		s->cap_retries = s->cap_retries > 0 ? s->cap_retries * 2 : 8;
		s->retries = mem_realloc(s->retries, s->cap_retries,
		    sizeof(*s->retries));
	}
	r = &s->retries[s->n_retries++];
	memcpy(r->delivery, c->delivery, sizeof(r->delivery));
	r->not_before_ms = clock_mono_ms() + pauses_ms[pause];
	snprintf(r->why, sizeof(r->why), "%s", why);
}

/* Is a planner at work for this repository? */
static bool
at_work(const struct supervisor *s, int64_t repo)
{
	for (size_t i = 0; i < s->n_children; i++)
		if (s->children[i]->kind == CHILD_PLANNER &&
		    s->children[i]->repo == repo)
			return true;
	return false;
}

/* All attempts were made and none ended with a verdict. */
static int
give_up(struct supervisor *s, const struct delivery_waiting *w,
    struct err *err)
{
	const struct retry *r = find_retry(s, w->id);
	struct str verdict = STR_INIT;
	int rc;

	str_addf(&verdict, "planning was tried %d times without an end%s%s",
	    w->attempts, r != NULL ? ": the planner: " : "",
	    r != NULL ? r->why : "");
	rc = delivery_settle(s->program.store, w->id, "fail", verdict.s, err);
	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err);
		rc = 0;
	}
	if (rc == 0)
		log_error("delivery given up", LOG_STR("delivery", w->id),
		    LOG_STR("reason", verdict.s));
	forget_retry(s, w->id);
	str_release(&verdict);
	return rc;
}

static int
start(struct supervisor *s, const struct delivery_waiting *w,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *const operands[] = { w->id, NULL };
	struct child *c = NULL;
	int rc;

	/* Counted first, so that one that is killed at once counts too. */
	rc = delivery_attempt(s->program.store, w->id, err);
	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err); /* settled meanwhile */
		return 0;
	}
	if (rc == 0)
		c = child_start(s, CHILD_PLANNER, program_command(
		    s->program.config.file, "pawl-planner", operands, &a),
		    NULL, err);
	if (c != NULL) {
		memcpy(c->delivery, w->id, sizeof(c->delivery));
		c->repo = w->repo;
		c->planning = w->attempts + 1;
		s->activity = true;
		log_info("planner started", LOG_STR("delivery", w->id),
		    LOG_INT("attempt", c->planning),
		    LOG_INT("pid", c->proc.pid));
	}
	arena_release(&a);
	return c != NULL ? 0 : -1;
}

/* One that waits: start its planner when it may. */
static int
look_at(struct supervisor *s, const struct delivery_waiting *w,
    struct err *err)
{
	const struct retry *r;

	if (at_work(s, w->repo))
		return 0;
	if (w->attempts >= RETRY_PLAN_ATTEMPTS)
		return give_up(s, w, err);
	r = find_retry(s, w->id);
	if (r != NULL && r->not_before_ms > clock_mono_ms()) {
		supervisor_due(s, r->not_before_ms);
		return 0;
	}
	if ((int64_t)children_count(s, CHILD_PLANNER) >=
	    s->program.config.max_planners)
		return 0;
	return start(s, w, err);
}

int
planners_look(struct supervisor *s, size_t *waiting, struct err *err)
{
	struct delivery_waiting *w = mem_calloc(LOOK_MAX, sizeof(*w));
	size_t n = 0;
	int rc = 0;

	if (!s->stopping)
		rc = delivery_waiting(s->program.store, w, LOOK_MAX, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = look_at(s, &w[i], err);
	*waiting = n;
	free(w);
	return rc;
}

void
planners_ended(struct supervisor *s, const struct child *c,
    const struct proc_end *end)
{
	struct str why = STR_INIT;

	if (end->how == PROC_EXITED && end->code == 0) {
		forget_retry(s, c->delivery);
		return;
	}
	proc_end_text(end, &why);
	log_warn("a planner failed", LOG_STR("delivery", c->delivery),
	    LOG_STR("end", why.s), LOG_INT("attempt", c->planning));
	remember_retry(s, c, why.s);
	str_release(&why);
}
