/*
 * plan.c - from what was read to what is done: needs become ids, jobs are
 * ordered, environments are joined.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

/* How far the search for an order has come with a job. */
enum mark { MARK_NEW, MARK_OPEN, MARK_PLACED };

struct resolver {
	struct reader *r;
	struct map by_id;   /* id -> job_source */
	const char **ids;   /* for suggestions; NULL at the end */
	enum mark *marks;   /* by job */
	size_t *path;       /* jobs that are open, outermost first */
	size_t n_path;
	size_t n_bytes;     /* text of the plan so far */
};

static void
check_need(struct resolver *v, const struct job_source *job,
    const struct yaml *need)
{
	struct reader *r = v->r;

	if (map_get(&v->by_id, need->text) == NULL)
		diag_error(r->d, need->pos, need->width, "unknown-job",
		    value_hint(r, need->text, v->ids),
		    "job \"%s\" needs \"%s\", which is no job of this file",
		    job->job.id, need->text);
	else if (strcmp(need->text, job->job.id) == 0)
		diag_error(r->d, need->pos, need->width, "needs-circle", NULL,
		    "job \"%s\" needs itself", job->job.id);
}

/* Keep each need once; a second one is said to be useless. */
static void
resolve_needs(struct resolver *v, struct job_source *job)
{
	struct reader *r = v->r;
	struct map seen = MAP_INIT;

	for (size_t i = 0; i < job->n_needs; i++) {
		const struct yaml *need = job->needs[i];
		const char **id;

		check_need(v, job, need);
		if (map_set(&seen, need->text, job) != NULL) {
			diag_warning(r->d, need->pos, need->width,
			    "needs-twice", NULL, "job \"%s\" needs \"%s\" "
			    "twice", job->job.id, need->text);
			continue;
		}
		id = arena_push(r->a, &job->job.needs, &job->job.n_needs,
		    sizeof(*id));
		*id = need->text;
	}
	map_release(&seen);
}

/* "a -> b -> a", from the place in the path where the circle begins. */
static void
report_circle(struct resolver *v, size_t target, const struct yaml *need)
{
	const struct job_source *jobs = v->r->p->jobs;
	struct str text = STR_INIT;
	size_t i = 0;

	while (v->path[i] != target)
		i++;
	for (; i < v->n_path; i++)
		str_addf(&text, "%s -> ", jobs[v->path[i]].job.id);
	str_add(&text, jobs[target].job.id);
	diag_error(v->r->d, need->pos, need->width, "needs-circle",
	    "remove one of these needs", "jobs need each other: %s", text.s);
	str_release(&text);
}

/* Place a job behind all that it needs; depth is bounded by MAX_JOBS. */
static void
place_job(struct resolver *v, size_t index)
{
	struct pipeline *p = v->r->p;
	struct job_source *job = &p->jobs[index];
	struct plan_job *placed;

	v->marks[index] = MARK_OPEN;
	v->path[v->n_path++] = index;
	for (size_t i = 0; i < job->n_needs; i++) {
		const struct yaml *need = job->needs[i];
		const struct job_source *other =
		    map_get(&v->by_id, need->text);
		size_t target;

		if (other == NULL || other == job)
			continue;
		target = (size_t)(other - p->jobs);
		if (v->marks[target] == MARK_NEW)
			place_job(v, target);
		else if (v->marks[target] == MARK_OPEN)
			report_circle(v, target, need);
	}
	v->n_path--;
	v->marks[index] = MARK_PLACED;
	placed = arena_push(p->a, &p->plan.jobs, &p->plan.n_jobs,
	    sizeof(*placed));
	*placed = job->job;
}

/* Variables of the pipeline that the job does not set, then the job's. Most
 * jobs set none, and then share the pipeline's list. */
static void
join_env(struct reader *r, struct job_source *job)
{
	const struct env_list *all = &r->p->env, *own = &job->env;
	struct map names = MAP_INIT;
	struct plan_var *vars;
	size_t n = 0;

	job->job.env = all->vars;
	job->job.n_env = all->n;
	if (own->n == 0)
		return;
	vars = arena_alloc(r->a, (all->n + own->n) * sizeof(*vars));
	for (size_t i = 0; i < own->n; i++)
		map_set(&names, own->vars[i].name, job);
	for (size_t i = 0; i < all->n; i++)
		if (map_get(&names, all->vars[i].name) == NULL)
			vars[n++] = all->vars[i];
	for (size_t i = 0; i < own->n; i++)
		vars[n++] = own->vars[i];
	job->job.env = vars;
	job->job.n_env = n;
	map_release(&names);
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

/* Everything but the order; false when the plan has become too large. */
static bool
finish_job(struct resolver *v, struct job_source *job)
{
	resolve_needs(v, job);
	join_env(v->r, job);
	job->job.labels = job->labels;
	job->job.n_labels = job->n_labels;
	job->job.steps = job->steps;
	job->job.n_steps = job->n_steps;
	v->n_bytes += job_size(&job->job);
	if (v->n_bytes <= MAX_PLAN_BYTES && !arena_exceeded(v->r->a))
		return true;
	diag_error(v->r->d, job->key->pos, job->key->width, "too-large",
	    NULL, "up to this job the plan has more than %d MiB of text, "
	    "with aliases and variables counted at each use",
	    MAX_PLAN_BYTES / 1024 / 1024);
	return false;
}

void
plan_resolve(struct reader *r)
{
	struct pipeline *p = r->p;
	struct resolver v = { .r = r, .by_id = MAP_INIT };
	size_t done = 0;

	v.ids = mem_calloc(p->n_jobs + 1, sizeof(*v.ids));
	v.marks = mem_calloc(p->n_jobs + 1, sizeof(*v.marks));
	v.path = mem_calloc(p->n_jobs + 1, sizeof(*v.path));
	for (size_t i = 0; i < p->n_jobs; i++) {
		v.ids[i] = p->jobs[i].job.id;
		map_set(&v.by_id, v.ids[i], &p->jobs[i]);
	}
	while (done < p->n_jobs && finish_job(&v, &p->jobs[done]))
		done++;
	for (size_t i = 0; done == p->n_jobs && i < p->n_jobs; i++)
		if (v.marks[i] == MARK_NEW)
			place_job(&v, i);
	p->plan.name = p->name;
	map_release(&v.by_id);
	free(v.ids);
	free(v.marks);
	free(v.path);
}
