/*
 * settle.c - how jobs end, and what follows for those that waited for them
 * and for their run.
 *
 * A need is met by success alone. A job behind one that failed, was cancelled
 * or was skipped is skipped, and so are those behind it; no run waits for
 * ever. A run failed when a job of it failed, else it was cancelled when one
 * was cancelled, else it succeeded when one succeeded, else it was skipped.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/move.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

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

static int
job_set_ended(struct store *st, int64_t job, const char *reason,
    int exit_code, struct err *err)
{
	return store_exec(st, SQL_JOB_SET_ENDED, PARAMS(P_INT("id", job),
	    P_TEXT("reason", reason),
	    P_INT_UNLESS("exit_code", exit_code, -1)), err) == -1 ? -1 : 0;
}

int
job_end_unstarted(struct store *st, struct job_head *h, const char *on,
    const char *reason, const char *by, struct err *err)
{
	struct event_facts facts = job_facts(h);

	facts.reason = reason;
	facts.by = by;
	if (steps_end(st, h, NULL, on, NULL, err) == -1 ||
	    job_move(st, h, on, &facts, err) == -1)
		return -1;
	return job_set_ended(st, h->id, reason, -1, err);
}

int
job_end_active(struct store *st, struct job_head *h, const char *on,
    int exit_code, const char *reason, struct err *err)
{
	struct event_facts facts = job_facts(h);

	facts.reason = reason;
	facts.has_exit_code = exit_code != -1;
	facts.exit_code = exit_code;
	if (str_equal(on, "cancel") && h->cancel_at_ms != 0)
		facts.by = h->cancel_by;
	if (attempt_end(st, h, on, reason, err) == -1 ||
	    job_move(st, h, on, &facts, err) == -1 ||
	    job_set_ended(st, h->id, reason, exit_code, err) == -1)
		return -1;
	return run_settle(st, h->run, facts.by, err);
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
		FIELD(BOOL, run_head, started),
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

/* A blocked job and the need of it that will never be met. */
struct doomed {
	int64_t id;
	const char *key;
	int64_t need_id;
	const char *need;
	const char *need_state;
};

static int
doomed_list(struct store *st, int64_t run, struct arena *a,
    struct doomed **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, doomed, id),
		FIELD(TEXT, doomed, key),
		FIELD(INT64, doomed, need_id),
		FIELD(TEXT, doomed, need),
		FIELD(TEXT, doomed, need_state),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct doomed) };

	return store_rows(st, SQL_JOB_DOOMED, PARAMS(P_INT("run", run)),
	    &shape, a, out, n, err);
}

/* Skip the blocked jobs that needed one that ended without success. Returns
 * how many there were: those behind them are the next turn's. */
static int
skip_doomed(struct store *st, int64_t run, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct doomed *list = NULL;
	size_t n;
	int rc;

	rc = doomed_list(st, run, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct job_head h = { .id = list[i].id, .run = run,
			.key = list[i].key, .state = JOB_BLOCKED };

		rc = job_end_unstarted(st, &h, "skip",
		    arena_printf(&a, "needs \"%s\", which %s%s", list[i].need,
			str_equal(list[i].need_state, "failed") ? "" : "was ",
			list[i].need_state), NULL, err);
	}
	arena_release(&a);
	return rc == -1 ? -1 : (int)n;
}

/* Queue the blocked jobs whose needs have all succeeded. */
static int
unblock_ready(struct store *st, int64_t run, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, job_head, id),
		FIELD(TEXT, job_head, key),
		FIELD(INT, job_head, priority),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct job_head) };
	struct arena a = ARENA_INIT(0);
	struct job_head *list = NULL;
	size_t n;
	int rc;

	rc = store_rows(st, SQL_JOB_READY, PARAMS(P_INT("run", run)), &shape,
	    &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct event_facts facts = job_facts(&list[i]);

		list[i].run = run;
		list[i].state = JOB_BLOCKED;
		rc = job_move(st, &list[i], "unblock", &facts, err);
	}
	arena_release(&a);
	return rc;
}

/* How the jobs of a run stand. */
struct tally {
	int64_t jobs, succeeded, failed, cancelled, skipped;
};

static int
tally_read(struct store *st, int64_t run, struct tally *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, tally, jobs),
		FIELD(INT64, tally, succeeded),
		FIELD(INT64, tally, failed),
		FIELD(INT64, tally, cancelled),
		FIELD(INT64, tally, skipped),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct tally) };

	return store_row(st, SQL_RUN_TALLY, PARAMS(P_INT("run", run)), &shape,
	    NULL, out, err) == -1 ? -1 : 0;
}

/* What happens to a run whose jobs have all ended; NULL: some have not. */
static const char *
tally_verdict(const struct tally *t)
{
	if (t->succeeded + t->failed + t->cancelled + t->skipped < t->jobs)
		return NULL;
	if (t->failed > 0)
		return "fail";
	if (t->cancelled > 0)
		return "cancel";
	return t->succeeded > 0 ? "succeed" : "skip";
}

int
run_settle(struct store *st, int64_t run, const char *by, struct err *err)
{
	struct run_head h;
	struct tally t;
	const char *on;
	int rc;

	while ((rc = skip_doomed(st, run, err)) > 0)
		continue;
	if (rc == -1 || unblock_ready(st, run, err) == -1 ||
	    tally_read(st, run, &t, err) == -1 ||
	    run_head_read(st, run, &h, err) == -1)
		return -1;
	on = tally_verdict(&t);
	if (on == NULL || machine_terminal(MACHINE_RUN, (int)h.state))
		return 0;
	return run_move(st, run, h.state, on,
	    str_equal(on, "cancel") ? by : NULL, err);
}
