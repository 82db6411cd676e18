/*
 * steps.c - steps of jobs: read, and what a job's process reports of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/runs.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/move.h"

static const struct field step_fields[] = {
	FIELD(INT64, step, id),
	FIELD(INT64, step, job),
	FIELD(INT, step, attempt),
	FIELD(INT, step, number),
	FIELD(TEXT, step, title),
	FIELD(TEXT, step, command),
	FIELD(STEP, step, state),
	FIELD(INT, step, exit_code),
	FIELD(TEXT, step, reason),
	FIELD(INT64, step, log_offset),
	FIELD(INT64, step, started_at_ms),
	FIELD(INT64, step, finished_at_ms),
};
static const struct shape step_shape = { step_fields, ARRAY_LEN(step_fields),
	sizeof(struct step) };

int
step_list(struct store *st, int64_t job, struct arena *a, struct step **out,
    size_t *n, struct err *err)
{
	return store_rows(st, SQL_STEP_LIST, PARAMS(P_INT("job", job)),
	    &step_shape, a, out, n, err);
}

int
step_list_run(struct store *st, int64_t run, struct arena *a,
    struct step **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_STEP_LIST_RUN, PARAMS(P_INT("run", run)),
	    &step_shape, a, out, n, err);
}

int
step_list_jobs(struct store *st, int64_t run, const int64_t *jobs,
    size_t n_jobs, struct arena *a, struct step **out, size_t *n,
    struct err *err)
{
	struct str list = STR_INIT;
	int rc;

	for (size_t i = 0; i < n_jobs; i++)
		str_addf(&list, "%c%" PRId64, i == 0 ? '[' : ',', jobs[i]);
	str_add(&list, n_jobs == 0 ? "[]" : "]");
	rc = store_rows(st, SQL_STEP_LIST_JOBS, PARAMS(P_INT("run", run),
	    P_TEXT("jobs", list.s)), &step_shape, a, out, n, err);
	str_release(&list);
	return rc;
}

/* A job of this attempt that is running, and one of its steps. */
static int
step_of(struct store *st, int64_t job, int attempt, int number,
    struct arena *a, struct job_head *h, struct step *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, step, id),
		FIELD(INT, step, number),
		FIELD(STEP, step, state),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct step) };
	int rc;

	if (job_head_of(st, job, attempt, a, h, err) == -1)
		return -1;
	if (h->state != JOB_RUNNING)
		return err_set(err, ERR_CONFLICT, "job %" PRId64 " is %s: its "
		    "steps cannot change", job,
		    machine_state_name(MACHINE_JOB, (int)h->state));
	rc = store_row(st, SQL_STEP_HEAD, PARAMS(P_INT("job", job),
	    P_INT("attempt", attempt), P_INT("number", number)), &shape, a,
	    out, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "job %" PRId64 " has no "
		    "step %d in attempt %d", job, number, attempt);
	return rc == -1 ? -1 : 0;
}

static int
do_step_start(struct store *st, int64_t job, int attempt, int number,
    const char *title, int64_t log_offset, struct arena *a, struct err *err)
{
	struct job_head h;
	struct step s;

	if (step_of(st, job, attempt, number, a, &h, &s, err) == -1 ||
	    step_move(st, &h, s.id, number, s.state, "start", -1, NULL,
		err) == -1)
		return -1;
	return store_exec(st, SQL_STEP_SET_STARTED, PARAMS(P_INT("id", s.id),
	    P_TEXT("title", title), P_INT("log_offset", log_offset),
	    P_INT("now", clock_now_ms())), err) == -1 ? -1 : 0;
}

int
step_start(struct store *st, int64_t job, int attempt, int number,
    const char *title, int64_t log_offset, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin_hasty(st, err) == -1)
		return -1;
	rc = store_end(st, do_step_start(st, job, attempt, number, title,
	    log_offset, &a, err), err);
	arena_release(&a);
	return rc;
}

int
step_finish(struct store *st, int64_t job, int attempt, int number,
    const char *on, int exit_code, const char *reason, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct job_head h;
	struct step s;
	int rc;

	if (store_begin_hasty(st, err) == -1)
		return -1;
	rc = step_of(st, job, attempt, number, &a, &h, &s, err);
	if (rc == 0)
		rc = step_move(st, &h, s.id, number, s.state, on, exit_code,
		    reason, err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc;
}
