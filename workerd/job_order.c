/*
 * job_order.c - a job as it is stored, made an order.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/job_order.h"

#include <inttypes.h>

#include "lib/base/layout.h"
#include "lib/store/decisions.h"
#include "workerd/job_actions.h"

/* What the steps see of the run. */
static int
read_context(struct store *st, struct stored_job *s, struct arena *a,
    struct err *err)
{
	struct decision_snapshot snap;
	int rc = decision_run(st, s->job->run, a, &snap, err);

	if (rc == 1 && snap.context == NULL)
		rc = 0;
	if (rc == 0)
		return err_set(err, ERR_CORRUPT, "the run has no context");
	/* A job that tries again counts as an attempt, as for its log. */
	return rc == -1 ? -1 : run_context_read(&snap, s->attempt - 1, a,
	    &s->context, err);
}

int
stored_job_read(struct store *st, struct stored_job *s, struct arena *a,
    struct err *err)
{
	if (s->job->plan == NULL)
		return err_set(err, ERR_NOT_FOUND, "the job \"%s\" has no "
		    "plan: it never was to start", s->job->key);
	if (job_plan_read(s->job->plan, a, &s->plan, err) == -1)
		return -1;
	return read_context(st, s, a, err);
}

int
stored_job_order(struct store *st, const struct config *config,
    struct stored_job *s, struct arena *a, struct job_order *o,
    struct err *err)
{
	const struct run *run = s->run;
	struct str mirror = STR_INIT;

	o->config = config;
	o->plan = &s->plan;
	o->uuid = arena_strdup(a, run->uuid);
	o->run = arena_printf(a, "%s/%s#%" PRId64, run->owner, run->name,
	    run->number);
	if (run->attempt > 1)
		o->run = arena_printf(a, "%s.%d", o->run, run->attempt);
	o->github = s->context.github;
	o->vars = s->context.vars;
	o->source.sha = run->sha;
	o->source.ref = run->ref;
	layout_mirror(&mirror, config->state_dir, run->owner, run->name);
	o->source.mirror = arena_strdup(a, mirror.s);
	str_release(&mirror);
	if (job_repositories(st, run, o, a, err) == -1)
		return -1;
	return job_actions(st, run, o, a, err);
}
