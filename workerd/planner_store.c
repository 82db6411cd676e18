/*
 * planner_store.c - from plans to runs: one transaction with the delivery's
 * verdict, so that a delivery can never be planned twice.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/store/runs.h"

/* Of a run: larger first (QUEUE_AGE_STEP_MS in queue.h lets others catch
 * up). */
enum { PRIORITY_OTHER = 1, PRIORITY_TAG = 5, PRIORITY_DEFAULT = 10 };

static int
priority(const struct planner *p)
{
	const char *standard = p->repo.default_branch;

	if (p->tag)
		return PRIORITY_TAG;
	if (standard == NULL || *standard == '\0')
		standard = "main";
	return strcmp(p->branch, standard) == 0 ? PRIORITY_DEFAULT :
	    PRIORITY_OTHER;
}

static void
list_steps(const struct plan_job *plan, struct arena *a, struct job_new *job)
{
	const char **titles = arena_alloc(a, (plan->n_steps + 1) *
	    sizeof(*titles));
	const char **commands = arena_alloc(a, (plan->n_steps + 1) *
	    sizeof(*commands));

	for (size_t i = 0; i < plan->n_steps; i++) {
		titles[i] = plan->steps[i].name;
		commands[i] = plan->steps[i].run;
	}
	job->step_titles = titles;
	job->step_commands = commands;
	job->n_steps = plan->n_steps;
}

/* Needs as indexes: every need stands before the job in the plan. */
static void
list_needs(const struct plan *plan, size_t which, struct arena *a,
    struct job_new *job)
{
	const struct plan_job *j = &plan->jobs[which];
	size_t *needs = arena_alloc(a, (j->n_needs + 1) * sizeof(*needs));

	for (size_t i = 0; i < j->n_needs; i++)
		for (size_t k = 0; k < which; k++)
			if (strcmp(plan->jobs[k].id, j->needs[i]) == 0)
				needs[job->n_needs++] = k;
	job->needs = needs;
}

static struct job_new *
list_jobs(const struct plan *plan, struct arena *a)
{
	struct job_new *jobs = arena_alloc(a, (plan->n_jobs + 1) *
	    sizeof(*jobs));
	struct str text = STR_INIT;

	for (size_t i = 0; i < plan->n_jobs; i++) {
		str_clear(&text);
		plan_job_write(&plan->jobs[i], &text);
		jobs[i].key = plan->jobs[i].id;
		jobs[i].title = plan->jobs[i].name;
		jobs[i].plan = arena_strdup(a, text.s);
		list_needs(plan, i, a, &jobs[i]);
		list_steps(&plan->jobs[i], a, &jobs[i]);
	}
	str_release(&text);
	return jobs;
}

static int
create_run(struct planner *p, const struct plan_file *f, int64_t *number,
    struct err *err)
{
	struct run run = {
		.repo = p->repo.id,
		.delivery = p->delivery.id,
		.workflow = f->plan != NULL ? f->plan->name : f->path,
		.file = f->path,
		.event = p->event_name,
		.ref = p->ref,
		.branch = p->branch,
		.sha = p->commit,
		.title = p->title,
		.actor = p->actor,
		.why = f->plan != NULL ? f->why.s :
		    "the pipeline file has errors",
		.config = f->text.s,
		.problems = f->problems.len > 0 ? f->problems.s : NULL,
		.priority = priority(p),
	};
	struct job_new *jobs = NULL;
	size_t n_jobs = 0;

	if (f->plan != NULL) {
		jobs = list_jobs(f->plan, &p->arena);
		n_jobs = f->plan->n_jobs;
	}
	if (run_create(p->program.store, &run, jobs, n_jobs, err) == -1)
		return err_wrap(err, "creating the run of %s", f->path);
	*number = run.number;
	return 0;
}

/* Create what is to be created; the verdict says what and, for the rest, why
 * not: "planned: runs 12, 13; not .ci/nightly.yml: ...". Returns how many. */
static int
create_runs(struct planner *p, struct err *err)
{
	struct str others = STR_INIT, numbers = STR_INIT;
	int64_t number = 0;
	int n = 0;

	for (size_t i = 0; i < p->n_files && n != -1; i++) {
		const struct plan_file *f = &p->files[i];

		if (f->plan != NULL && !f->triggered) {
			str_addf(&others, "%s%s: %s", others.len > 0 ? "; " :
			    "", f->path, f->why.s);
		} else if (create_run(p, f, &number, err) == -1) {
			n = -1;
		} else {
			str_addf(&numbers, "%s%" PRId64, n > 0 ? ", " : "",
			    number);
			n++;
		}
	}
	if (n > 0)
		str_addf(&p->verdict, "planned: %s %s%s", n == 1 ? "run" :
		    "runs", numbers.s, others.len > 0 ? "; not " : "");
	str_add(&p->verdict, others.s);
	str_release(&others);
	str_release(&numbers);
	return n;
}

int
planner_store(struct planner *p, struct err *err)
{
	struct store *st = p->program.store;
	const char *on;
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = create_runs(p, err);
	on = n > 0 ? "plan" : "ignore";
	if (n == -1 || delivery_settle(st, p->delivery.id, on, p->verdict.s,
	    err) == -1) {
		store_rollback(st);
		return -1;
	}
	if (store_commit(st, err) == -1)
		return -1;
	log_info("delivery settled", LOG_STR("on", on),
	    LOG_STR("verdict", p->verdict.s));
	return 0;
}
