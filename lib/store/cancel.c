/*
 * cancel.c - asking for the end of a run or a job.
 *
 * What nobody claimed ends here; what has a process is told through its
 * lease, and ends itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/store/move.h"

/* A job that holds a lease: write the wish down, once. */
static int
ask(struct store *st, const struct job_head *h, const char *by,
    struct err *err)
{
	struct event_facts facts = job_facts(h);

	if (h->cancel_at_ms != 0)
		return 0;
	facts.by = by;
	if (store_exec(st, SQL_JOB_SET_CANCEL, PARAMS(P_INT("id", h->id),
		P_INT("now", clock_now_ms()), P_TEXT("by", by)), err) == -1)
		return -1;
	return event_append(st, h->run, "job.cancel-requested", NULL, NULL,
	    &facts, err);
}

/* Returns 1, or 0 when the job had ended. */
static int
cancel_one(struct store *st, struct job_head *h, const char *by,
    struct arena *a, struct err *err)
{
	int rc;

	switch (h->state) {
	case JOB_BLOCKED:
	case JOB_WAITING:
	case JOB_PENDING:
		rc = job_end_unstarted(st, h, "cancel",
		    arena_printf(a, "cancelled by %s", by), by, err);
		return rc == -1 ? -1 : 1;
	case JOB_ASSIGNED:
	case JOB_RUNNING:
	case JOB_COMPLETING:
		return ask(st, h, by, err) == -1 ? -1 : 1;
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
do_run_cancel(struct store *st, int64_t run, const char *by, struct arena *a,
    struct err *err)
{
	const struct event_facts facts = { .by = by };
	struct job_head *list = NULL;
	struct run_head head;
	size_t n;

	if (run_head_read(st, run, &head, err) == -1 ||
	    store_rows(st, SQL_JOB_HEADS, PARAMS(P_INT("run", run)),
		&job_head_shape, a, &list, &n, err) == -1)
		return -1;
	if (n == 0)
		return 0;
	if (event_append(st, run, "run.cancel-requested", NULL, NULL, &facts,
		err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (cancel_one(st, &list[i], by, a, err) == -1)
			return -1;
	if (run_settle(st, run, by, err) == -1)
		return -1;
	return (int)n;
}

int
run_cancel(struct store *st, int64_t run, const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_run_cancel(st, run, by, &a, err), err);
	arena_release(&a);
	return rc;
}

int
job_cancel(struct store *st, int64_t job, const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = job_head_read(st, job, &a, &h, err);
	if (rc == 0)
		rc = cancel_one(st, &h, by, &a, err);
	if (rc == 1 && run_settle(st, h.run, by, err) == -1)
		rc = -1;
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}
