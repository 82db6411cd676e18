/*
 * ends.c - how jobs end: their steps, their place in a group, and the mark
 * that their run is to be decided.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/move.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/gates.h"
#include "lib/store/groups.h"

/* An open step of an attempt. */
struct step_head {
	int64_t id;
	int number;
	enum step_state state;
};

static const struct field step_fields[] = {
	FIELD(INT64, step_head, id),
	FIELD(INT, step_head, number),
	FIELD(STEP, step_head, state),
};
static const struct shape step_shape = { step_fields, ARRAY_LEN(step_fields),
	sizeof(struct step_head) };

/* End the open steps: running ones by one word (NULL: there must be none),
 * queued ones by another. */
static int
steps_end(struct store *st, const struct job_head *h, const char *running,
    const char *queued, const char *reason, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct step_head *list = NULL;
	size_t n;
	int rc;

	rc = store_rows(st, SQL_STEP_OPEN, PARAMS(P_INT("job", h->id),
	    P_INT("attempt", steps_attempt(h))), &step_shape, &a, &list, &n,
	    err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		bool runs = list[i].state == STEP_RUNNING;

		if (runs && running == NULL)
			rc = err_set(err, ERR_CONFLICT, "step %d of job %"
			    PRId64 " is still running", list[i].number, h->id);
		else
			rc = step_move(st, h, list[i].id, list[i].number,
			    list[i].state, runs ? running : queued, -1,
			    runs ? reason : NULL, err);
	}
	arena_release(&a);
	return rc;
}

/* What an end leaves in the row; zeros and NULL are "none", but the exit code
 * is -1 then. */
struct ending {
	const char *reason;
	int exit_code;
	const char *outputs, *generated;
	int64_t seq;
};

static int
set_ended(struct store *st, const struct job_head *h, const struct ending *e,
    struct err *err)
{
	if (store_exec(st, SQL_JOB_SET_ENDED, PARAMS(P_INT("id", h->id),
		P_TEXT("reason", e->reason),
		P_INT_UNLESS("exit_code", e->exit_code, -1),
		P_TEXT("outputs", e->outputs),
		P_TEXT("generated", e->generated),
		P_INT_UNLESS("ended_seq", e->seq, 0)), err) == -1)
		return -1;
	return group_leave(st, h->run, h->key, err);
}

int
job_end_unstarted(struct store *st, struct job_head *h, const char *on,
    const char *reason, const char *by, struct err *err)
{
	const struct ending e = { .reason = reason, .exit_code = -1 };
	struct event_facts facts = job_facts(h);

	facts.reason = reason;
	facts.by = by;
	if ((h->state == JOB_WAITING &&
		gate_withdraw_job(st, h->id, err) == -1) ||
	    steps_end(st, h, NULL, str_equal(on, "cancel") ? on : "skip",
		NULL, err) == -1 ||
	    job_move(st, h, on, &facts, err) == -1)
		return -1;
	return set_ended(st, h, &e, err);
}

/* Steps that nobody runs, and that are done none the less. */
static int
steps_pass(struct store *st, const struct job_head *h, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct step_head *list = NULL;
	size_t n;
	int rc;

	rc = store_rows(st, SQL_STEP_OPEN, PARAMS(P_INT("job", h->id),
	    P_INT("attempt", steps_attempt(h))), &step_shape, &a, &list, &n,
	    err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = step_move(st, h, list[i].id, list[i].number,
		    STEP_QUEUED, "start", -1, NULL, err);
		if (rc == 0)
			rc = step_move(st, h, list[i].id, list[i].number,
			    STEP_RUNNING, "succeed", -1, NULL, err);
	}
	arena_release(&a);
	return rc;
}

int
job_end_passed(struct store *st, struct job_head *h, const char *by,
    struct err *err)
{
	struct ending e = { .exit_code = -1 };
	struct event_facts facts = job_facts(h);

	facts.by = by;
	if (run_ensure_started(st, h->run, err) == -1 ||
	    steps_pass(st, h, err) == -1 ||
	    job_move(st, h, "pass", &facts, err) == -1 ||
	    run_mark(st, h->run, clock_now_ms(), &e.seq, err) == -1)
		return -1;
	return set_ended(st, h, &e, err);
}

int
job_end_active(struct store *st, struct job_head *h, const struct job_end *end,
    struct err *err)
{
	struct ending e = { .reason = end->reason, .exit_code = end->exit_code,
		.outputs = end->outputs, .generated = end->generated };
	struct event_facts facts = job_facts(h);

	facts.reason = end->reason;
	facts.cause = end->cause;
	facts.limit_of = end->limit_of;
	facts.has_exit_code = end->exit_code != -1;
	facts.exit_code = end->exit_code;
	if (str_equal(end->on, "cancel") && h->cancel_at_ms != 0)
		facts.by = h->cancel_by;
	if (attempt_end(st, h, end->on, end->reason, err) == -1 ||
	    job_move(st, h, end->on, &facts, err) == -1 ||
	    run_mark(st, h->run, clock_now_ms() + end->grace_ms, &e.seq,
		err) == -1)
		return -1;
	return set_ended(st, h, &e, err);
}

int
attempt_end(struct store *st, const struct job_head *h, const char *on,
    const char *reason, struct err *err)
{
	return steps_end(st, h, str_equal(on, "succeed") ? NULL : on, "skip",
	    reason, err);
}

int
run_head_read(struct store *st, int64_t run, struct run_head *out,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, run_head, id),
		FIELD(RUN, run_head, state),
		FIELD(INT64, run_head, cancel_at_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct run_head) };
	int rc = store_row(st, SQL_RUN_HEAD, PARAMS(P_INT("id", run)), &shape,
	    NULL, out, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no run %" PRId64,
		    run);
	return rc == -1 ? -1 : 0;
}

int
run_ensure_started(struct store *st, int64_t run, struct err *err)
{
	struct run_head h;

	if (run_head_read(st, run, &h, err) == -1)
		return -1;
	if (h.state != RUN_PENDING)
		return 0;
	if (store_exec(st, SQL_RUN_SET_STARTED, PARAMS(P_INT("id", run),
		P_INT("now", clock_now_ms())), err) == -1)
		return -1;
	return run_move(st, run, h.state, "start", NULL, err);
}
