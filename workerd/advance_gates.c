/*
 * advance_gates.c - what a job that may start has to wait for: the rules of
 * its environment, and its gates.
 *
 * Rules are read when the job is about to start, in the transaction that
 * starts it; those that are set later hold for later jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/advancing.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/event_context.h"
#include "lib/pipeline/pipeline.h"
#include "lib/store/environments.h"
#include "lib/store/gates.h"

static struct gate_wish *
add(struct gate_wish **list, size_t *n, struct arena *a)
{
	return arena_push(a, list, n, sizeof(**list));
}

/* --- environments --------------------------------------------------------- */

/* Does one rule for refs let this one through? A pattern of a branch is not
 * asked of a tag of that name. */
static bool
ref_fits(const char *rule, const char *ref)
{
	static const char *const kinds[][2] = {
		{ "branch:", "refs/heads/" },
		{ "tag:", "refs/tags/" },
		{ "ref:", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts_with(rule, kinds[i][0]))
			return str_starts_with(ref, kinds[i][1]) &&
			    pattern_match(rule + strlen(kinds[i][0]),
			    ref + strlen(kinds[i][1]));
	return false;
}

/* Why this ref may not; NULL: it may. */
static const char *
refuse_ref(const struct environment_rules *e, const char *ref,
    struct arena *a)
{
	for (size_t i = 0; i < e->n_refs; i++)
		if (ref_fits(e->refs[i], ref))
			return NULL;
	return e->n_refs == 0 ? NULL : arena_printf(a, "\"%s\" may not deploy "
	    "to environment \"%s\": its rules let only %s", ref, e->name,
	    names_text(e->refs, e->n_refs, a));
}

static void
add_environment(const struct environment_rules *e, struct arena *a,
    struct gate_wish **list, size_t *n)
{
	int64_t now = clock_now_ms();
	char at[CLOCK_TEXT_SIZE], span[CLOCK_TEXT_SIZE];

	if (e->n_reviewers > 0)
		*add(list, n, a) = (struct gate_wish) {
			.kind = GATE_ENVIRONMENT, .name = e->name,
			.reason = arena_printf(a, "waits for approval by %s: "
			    "environment \"%s\"", names_text(e->reviewers,
			    e->n_reviewers, a), e->name),
			.reviewers = e->reviewers,
			.n_reviewers = e->n_reviewers,
			.self_review = e->self_review };
	if (e->wait_ms > 0)
		*add(list, n, a) = (struct gate_wish) {
			.kind = GATE_TIMER, .name = e->name,
			.reason = arena_printf(a, "waits until %s: environment "
			    "\"%s\" waits %s", clock_rfc3339(now + e->wait_ms,
			    at), e->name, clock_duration(e->wait_ms, span)),
			.due_at_ms = now + e->wait_ms, .asked_at_ms = now,
			.self_review = true };
}

/* 1 to go on, 0 with why not, -1. */
static int
ask_environment(struct advance *v, const char *name, struct gate_wish **list,
    size_t *n, const char **refusal, struct err *err)
{
	const char *ref = event_text(v->context.github, "ref", &v->a);
	struct environment_rules e;
	int rc = environment_rules_find(v->st, v->snap.repo, name, &v->a, &e,
	    err);

	if (rc != 1)
		return rc == 0 ? 1 : -1;
	*refusal = refuse_ref(&e, ref != NULL ? ref : "", &v->a);
	if (*refusal != NULL)
		return 0;
	add_environment(&e, &v->a, list, n);
	return 1;
}

/* --- steps ---------------------------------------------------------------- */

static void
add_step(const struct job_gate *g, struct arena *a, struct gate_wish **list,
    size_t *n)
{
	struct gate_wish *w = add(list, n, a);

	*w = (struct gate_wish) { .kind = GATE_STEP, .name = g->title,
		.reviewers = g->approvers, .n_reviewers = g->n_approvers,
		.self_review = true, .passed = g->answer != GATE_ASKS,
		.reason = g->why };
	if (w->passed)
		return;
	w->asked_at_ms = clock_now_ms();
	w->due_at_ms = w->asked_at_ms + g->timeout_ms;
	w->reason = arena_printf(a, "waits for approval by %s: gate \"%s\"%s%s",
	    g->n_approvers == 0 ? GATE_ANYBODY :
	    names_text(g->approvers, g->n_approvers, a), g->title,
	    g->why != NULL ? "; " : "", g->why != NULL ? g->why : "");
}

int
advance_gates(struct advance *v, size_t i, struct decision_gates *out,
    const char **refusal, struct err *err)
{
	const struct job_before *b = &v->before[i];
	struct gate_wish *list = NULL;
	size_t n = 0;
	int rc = 1;

	if (b->environment != NULL)
		rc = ask_environment(v, b->environment, &list, &n, refusal,
		    err);
	for (size_t k = 0; rc == 1 && k < b->n_gates; k++) {
		if (b->gates[k].answer == GATE_SHUT) {
			*refusal = b->gates[k].why;
			rc = 0;
		} else {
			add_step(&b->gates[k], &v->a, &list, &n);
		}
	}
	for (size_t k = 0; k < n; k++)
		list[k].alone = b->alone;
	*out = (struct decision_gates) { list, n, b->alone };
	return rc;
}
