/*
 * planner.c - fuzz: a workflow, and behind a NUL the event's payload, as a run
 * that is played to its end.
 *
 * Beside crashes it seeks runs that do not end: every round gives each job
 * that may run a result, chosen by the input, so a plan must come to a
 * result after at most as many rounds as it has jobs, and what has ended
 * must stay so. Calls fetch the workflow itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event_context.h"

#define MAX_OUTCOMES 64
#define ARENA_BYTES ((size_t)64 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	const char *text;
	size_t len;
	const uint8_t *dice;
	size_t n_dice;
	struct run_facts facts;
	struct job_outcome outcomes[MAX_OUTCOMES];
};

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	const struct play *p = ctx;

	(void)a;
	if (uses[0] != '.')
		return err_set(err, ERR_NOT_FOUND, "nothing there");
	*text = p->text;
	*len = p->len;
	return 0;
}

static bool
is_open(const struct planned_job *j)
{
	return j->state == PLANNED_READY || j->state == PLANNED_RUNNING ||
	    j->state == PLANNED_CANCELLED;
}

/* Give every open job a result; false when there was none, or no room. */
static bool
roll(struct play *p, const struct run_plan *plan, struct arena *keys)
{
	bool any = false;

	for (size_t i = 0; i < plan->n_jobs; i++) {
		struct job_outcome *out = &p->outcomes[p->facts.n_outcomes];
		size_t n = p->facts.n_outcomes;

		if (!is_open(&plan->jobs[i]))
			continue;
		if (n == MAX_OUTCOMES)
			return false;
		out->key = arena_strdup(keys, plan->jobs[i].key);
		out->result = RESULT_SUCCESS + (p->n_dice == 0 ? 0 :
		    p->dice[n % p->n_dice] % 4);
		p->facts.n_outcomes++;
		any = true;
	}
	return any;
}

static void
print(const struct run_plan *plan)
{
	struct str out = STR_INIT;

	run_plan_print(plan, &out);
	run_plan_json(plan, &out);
	str_release(&out);
}

static void
play_run(struct play *p, struct arena *keys)
{
	bool more = true;

	for (size_t round = 0; more; round++) {
		struct arena a = ARENA_INIT(ARENA_BYTES);
		struct run_plan plan;
		const struct workflow *w;
		struct diags d;

		diags_init(&d, &a, "fuzz.yml", p->text, p->len);
		w = workflow_read(p->text, p->len, &a, &d);
		more = w != NULL && d.n_errors == 0 &&
		    run_decide(w, &p->facts, &a, &d, &plan) == 0;
		if (more) {
			print(&plan);
			more = roll(p, &plan, keys);
			if (!more && plan.result == RESULT_NONE &&
			    p->facts.n_outcomes < MAX_OUTCOMES)
				abort(); /* nothing runs, nothing ends */
			if (round > MAX_OUTCOMES)
				abort();
		}
		arena_release(&a);
	}
}

static void
decide_event(struct play *p, const uint8_t *data, size_t size,
    struct arena *a)
{
	static const char *const names[] = { "push", "pull_request",
		"workflow_run", "schedule" };
	struct expr_value payload;
	const struct workflow *w;
	struct err err = { 0 };
	struct diags d;

	if (size == 0 || expr_json_read((const char *)data, size, 1 << 20, a,
	        &payload, &err) == -1 || payload.type != EXPR_OBJECT)
		payload = expr_from_object(expr_object_new(a));
	diags_init(&d, a, "fuzz.yml", p->text, p->len);
	w = workflow_read(p->text, p->len, a, &d);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct event_source source = { .name = names[i],
			.payload = payload.object };
		struct trigger_event e;
		struct event_decision decision;

		event_context(&source, a, &p->facts.github, &e);
		if (w != NULL && d.n_errors == 0)
			event_decide(w, &e, a, &decision);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	struct play p = { .facts = { .fetch = fetch } };
	struct arena kept = ARENA_INIT(ARENA_BYTES);

	if (size > 20000)
		return 0;
	p.len = nul != NULL ? (size_t)(nul - data) : size;
	p.text = arena_strndup(&kept, (const char *)data, p.len);
	p.dice = data + p.len;
	p.n_dice = size - p.len;
	p.facts.ctx = &p;
	p.facts.outcomes = p.outcomes;
	decide_event(&p, p.n_dice > 0 ? p.dice + 1 : NULL,
	    p.n_dice > 0 ? p.n_dice - 1 : 0, &kept);
	play_run(&p, &kept);
	p.facts.n_outcomes = 0;
	p.facts.rehearsal = true;
	play_run(&p, &kept);
	arena_release(&kept);
	return 0;
}
