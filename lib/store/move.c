/*
 * move.c - the one way in which a state changes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/move.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/queue.h"
#include "lib/store/statement.h"

const struct move *
move_require(enum machine m, int from, const char *on, int64_t id,
    struct err *err)
{
	const struct move *mv = machine_move(m, from, on);

	if (mv == NULL)
		err_set(err, ERR_CONFLICT, "%s %" PRId64 " is %s: \"%s\" is "
		    "not possible", machine_name(m), id,
		    machine_state_name(m, from), on);
	return mv;
}

/* The row must have been in the state it was read in; inside a transaction
 * that is always so. */
static int
moved(int changes, enum machine m, int64_t id, const struct move *mv,
    struct err *err)
{
	if (changes == 0)
		return err_set(err, ERR_BUG, "%s %" PRId64 " is not %s any "
		    "more", machine_name(m), id,
		    machine_state_name(m, mv->from));
	return changes == -1 ? -1 : 0;
}

static int64_t
finished_at(enum machine m, const struct move *mv)
{
	return machine_terminal(m, mv->to) ? clock_now_ms() : 0;
}

static int
tell(struct store *st, enum machine m, int64_t run, const struct move *mv,
    const struct event_facts *facts, struct err *err)
{
	return event_append(st, run, mv->event,
	    machine_state_name(m, mv->from), machine_state_name(m, mv->to),
	    facts, err);
}

int
run_move(struct store *st, int64_t run, enum run_state from, const char *on,
    const char *by, struct err *err)
{
	const struct event_facts facts = { .by = by };
	const struct move *mv;
	int n;

	mv = move_require(MACHINE_RUN, (int)from, on, run, err);
	if (mv == NULL)
		return -1;
	n = store_exec(st, SQL_RUN_SET_STATE, PARAMS(
	    P_INT("id", run),
	    P_TEXT("from", machine_state_name(MACHINE_RUN, mv->from)),
	    P_TEXT("to", machine_state_name(MACHINE_RUN, mv->to)),
	    P_INT_UNLESS("finished", finished_at(MACHINE_RUN, mv), 0)), err);
	if (moved(n, MACHINE_RUN, run, mv, err) == -1)
		return -1;
	return tell(st, MACHINE_RUN, run, mv, &facts, err);
}

static const struct field head_fields[] = {
	FIELD(INT64, job_head, id),
	FIELD(INT64, job_head, run),
	FIELD(TEXT, job_head, key),
	FIELD(JOB, job_head, state),
	FIELD(INT, job_head, attempt),
	FIELD(INT, job_head, priority),
	FIELD(INT64, job_head, cancel_at_ms),
	FIELD(TEXT, job_head, cancel_by),
};
const struct shape job_head_shape = { head_fields, ARRAY_LEN(head_fields),
	sizeof(struct job_head) };

int
job_head_read(struct store *st, int64_t job, struct arena *a,
    struct job_head *out, struct err *err)
{
	int rc = store_row(st, SQL_JOB_HEAD, PARAMS(P_INT("id", job)),
	    &job_head_shape, a, out, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no job %" PRId64,
		    job);
	return rc == -1 ? -1 : 0;
}

int
job_head_of(struct store *st, int64_t job, int attempt, struct arena *a,
    struct job_head *out, struct err *err)
{
	if (job_head_read(st, job, a, out, err) == -1)
		return -1;
	if (out->attempt != attempt)
		return err_set(err, ERR_CONFLICT, "job %" PRId64 " is at "
		    "attempt %d: attempt %d has lost it", job, out->attempt,
		    attempt);
	if (out->state != JOB_ASSIGNED && out->state != JOB_RUNNING &&
	    out->state != JOB_COMPLETING)
		return err_set(err, ERR_CONFLICT, "job %" PRId64 " is %s: "
		    "attempt %d has lost it", job,
		    machine_state_name(MACHINE_JOB, (int)out->state), attempt);
	return 0;
}

int64_t
job_rank(int64_t queued_at_ms, int priority)
{
	return queued_at_ms - (int64_t)priority * QUEUE_AGE_STEP_MS;
}

struct event_facts
job_facts(const struct job_head *h)
{
	return (struct event_facts){ .job = h->id, .key = h->key,
		.attempt = h->attempt };
}

static bool
holds_slot(int state)
{
	return state == JOB_ASSIGNED || state == JOB_RUNNING ||
	    state == JOB_COMPLETING;
}

/* The time that an attempt has held a slot is put down to its owner and its
 * repository. */
static int
charge(struct store *st, int64_t job, int64_t now, struct err *err)
{
	return store_exec(st, SQL_QUEUE_CHARGE_REPO, PARAMS(P_INT("job", job),
		P_INT("now", now)), err) == -1 ||
	    store_exec(st, SQL_QUEUE_CHARGE_OWNER, PARAMS(P_INT("job", job),
		P_INT("now", now)), err) == -1 ? -1 : 0;
}

int
job_move(struct store *st, struct job_head *h, const char *on,
    const struct event_facts *facts, struct err *err)
{
	const struct move *mv;
	int64_t now = clock_now_ms(), queued = 0;
	int n;

	mv = move_require(MACHINE_JOB, (int)h->state, on, h->id, err);
	if (mv == NULL)
		return -1;
	if (mv->to == JOB_PENDING && h->attempt == 0)
		queued = now;
	n = store_exec(st, SQL_JOB_SET_STATE, PARAMS(
	    P_INT("id", h->id),
	    P_TEXT("from", machine_state_name(MACHINE_JOB, mv->from)),
	    P_TEXT("to", machine_state_name(MACHINE_JOB, mv->to)),
	    P_INT_UNLESS("finished", finished_at(MACHINE_JOB, mv), 0),
	    P_INT_UNLESS("queued", queued, 0),
	    { queued == 0 ? PARAM_NULL : PARAM_INT, ":rank",
		job_rank(queued, h->priority), NULL, 0 }), err);
	if (moved(n, MACHINE_JOB, h->id, mv, err) == -1 ||
	    (holds_slot(mv->from) && !holds_slot(mv->to) &&
	    charge(st, h->id, now, err) == -1))
		return -1;
	h->state = (enum job_state)mv->to;
	return tell(st, MACHINE_JOB, h->run, mv, facts, err);
}

int
step_move(struct store *st, const struct job_head *h, int64_t step,
    int number, enum step_state from, const char *on, int exit_code,
    const char *reason, struct err *err)
{
	struct event_facts facts = job_facts(h);
	const struct move *mv;
	int n;

	mv = move_require(MACHINE_STEP, (int)from, on, step, err);
	if (mv == NULL)
		return -1;
	n = store_exec(st, SQL_STEP_SET_STATE, PARAMS(
	    P_INT("id", step),
	    P_TEXT("from", machine_state_name(MACHINE_STEP, mv->from)),
	    P_TEXT("to", machine_state_name(MACHINE_STEP, mv->to)),
	    P_INT_UNLESS("finished", finished_at(MACHINE_STEP, mv), 0)), err);
	if (moved(n, MACHINE_STEP, step, mv, err) == -1)
		return -1;
	if (machine_terminal(MACHINE_STEP, mv->to) &&
	    store_exec(st, SQL_STEP_SET_ENDED, PARAMS(P_INT("id", step),
		P_INT_UNLESS("exit_code", exit_code, -1),
		P_TEXT("reason", reason)), err) == -1)
		return -1;
	facts.attempt = steps_attempt(h);
	facts.step = number;
	facts.has_exit_code = exit_code != -1;
	facts.exit_code = exit_code;
	facts.reason = reason;
	return tell(st, MACHINE_STEP, h->run, mv, &facts, err);
}
