/*
 * cancel.c - asking for the end of a run or a job.
 *
 * A run is decided then: jobs with `if: always()` go on. Of single jobs, what
 * nobody claimed ends here; what has a process is told through its lease, and
 * ends itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/store/audit.h"
#include "lib/store/gates.h"
#include "lib/store/groups.h"
#include "lib/store/move.h"

/* A job that holds a lease: write the wish down, once. */
static int
ask(struct store *st, const struct job_head *h, const char *reason,
    const char *by, struct err *err)
{
	struct event_facts facts = job_facts(h);

	if (h->cancel_at_ms != 0)
		return 0;
	facts.reason = reason;
	facts.by = by;
	if (store_exec(st, SQL_JOB_SET_CANCEL, PARAMS(P_INT("id", h->id),
		P_INT("now", clock_now_ms()), P_TEXT("by", by)), err) == -1)
		return -1;
	return event_append(st, h->run, "job.cancel-requested", NULL, NULL,
	    &facts, err);
}

/* Returns 1, or 0 when the job had ended. */
static int
cancel_one(struct store *st, struct job_head *h, const char *reason,
    const char *by, struct arena *a, struct err *err)
{
	switch (h->state) {
	case JOB_BLOCKED:
	case JOB_WAITING:
	case JOB_PENDING:
		if (reason == NULL)
			reason = arena_printf(a, "cancelled by %s", by);
		return job_end_unstarted(st, h, "cancel", reason, by,
		    err) == -1 || run_mark(st, h->run, clock_now_ms(), NULL,
		    err) == -1 ? -1 : 1;
	case JOB_ASSIGNED:
	case JOB_RUNNING:
	case JOB_COMPLETING:
		return ask(st, h, reason, by, err) == -1 ? -1 : 1;
	case JOB_SUCCEEDED:
	case JOB_FAILED:
	case JOB_CANCELLED:
	case JOB_SKIPPED:
		return 0;
	}
	return err_set(err, ERR_BUG, "job %" PRId64 " has state %d", h->id,
	    (int)h->state);
}

static int
cancel_jobs(struct store *st, struct job_head *list, size_t n,
    const char *reason, const char *by, struct arena *a, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (cancel_one(st, &list[i], reason, by, a, err) == -1)
			return -1;
	return (int)n;
}

/* Jobs of a run that have not ended. */
static int
open_jobs(struct store *st, int64_t run, struct arena *a,
    struct job_head **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_JOB_HEADS, PARAMS(P_INT("run", run)),
	    &job_head_shape, a, out, n, err);
}

/* Write the wish down, once. */
static int
ask_run(struct store *st, int64_t run, const char *by, struct err *err)
{
	const struct event_facts facts = { .by = by };
	int64_t now = clock_now_ms();

	if (store_exec(st, SQL_RUN_SET_CANCEL, PARAMS(P_INT("id", run),
		P_INT("now", now), P_TEXT("by", by)), err) == -1 ||
	    event_append(st, run, "run.cancel-requested", NULL, NULL, &facts,
		err) == -1)
		return -1;
	return run_mark(st, run, now, NULL, err);
}

/* Of a run that was asked to end: what waits for people ends at once, also
 * with always(). */
static int
cancel_waiting(struct store *st, struct job_head *list, size_t n,
    const char *by, struct arena *a, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].state == JOB_WAITING &&
		    cancel_one(st, &list[i], NULL, by, a, err) == -1)
			return -1;
	return (int)n;
}

int
run_end_held(struct store *st, int64_t run, const char *by, struct err *err)
{
	const struct event_facts facts = { .by = by };
	struct run_head head;

	if (run_head_read(st, run, &head, err) == -1 ||
	    gate_withdraw_run(st, run, err) == -1 ||
	    store_exec(st, SQL_RUN_SET_CANCEL, PARAMS(P_INT("id", run),
		P_INT("now", clock_now_ms()), P_TEXT("by", by)), err) == -1 ||
	    event_append(st, run, "run.cancel-requested", NULL, NULL, &facts,
		err) == -1)
		return -1;
	return run_move(st, run, head.state, "cancel", by, err);
}

/* A run without jobs that waits for an approval. 1 when it was one and has
 * ended, 0, -1. */
static int
cancel_held(struct store *st, const struct run_head *head, const char *by,
    struct err *err)
{
	int held = head->state != RUN_PENDING ? 0 :
	    gate_run_held(st, head->id, err);

	if (held != 1)
		return held;
	return run_end_held(st, head->id, by, err) == -1 ? -1 : 1;
}

static int
do_run_cancel(struct store *st, int64_t run, const char *by, struct arena *a,
    struct err *err)
{
	struct job_head *list = NULL;
	struct run_head head;
	int waits;
	size_t n;

	if (run_head_read(st, run, &head, err) == -1 ||
	    open_jobs(st, run, a, &list, &n, err) == -1)
		return -1;
	if (machine_terminal(MACHINE_RUN, (int)head.state))
		return 0;
	waits = cancel_held(st, &head, by, err);
	if (waits != 0)
		return waits;
	waits = group_run_waits(st, run, err);
	if (waits == -1 || (head.cancel_at_ms == 0 &&
	    ask_run(st, run, by, err) == -1))
		return -1;
	if (head.cancel_at_ms == 0 && !waits)
		return cancel_waiting(st, list, n, by, a, err);
	return cancel_jobs(st, list, n, NULL, by, a, err);
}

int
run_cancel(struct store *st, int64_t run, const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = do_run_cancel(st, run, by, &a, err);
	rc = store_end(st, audit_run(st, rc, "run.cancel", run, NULL, NULL,
	    err), err);
	arena_release(&a);
	return rc;
}

int
run_cancel_jobs(struct store *st, int64_t run, const char *reason,
    const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head *list = NULL;
	struct run_head head;
	size_t n;
	int rc = -1;

	if (store_begin(st, err) == -1)
		return -1;
	if (run_head_read(st, run, &head, err) == 0 &&
	    (head.cancel_at_ms != 0 || ask_run(st, run, by, err) == 0) &&
	    open_jobs(st, run, &a, &list, &n, err) == 0)
		rc = cancel_jobs(st, list, n, reason, by, &a, err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}

int
job_cancel(struct store *st, int64_t job, const char *reason, const char *by,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = job_head_read(st, job, &a, &h, err);
	if (rc == 0)
		rc = cancel_one(st, &h, reason, by, &a, err);
	if (rc != -1)
		rc = audit_run(st, rc, "run.cancel", h.run, h.key, NULL, err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}
