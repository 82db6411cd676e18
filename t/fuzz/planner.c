/*
 * planner.c - fuzz: a workflow as runs that are played to their ends.
 *
 * The input is a workflow; behind a NUL a JSON object; behind another the
 * file that is called or used as an action, else it is the workflow. The
 * object serves as payload, `vars`, what is given at workflow_dispatch and
 * the outputs of every job, and its bytes are the dice.
 *
 * Beside crashes it seeks runs that do not end: every round gives each job
 * that may run a result, so a plan must come to a result after at most as
 * many rounds as it has jobs; what has ended must stay so, keys must be
 * different ones, the same facts must give the same plan, and jobs that may
 * start must come back from their stored form.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/action.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event_context.h"
#include "lib/pipeline/inputs.h"
#include "lib/pipeline/job_plan.h"
#include "t/fuzz/require.h"

#define MAX_OUTCOMES 64
#define ARENA_BYTES ((size_t)64 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	const char *text, *other;
	size_t len, other_len;
	const char *dice;
	size_t n_dice;
	struct expr_object *given;
	struct run_facts facts;
	struct job_outcome outcomes[MAX_OUTCOMES];
};

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	const struct play *p = ctx;

	(void)a;
	if (strstr(uses, "missing") != NULL)
		return err_set(err, ERR_NOT_FOUND, "nothing there");
	*text = p->other;
	*len = p->other_len;
	return 0;
}

/* --- a run ----------------------------------------------------------- */

static unsigned
die(const struct play *p, size_t i)
{
	return p->n_dice == 0 ? 0 : (unsigned char)p->dice[i % p->n_dice];
}

static bool
is_open(const struct planned_job *j)
{
	return j->state == PLANNED_READY || j->state == PLANNED_RUNNING ||
	    j->state == PLANNED_CANCELLED;
}

static struct job_outcome *
outcome_of(struct play *p, const char *key)
{
	for (size_t i = 0; i < p->facts.n_outcomes; i++)
		if (str_equal(p->outcomes[i].key, key))
			return &p->outcomes[i];
	return NULL;
}

/* Start every job that may, and end every one that runs; false when there was
 * none, or no room. */
static bool
roll(struct play *p, const struct run_plan *plan, struct arena *keys)
{
	bool any = false;

	for (size_t i = 0; i < plan->n_jobs; i++) {
		const struct planned_job *j = &plan->jobs[i];
		size_t n = p->facts.n_outcomes;
		struct job_outcome *out = outcome_of(p, j->key);

		if (!is_open(j))
			continue;
		if (out == NULL) {
			if (n == MAX_OUTCOMES)
				return false;
			out = &p->outcomes[p->facts.n_outcomes++];
			*out = (struct job_outcome){ 0 };
			out->key = arena_strdup(keys, j->key);
			any = true;
			if (die(p, n) & 4)
				continue; /* it runs for a round */
		}
		out->result = RESULT_SUCCESS + die(p, n) % 4;
		out->outputs = p->given;
		out->generated = p->other;
		out->generated_len = p->other_len;
		any = true;
	}
	return any;
}

static void
check_actions(struct play *p, const struct planned_job *j, struct arena *a,
    struct diags *d)
{
	struct expr_object *contexts = expr_object_new(a), *inputs;
	struct expr_env env = { .contexts = contexts };
	struct inlined_step *steps;
	size_t n;

	if (action_inline(j->job->steps, j->job->n_steps, fetch, p, a, d,
	    &steps, &n) == -1)
		return;
	require(n <= ACTION_MAX_STEPS);
	for (size_t i = 0; i < n; i++) {
		const struct used_action *in = steps[i].in;
		struct named_value none = { "in", NULL };

		if (in != NULL)
			action_inputs(&none, 1, in->step->with, &env, a, d,
			    &inputs);
	}
}

/* What is stored of a job that may start must be read as what it was. */
static void
check_frozen(struct play *p, const struct planned_job *j, struct arena *a,
    struct diags *d)
{
	struct str first = STR_INIT, second = STR_INIT;
	struct err err = { 0 };
	struct job_plan plan;
	size_t before = d->n_errors;

	if (j->state != PLANNED_READY || arena_exceeded(a))
		return;
	if (job_plan_make(j, &p->facts, fetch, p, a, d, &plan) == -1) {
		require(d->n_errors > before);
		return;
	}
	job_plan_write(&plan, &first);
	require(first.len <= JOB_PLAN_MAX_BYTES);
	if (job_plan_read(first.s, a, &plan, &err) == 0) {
		job_plan_write(&plan, &second);
		require(strcmp(first.s, second.s) == 0);
	} else {
		require(err.code == ERR_TOO_LARGE);
	}
	str_release(&first);
	str_release(&second);
}

static void
check_plan(struct play *p, const struct run_plan *plan, struct arena *a,
    struct diags *d)
{
	require(plan->n_jobs <= PLAN_MAX_JOBS);
	for (size_t i = 0; i < plan->n_jobs; i++) {
		const struct planned_job *j = &plan->jobs[i];
		const struct job_outcome *out = outcome_of(p, j->key);

		require(j->why != NULL && j->name != NULL);
		require(p->facts.rehearsal ||
		    (j->state == PLANNED_ENDED) ==
		    (out != NULL && out->result != RESULT_NONE));
		require(p->facts.rehearsal || plan->result == RESULT_NONE ||
		    j->result != RESULT_NONE);
		for (size_t k = 0; plan->n_jobs < 100 && k < i; k++)
			require(!str_equal(plan->jobs[k].key, j->key));
		if (j->state == PLANNED_READY && j->job->kind == JOB_STEPS)
			check_actions(p, j, a, d);
		if (i < MAX_OUTCOMES)
			check_frozen(p, j, a, d);
	}
}

/* One decision, twice: the second must be the same. */
static bool
decide(struct play *p, const struct workflow *w, struct arena *a,
    struct run_plan *plan)
{
	struct str texts[2] = { STR_INIT, STR_INIT };
	bool made = false;
	struct diags d;

	for (size_t i = 0; i < 2; i++) {
		diags_init(&d, a, "fuzz.yml", p->text, p->len);
		made = run_decide(w, &p->facts, a, &d, plan) == 0;
		require(made || d.n_errors > 0);
		if (made) {
			run_plan_print(plan, &texts[i]);
			run_plan_json(plan, &texts[i]);
		}
		diags_print(&d, &texts[i]);
	}
	require(str_equal(texts[0].s, texts[1].s));
	str_release(&texts[0]);
	str_release(&texts[1]);
	if (made)
		check_plan(p, plan, a, &d);
	return made;
}

static void
play_run(struct play *p, const struct workflow *w, struct arena *kept)
{
	bool more = true;

	p->facts.n_outcomes = 0;
	for (size_t round = 0; more; round++) {
		struct arena a = ARENA_INIT(ARENA_BYTES);
		struct run_plan plan;

		require(round <= 2 * MAX_OUTCOMES);
		p->facts.cancelled = round >= 2 && (die(p, round) & 8);
		more = decide(p, w, &a, &plan) && roll(p, &plan, kept);
		if (!more && p->facts.n_outcomes < MAX_OUTCOMES &&
		    decide(p, w, &a, &plan))
			require(plan.result != RESULT_NONE);
		arena_release(&a);
	}
}

/* --- its beginning ---------------------------------------------------- */

static void
decide_events(struct play *p, const struct workflow *w, struct arena *a)
{
	static const char *const names[] = { "push", "pull_request",
		"pull_request_target", "workflow_run", "schedule", "release",
		"create", "delete", "issue_comment", "merge_group",
		"repository_dispatch", "workflow_dispatch" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct event_source source = { .name = names[i],
			.payload = p->given };
		struct trigger_event e;
		struct event_decision decision;

		event_context(&source, a, &p->facts.github, &e);
		event_decide(w, &e, a, &decision);
		require(decision.why != NULL && decision.why[0] != '\0');
		if (decision.starts && w->on_given)
			require(workflow_trigger_find(w, names[i]) != NULL);
	}
}

static void
take_parts(struct play *p, const uint8_t *data, size_t size, struct arena *a)
{
	const char *parts[3] = { (const char *)data, "", NULL };
	size_t lens[3] = { size, 0, 0 };
	struct expr_value given;
	struct err err = { 0 };

	for (size_t i = 0; i < 2; i++) {
		const char *nul = lens[i] == 0 ? NULL :
		    memchr(parts[i], 0, lens[i]);

		if (nul == NULL)
			break;
		parts[i + 1] = nul + 1;
		lens[i + 1] = lens[i] - (size_t)(nul - parts[i]) - 1;
		lens[i] = (size_t)(nul - parts[i]);
	}
	p->text = arena_strndup(a, parts[0], lens[0]);
	p->len = lens[0];
	p->dice = parts[1];
	p->n_dice = lens[1];
	p->other = parts[2] != NULL ? parts[2] : p->text;
	p->other_len = parts[2] != NULL ? lens[2] : p->len;
	p->given = expr_object_new(a);
	if (expr_json_read(parts[1], lens[1], 1 << 20, a, &given, &err) ==
	    0 && given.type == EXPR_OBJECT)
		p->given = given.object;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play p = { .facts = { .fetch = fetch } };
	struct arena kept = ARENA_INIT(ARENA_BYTES);
	struct err err = { 0 };
	const struct workflow *w;
	struct diags d;

	take_parts(&p, data, size, &kept);
	diags_init(&d, &kept, "fuzz.yml", p.text, p.len);
	w = workflow_read(p.text, p.len, &kept, &d);
	if (w == NULL || d.n_errors > 0)
		goto out;
	p.facts.ctx = &p;
	p.facts.outcomes = p.outcomes;
	p.facts.vars = p.given;
	decide_events(&p, w, &kept);
	if (dispatch_inputs(w, p.given, &kept, &p.facts.inputs, &err) == -1)
		require(err.text[0] != '\0');
	play_run(&p, w, &kept);
	p.facts.rehearsal = true;
	play_run(&p, w, &kept);
out:
	arena_release(&kept);
	return 0;
}
