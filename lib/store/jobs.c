/*
 * jobs.c - jobs and their steps: read, and what a job's process reports.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/runs.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/decisions.h"
#include "lib/store/engines.h"
#include "lib/store/move.h"
#include "lib/store/rows.h"

static const struct field job_fields[] = {
	FIELD(INT64, job, id),
	FIELD(UUID, job, uuid),
	FIELD(INT64, job, run),
	FIELD(TEXT, job, key),
	FIELD(TEXT, job, title),
	FIELD(JOB, job, state),
	FIELD(INT, job, attempt),
	FIELD(INT, job, priority),
	FIELD(BOOL, job, continue_on_error),
	FIELD(TEXT, job, why),
	FIELD(TEXT, job, why_values),
	FIELD(TEXT, job, why_place),
	FIELD(TEXT, job, reason),
	FIELD(TEXT, job, log),
	FIELD(TEXT, job, container),
	FIELD(TEXT, job, engine),
	FIELD(TEXT, job, worker),
	FIELD(INT64, job, pid),
	FIELD(INT64, job, pid_started),
	FIELD(INT64, job, lease_until_ms),
	FIELD(INT64, job, cancel_at_ms),
	FIELD(INT, job, exit_code),
	FIELD(INT64, job, work),
	FIELD(INT, job, ran_in),
	FIELD(INT64, job, created_at_ms),
	FIELD(INT64, job, queued_at_ms),
	FIELD(INT64, job, started_at_ms),
	FIELD(INT64, job, finished_at_ms),
	/* Long, and asked for by the job's process alone. */
	FIELD(TEXT, job, plan),
};
const struct shape job_shape = { job_fields, ARRAY_LEN(job_fields) - 1,
	sizeof(struct job) };
static const struct shape job_plan_shape = { job_fields,
	ARRAY_LEN(job_fields), sizeof(struct job) };

int
job_list(struct store *st, int64_t run, struct arena *a, struct job **out,
    size_t *n, struct err *err)
{
	return store_rows(st, SQL_JOB_LIST, PARAMS(P_INT("run", run)),
	    &job_shape, a, out, n, err);
}

int
job_find_id(struct store *st, int64_t id, struct arena *a, struct job *out,
    struct err *err)
{
	return store_row(st, SQL_JOB_BY_ID, PARAMS(P_INT("id", id)),
	    &job_plan_shape, a, out, err);
}

static int
do_start(struct store *st, int64_t job, int attempt, const char *engine,
    const char *container, const char *log, struct arena *a, struct err *err)
{
	struct event_facts facts;
	struct job_head h;

	if (job_head_of(st, job, attempt, a, &h, err) == -1)
		return -1;
	facts = job_facts(&h);
	if (job_move(st, &h, "start", &facts, err) == -1 ||
	    store_exec(st, SQL_JOB_SET_STARTED, PARAMS(P_INT("id", job),
		P_TEXT("engine", engine), P_TEXT("container", container),
		P_TEXT("log", log), P_INT("now", clock_now_ms())), err) == -1 ||
	    engine_state_works(st, engine, err) == -1)
		return -1;
	return run_ensure_started(st, h.run, err);
}

int
job_start(struct store *st, int64_t job, int attempt, const char *engine,
    const char *container, const char *log, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin_hasty(st, err) == -1)
		return -1;
	rc = store_end(st, do_start(st, job, attempt, engine, container, log,
	    &a, err), err);
	arena_release(&a);
	return rc;
}

int
job_complete(struct store *st, int64_t job, int attempt, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct event_facts facts;
	struct job_head h;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = job_head_of(st, job, attempt, &a, &h, err);
	if (rc == 0) {
		facts = job_facts(&h);
		rc = job_move(st, &h, "complete", &facts, err);
	}
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}

/* A job's process is told to stop, but not for whom. */
static const char *
add_who(const struct job_head *h, const struct job_end *end, struct arena *a)
{
	if (!str_equal(end->on, "cancel") || h->cancel_at_ms == 0 ||
	    *h->cancel_by == '\0')
		return end->reason;
	return arena_printf(a, "%s by %s", end->reason != NULL ?
	    end->reason : "cancelled", h->cancel_by);
}

int
job_finish(struct store *st, int64_t job, int attempt,
    const struct job_done *done, struct err *err)
{
	struct job_end end = { done->on, done->exit_code, done->reason,
		done->outputs, done->generated, done->cause, done->limit_of,
		DECIDE_GRACE_MS };
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = job_head_of(st, job, attempt, &a, &h, err);
	if (rc == 0) {
		end.reason = add_who(&h, &end, &a);
		rc = job_end_active(st, &h, &end, err);
	}
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}
