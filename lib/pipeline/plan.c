/*
 * plan.c - the order of a plan's jobs: each behind all that it needs. The
 * reader has seen to it that there is no circle.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/pipeline/plan_internal.h"

struct order {
	struct planner *pl;
	struct map by_id; /* id -> plan_job */
	bool *placed;     /* by job */
};

/* Depth is bounded by the number of jobs. */
static void
place_job(struct order *o, size_t index)
{
	struct pipeline *p = o->pl->p;
	const struct plan_job *job = &p->jobs[index];
	struct plan_job *room;

	o->placed[index] = true;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct plan_job *other =
		    map_get(&o->by_id, job->needs[i]);

		if (other != NULL && !o->placed[other - p->jobs])
			place_job(o, (size_t)(other - p->jobs));
	}
	room = arena_push(p->a, &p->plan.jobs, &p->plan.n_jobs,
	    sizeof(*room));
	*room = *job;
}

static size_t
text_size(const char *s)
{
	return s != NULL ? strlen(s) : 0;
}

static size_t
env_size(const struct plan_var *vars, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += text_size(vars[i].name) + text_size(vars[i].value) +
		    text_size(vars[i].secret);
	return size;
}

/* Text of a job; aliases make it possible that a small file has much. */
static size_t
job_size(const struct plan_job *job)
{
	size_t size = text_size(job->name) + text_size(job->image) +
	    env_size(job->env, job->n_env);

	for (size_t i = 0; i < job->n_labels; i++)
		size += text_size(job->labels[i]);
	for (size_t i = 0; i < job->n_steps; i++) {
		const struct plan_step *s = &job->steps[i];

		size += text_size(s->name) + text_size(s->run) +
		    text_size(s->shell) + text_size(s->working_directory) +
		    env_size(s->env, s->n_env);
	}
	return size;
}

static bool
check_size(struct planner *pl)
{
	size_t n_bytes = 0;

	for (size_t i = 0; i < pl->p->n_jobs; i++) {
		n_bytes += job_size(&pl->p->jobs[i]);
		if (n_bytes <= MAX_PLAN_BYTES && !arena_exceeded(pl->a))
			continue;
		diag_error(pl->d, pl->p->jobs[i].pos, 1, "too-large", NULL,
		    "up to this job the plan has more than %d MiB of text, "
		    "with aliases and variables counted at each use",
		    MAX_PLAN_BYTES / 1024 / 1024);
		return false;
	}
	return true;
}

void
plan_order(struct planner *pl)
{
	struct pipeline *p = pl->p;
	struct order o = { .pl = pl, .by_id = MAP_INIT };

	p->plan.name = p->name;
	if (!check_size(pl))
		return;
	o.placed = mem_calloc(p->n_jobs + 1, sizeof(*o.placed));
	for (size_t i = 0; i < p->n_jobs; i++)
		map_set(&o.by_id, p->jobs[i].id, &p->jobs[i]);
	for (size_t i = 0; i < p->n_jobs; i++)
		if (!o.placed[i])
			place_job(&o, i);
	map_release(&o.by_id);
	free(o.placed);
}
