/*
 * cmd_plan.c - pawl plan: what a pipeline would do for an event, and why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/lint_out.h"
#include "cli/local.h"
#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/uses.h"

const struct cli_option plan_options[] = {
	LOCAL_OPTIONS,
	{ "sha", 0, "SHA", "its commit", false },
	{ "changed", 0, "PATH", "a path that differs; may be repeated", true },
	{ "result", 0, "JOB=RESULT",
	    "how a job ended, as build=failure; may be repeated", true },
	{ "job", 'j', "KEY", "print what this job would be given, as JSON",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

struct planning {
	struct local local;
	struct arena *a;
	struct event_decision decision;
	struct run_plan plan;
	struct job_plan *frozen; /* by job; key NULL: it is not READY, or has
	                            a mistake */
	struct diags server;     /* what a server would not run of it */
};

/* --- options ------------------------------------------------------------------ */

static void
read_changed(struct planning *p)
{
	struct trigger_event *e = &p->local.event;
	const char **changed = NULL;
	size_t n = 0;

	local_values(p->local.cli, "changed", &changed, &n);
	if (n == 0)
		return;
	e->changed = changed;
	e->n_changed = n;
	e->changed_known = true;
}

static int
read_results(struct planning *p, struct err *err)
{
	struct run_facts *facts = &p->local.facts;
	struct job_outcome *outcomes = NULL;
	const char **pairs = NULL, *value;
	size_t n = 0;

	local_values(p->local.cli, "result", &pairs, &n);
	for (size_t i = 0; i < n; i++) {
		struct job_outcome *one = arena_push(p->a, &outcomes,
		    &facts->n_outcomes, sizeof(*one));

		if (local_pair(&p->local, "result", pairs[i], &one->key,
		        &value, err) == -1)
			return -1;
		for (int k = RESULT_SUCCESS; k <= RESULT_SKIPPED; k++)
			if (strcmp(value, job_result_name(k)) == 0)
				one->result = k;
		if (one->result == RESULT_NONE)
			return err_set(err, ERR_INVALID, "--result %s: a job "
			    "ends with success, failure, cancelled or skipped",
			    pairs[i]);
	}
	facts->outcomes = outcomes;
	return 0;
}

/* --- what could not run --------------------------------------------------------- */

/* Where the run's own file leads to a step: itself, the step that uses its
 * action, or the call of its workflow. */
static struct pos
place_of(const struct planned_job *job, const struct job_plan *plan,
    const struct job_plan_step *step)
{
	const struct planned_call *call = job->call;
	struct pos pos = step->pos;

	for (int i = step->action; i >= 0; i = plan->actions[i].outer)
		pos = plan->actions[i].pos;
	for (; call != NULL && call->at != NULL; call = call->caller)
		pos = call->at->pos;
	return pos;
}

static void
check_step(struct planning *p, const struct planned_job *job,
    const struct job_plan *plan, const struct job_plan_step *step)
{
	const char *uses = value_literal(step->uses);
	struct pos at = place_of(job, plan, step);
	struct uses u;

	if (uses == NULL || (step->using != NULL &&
	    (strcmp(step->using, "docker") == 0 ||
	    str_starts_with(step->using, "node"))))
		return;
	if (step->using != NULL) {
		diag_error(&p->server, at, 1, "action", "composite actions, "
		    "those for docker and node and those that are built in do", "job "
		    "\"%s\": \"%s\" runs with %s, which Pawl does not bring",
		    job->key, uses, step->using);
		return;
	}
	u = uses_read(uses, p->a);
	if (u.kind == USES_LOCAL && step->part == STEP_MAIN)
		diag_warning(&p->server, at, 1, "action", NULL, "job \"%s\": "
		    "there is no action.yml or action.yaml at \"%s\": a step "
		    "before must make it", job->key, uses);
	if (u.kind == USES_REPOSITORY && !uses_built_in(&u))
		diag_warning(&p->server, at, 1, "action", NULL, "job \"%s\": "
		    "\"%s\" is in another repository, which is not looked "
		    "into here", job->key, uses);
}

/* Freeze the jobs that may start, as a server would then. */
static void
freeze(struct planning *p)
{
	struct local *l = &p->local;

	diags_init(&p->server, p->a, l->d.file, l->d.source,
	    l->d.source_len);
	p->frozen = arena_alloc(p->a, (p->plan.n_jobs + 1) *
	    sizeof(*p->frozen));
	for (size_t i = 0; i < p->plan.n_jobs; i++) {
		const struct planned_job *job = &p->plan.jobs[i];
		struct job_plan *plan = &p->frozen[i];

		if (job->state != PLANNED_READY)
			continue;
		if (job_plan_make(job, &l->facts, local_fetch_early, l,
		        p->a, &l->d, plan) == -1) {
			plan->key = NULL;
			continue;
		}
		for (size_t k = 0; k < plan->n_steps; k++)
			check_step(p, job, plan, &plan->steps[k]);
	}
	diags_sort(&l->d);
	diags_sort(&p->server);
}

/* --- output ------------------------------------------------------------------- */

static json_t *
problems_json(struct planning *p)
{
	json_t *list = json_array();

	lint_out_json(&p->local.d, list);
	lint_out_json(&p->server, list);
	return list;
}

static int
print_json(struct planning *p, struct err *err)
{
	struct str text = STR_INIT;
	json_t *json;

	run_plan_json(&p->plan, &text);
	json = json_loads(text.s, 0, NULL);
	str_release(&text);
	if (json != NULL) {
		json_object_set_new(json, "starts",
		    json_boolean(p->decision.starts));
		json_object_set_new(json, "event",
		    json_string(p->local.event.name));
		json_object_set_new(json, "why",
		    json_string(p->decision.why));
		json_object_set_new(json, "problems", problems_json(p));
	}
	return json_out(p->local.cli, json, err);
}

static int
print_plan(struct planning *p, struct err *err)
{
	struct str text = STR_INIT;

	if (p->local.cli->json)
		return print_json(p, err);
	run_plan_print(&p->plan, &text);
	str_addf(&text, "\n%s: %s\n", p->decision.starts ? "starts" :
	    "does not start", p->decision.why);
	fputs(text.s, stdout);
	str_release(&text);
	return 0;
}

/* One job as its process is given it. */
static int
print_job(struct planning *p, const char *key, struct err *err)
{
	size_t i = 0;
	struct str text = STR_INIT;
	json_t *json;

	while (i < p->plan.n_jobs && strcmp(p->plan.jobs[i].key, key) != 0)
		i++;
	if (i == p->plan.n_jobs)
		return err_set(err, ERR_NOT_FOUND, "the run has no job \"%s\"; "
		    "without --job all are listed", key);
	if (p->plan.jobs[i].state != PLANNED_READY)
		return err_set(err, ERR_CONFLICT, "job \"%s\" is %s: %s", key,
		    planned_state_name(p->plan.jobs[i].state),
		    p->plan.jobs[i].why);
	if (p->frozen[i].key == NULL)
		return CLI_FAILED;
	job_plan_write(&p->frozen[i], &text);
	json = json_loads(text.s, 0, NULL);
	str_release(&text);
	return json_out(p->local.cli, json, err);
}

static int
plan_run(struct planning *p, struct err *err)
{
	const char *job = args_option(p->local.cli, "job");
	struct local *l = &p->local;
	int r;

	event_decide(l->w, &l->event, p->a, &p->decision);
	r = run_decide(l->w, &l->facts, p->a, &l->d, &p->plan);
	if (r == 0)
		freeze(p);
	local_problems(&l->d);
	if (r == -1)
		return CLI_FAILED;
	if (job != NULL)
		return print_job(p, job, err);
	if (print_plan(p, err) == -1)
		return -1;
	local_problems(&p->server);
	return p->decision.starts && l->d.n_errors == 0 &&
	    p->server.n_errors == 0 ? CLI_OK : CLI_FAILED;
}

int
cmd_plan(struct cli *cli, struct err *err)
{
	struct planning p = { .a = &cli->arena, .local = { .cli = cli,
		.facts = { .rehearsal = true } } };
	int r = local_open(&p.local, err);

	if (r != 0)
		return r == 1 ? CLI_FAILED : -1;
	if (local_event(&p.local, "refs/heads/main",
	        args_option(cli, "sha"), err) == -1 ||
	    read_results(&p, err) == -1)
		return -1;
	read_changed(&p);
	return plan_run(&p, err);
}
