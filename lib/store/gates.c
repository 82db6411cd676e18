/*
 * gates.c - what must be passed before a job or a run may go on: opening,
 * deciding, and times.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/gates.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/decisions.h"
#include "lib/store/environments.h"
#include "lib/store/gate_rows.h"

/* Decided in one look; more are seen in the next. */
#define EXPIRE_MAX 64

static const char *const kinds[] = {
	[GATE_ENVIRONMENT] = "environment",
	[GATE_TIMER] = "timer",
	[GATE_STEP] = "step",
	[GATE_FORK] = "fork",
};

static const struct field gate_fields[] = {
	FIELD(INT64, gate, id),
	FIELD(INT64, gate, repo),
	FIELD(TEXT, gate, owner),
	FIELD(TEXT, gate, repo_name),
	FIELD(INT64, gate, run),
	FIELD(INT64, gate, number),
	FIELD(TEXT, gate, ref),
	FIELD(TEXT, gate, title),
	FIELD(TEXT, gate, actor),
	FIELD(INT64, gate, job),
	FIELD(TEXT, gate, key),
	FIELD(TEXT, gate, kind),
	FIELD(TEXT, gate, name),
	FIELD(TEXT, gate, reason),
	FIELD(TEXT, gate, reviewers),
	FIELD(BOOL, gate, self_review),
	FIELD(BOOL, gate, alone),
	FIELD(INT64, gate, due_at_ms),
	FIELD(TEXT, gate, state),
	FIELD(TEXT, gate, decided_by),
	FIELD(TEXT, gate, comment),
	FIELD(INT64, gate, decided_at_ms),
	FIELD(INT64, gate, created_at_ms),
};
const struct shape gate_shape = { gate_fields, ARRAY_LEN(gate_fields),
	sizeof(struct gate) };

/* --- opening and reading -------------------------------------------------- */

int
gate_open(struct store *st, int64_t repo, int64_t run,
    const struct job_head *job, const struct gate_wish *w, struct err *err)
{
	const struct event_facts facts = { .reason = w->reason };
	struct arena a = ARENA_INIT(0);
	int64_t now = w->asked_at_ms > 0 ? w->asked_at_ms : clock_now_ms();
	int64_t id = job != NULL ? job->id : 0;
	int rc;

	rc = store_exec(st, SQL_GATE_INSERT, PARAMS(P_INT("repo", repo),
	    P_INT("run", run), P_INT_UNLESS("job", id, 0),
	    P_TEXT("kind", kinds[w->kind]), P_TEXT("name", w->name),
	    P_TEXT("reason", w->reason),
	    P_TEXT("reviewers", names_write(w->reviewers, w->n_reviewers,
		&a)), P_INT("self_review", w->self_review),
	    P_INT("alone", w->alone),
	    P_INT_UNLESS("due", w->due_at_ms, 0),
	    P_TEXT("state", w->passed ? "passed" : "open"),
	    P_INT_UNLESS("decided", w->passed ? now : 0, 0),
	    P_INT("now", now)), err);
	arena_release(&a);
	if (rc == -1 || job != NULL)
		return rc == -1 ? -1 : 0;
	return event_append(st, run, "run.waiting", NULL, NULL, &facts, err);
}

int
gate_withdraw_job(struct store *st, int64_t job, struct err *err)
{
	return store_exec(st, SQL_GATE_WITHDRAW_JOB, PARAMS(P_INT("job", job),
	    P_INT("now", clock_now_ms())), err) == -1 ? -1 : 0;
}

int
gate_withdraw_run(struct store *st, int64_t run, struct err *err)
{
	return store_exec(st, SQL_GATE_WITHDRAW_RUN, PARAMS(P_INT("run", run),
	    P_INT("now", clock_now_ms())), err) == -1 ? -1 : 0;
}

int
gate_run_held(struct store *st, int64_t run, struct err *err)
{
	int64_t n = 0;

	if (store_number(st, SQL_GATE_RUN_HELD, PARAMS(P_INT("run", run)), &n,
	    err) == -1)
		return -1;
	return n > 0;
}

int
gate_list_run(struct store *st, int64_t run, struct arena *a,
    struct gate **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_GATE_LIST_RUN, PARAMS(P_INT("run", run),
	    P_INT("limit", GATE_LIST_MAX)), &gate_shape, a, out, n, err);
}

int
gate_list_open(struct store *st, const char *sees, int64_t repo,
    int64_t after, int limit, struct arena *a, struct gate **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_GATE_LIST_OPEN, PARAMS(
	    P_TEXT("sees", sees), P_INT("repo", repo),
	    P_INT("after", after), P_INT("limit", limit)), &gate_shape, a,
	    out, n, err);
}

const char *
gate_reviewers_text(const struct gate *g, struct arena *a)
{
	const char *const *names = NULL;
	struct err ignored = { 0 };
	size_t n = 0;

	(void)names_read(g->reviewers, a, &names, &n, &ignored);
	return n > 0 ? names_text(names, n, a) : GATE_ANYBODY;
}

/* --- deciding ------------------------------------------------------------- */

int
gate_job_left(struct store *st, int64_t job, struct arena *a,
    const char **out, struct err *err)
{
	static const struct field fields[] = { { "reason", FIELD_TEXT, 0 } };
	static const struct shape shape = { fields, 1, sizeof(char *) };
	const char **reasons = NULL;
	size_t n;

	*out = NULL;
	if (store_rows(st, SQL_GATE_JOB_WAITS, PARAMS(P_INT("job", job)),
	    &shape, a, &reasons, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		*out = i == 0 ? reasons[i] : arena_printf(a, "%s; %s", *out,
		    reasons[i]);
	return 0;
}

/* What follows for a job when one of its gates is passed. */
static int
job_passed(struct store *st, const struct gate *g, const struct gate_end *end,
    struct arena *a, struct err *err)
{
	struct event_facts facts;
	const char *waits = NULL;
	struct job_head h;

	if (job_head_read(st, g->job, a, &h, err) == -1 ||
	    gate_job_left(st, g->job, a, &waits, err) == -1)
		return -1;
	if (waits == NULL && g->alone)
		return job_end_passed(st, &h, end->by, err);
	if (store_exec(st, SQL_GATE_JOB_REASON, PARAMS(P_INT("id", h.id),
		P_TEXT("reason", waits)), err) == -1)
		return -1;
	if (waits != NULL)
		return 0;
	facts = job_facts(&h);
	facts.by = end->by;
	facts.reason = end->comment;
	return job_move(st, &h, "approve", &facts, err);
}

static int
job_refused(struct store *st, const struct gate *g,
    const struct gate_end *end, struct arena *a, struct err *err)
{
	struct job_head h;

	if (job_head_read(st, g->job, a, &h, err) == -1 ||
	    job_end_unstarted(st, &h, "fail", end->reason, end->by, err) ==
	    -1)
		return -1;
	return run_mark(st, g->run, clock_now_ms(), NULL, err);
}

static int
follow(struct store *st, const struct gate *g, const struct gate_end *end,
    struct arena *a, struct err *err)
{
	bool passed = end->reason == NULL;

	if (g->job != 0)
		return passed ? job_passed(st, g, end, a, err) :
		    job_refused(st, g, end, a, err);
	if (!passed)
		return run_end_held(st, g->run, end->by, err);
	return run_mark(st, g->run, clock_now_ms(), NULL, err);
}

int
gate_decide(struct store *st, const struct gate *g,
    const struct gate_end *end, struct err *err)
{
	struct event_facts facts = { .job = g->job, .key = g->key,
		.reason = end->comment != NULL ? end->comment : g->reason,
		.by = end->by };
	struct arena a = ARENA_INIT(0);
	int rc;

	rc = store_exec(st, SQL_GATE_CLOSE, PARAMS(P_INT("id", g->id),
	    P_TEXT("state", end->state), P_TEXT("by", end->by),
	    P_TEXT("comment", end->comment), P_INT("now", clock_now_ms())),
	    err);
	if (rc != 1)
		return rc;
	if (event_append(st, g->run, arena_printf(&a, "gate.%s", end->state),
	    NULL, NULL, &facts, err) == -1 ||
	    follow(st, g, end, &a, err) == -1)
		rc = -1;
	arena_release(&a);
	return rc;
}

/* --- times ---------------------------------------------------------------- */

static int
expire(struct store *st, const struct gate *g, struct err *err)
{
	bool timer = str_equal(g->kind, kinds[GATE_TIMER]);
	char span[CLOCK_TEXT_SIZE];
	struct arena a = ARENA_INIT(0);
	struct gate_end end = { .state = timer ? "passed" : "expired" };
	int rc;

	if (!timer)
		end.reason = arena_printf(&a, "gate \"%s\": nobody approved "
		    "it within %s (timeout)", g->name, clock_duration(
		    g->due_at_ms - g->created_at_ms, span));
	rc = store_begin(st, err);
	if (rc == 0)
		rc = store_end(st, gate_decide(st, g, &end, err), err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
gates_expire(struct store *st, size_t *n, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct gate *list = NULL;
	int rc;

	rc = store_rows(st, SQL_GATE_DUE, PARAMS(P_INT("now", clock_now_ms()),
	    P_INT("limit", EXPIRE_MAX)), &gate_shape, &a, &list, n, err);
	for (size_t i = 0; rc == 0 && i < *n; i++)
		rc = expire(st, &list[i], err);
	arena_release(&a);
	return rc;
}

int
gates_next(struct store *st, int64_t *at_ms, struct err *err)
{
	*at_ms = 0;
	return store_number(st, SQL_GATE_NEXT, PARAMS(
	    P_INT("now", clock_now_ms())), at_ms, err) == -1 ? -1 : 0;
}
