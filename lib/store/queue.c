/*
 * queue.c - the job queue: claim, renew, give back.
 *
 * A claim is one statement, so two claimers cannot get the same job, and a
 * claimer that dies loses its job when the lease ends. Nothing here knows
 * containers; lib/run does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/queue.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/retries.h"
#include "lib/store/move.h"

/* The first attempt's steps were made with the job. */
static int
make_steps(struct store *st, const struct job *job, struct err *err)
{
	if (job->attempt == 1)
		return 0;
	return store_exec(st, SQL_STEP_AGAIN, PARAMS(P_INT("job", job->id),
	    P_INT("attempt", job->attempt),
	    P_TEXT("state", machine_state_name(MACHINE_STEP, STEP_QUEUED))),
	    err) == -1 ? -1 : 0;
}

struct queue_limits
queue_limits_of(const struct config *config)
{
	return (struct queue_limits){ .host = config->max_jobs,
		.owner = config->max_owner_jobs,
		.repo = config->max_repo_jobs };
}

static int
do_claim(struct store *st, const char *worker, int64_t lease_ms,
    const struct queue_limits *limits, struct arena *a, struct job *job,
    struct err *err)
{
	static const struct queue_limits none;
	const struct move *mv;
	struct event_facts facts;
	int64_t id, now = clock_now_ms();
	int rc;

	mv = move_require(MACHINE_JOB, JOB_PENDING, "claim", 0, err);
	if (mv == NULL)
		return -1;
	if (limits == NULL)
		limits = &none;
	if (store_exec(st, SQL_QUEUE_WAKE, PARAMS(P_INT("now", now)), err) ==
	    -1)
		return -1;
	rc = store_number(st, SQL_QUEUE_CLAIM, PARAMS(P_TEXT("worker", worker),
	    P_INT("lease_until", now + lease_ms), P_INT("now", now),
	    P_INT("max_jobs", limits->host), P_INT("max_owner", limits->owner),
	    P_INT("max_repo", limits->repo),
	    P_TEXT("to", machine_state_name(MACHINE_JOB, mv->to))), &id, err);
	if (rc != 1)
		return rc;
	if (job_find_id(st, id, a, job, err) == -1 ||
	    make_steps(st, job, err) == -1)
		return -1;
	facts = (struct event_facts){ .job = id, .key = job->key,
		.attempt = job->attempt, .by = worker };
	if (event_append(st, job->run, mv->event,
		machine_state_name(MACHINE_JOB, mv->from),
		machine_state_name(MACHINE_JOB, mv->to), &facts, err) == -1)
		return -1;
	return 1;
}

int
queue_claim(struct store *st, const char *worker, int64_t lease_ms,
    const struct queue_limits *limits, struct arena *a, struct job *job,
    struct err *err)
{
	int64_t waits = 0;

	/* Most looks find nothing, and whoever takes the lock keeps others
	 * waiting. */
	if (store_number(st, SQL_QUEUE_WAITS, PARAMS(P_INT("now",
	    clock_now_ms())), &waits, err) == -1)
		return -1;
	if (waits == 0)
		return 0;
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_claim(st, worker, lease_ms, limits, a, job,
	    err), err);
}

int
queue_assign_process(struct store *st, int64_t job, int attempt, int64_t pid,
    int64_t pid_started, struct err *err)
{
	int rc;

	if (store_begin_hasty(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_QUEUE_PROCESS, PARAMS(P_INT("job", job),
	    P_INT("attempt", attempt), P_INT("pid", pid),
	    P_INT("pid_started", pid_started)), err);
	if (rc == 0)
		rc = err_set(err, ERR_CONFLICT, "job %" PRId64 " is no longer "
		    "that of attempt %d", job, attempt);
	rc = store_end(st, rc, err);
	return rc == -1 ? -1 : 0;
}

int
queue_renew(struct store *st, int64_t job, int attempt, int64_t lease_ms,
    struct err *err)
{
	int64_t cancelling = 0;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_number(st, SQL_QUEUE_RENEW, PARAMS(P_INT("job", job),
	    P_INT("attempt", attempt),
	    P_INT("lease_until", clock_now_ms() + lease_ms)), &cancelling,
	    err);
	if (rc == 0)
		rc = err_set(err, ERR_CONFLICT, "job %" PRId64 " is no longer "
		    "that of attempt %d", job, attempt);
	rc = store_end(st, rc, err);
	return rc == -1 ? -1 : cancelling != 0;
}

int64_t
queue_pause_ms(int attempt)
{
	int64_t pause = RETRY_LOST_FIRST_MS;

	for (int i = 1; i < attempt && pause < RETRY_LOST_MAX_MS; i++)
		pause *= RETRY_LOST_FACTOR;
	return pause < RETRY_LOST_MAX_MS ? pause : RETRY_LOST_MAX_MS;
}

static int
give_back(struct store *st, struct job_head *h, const char *on,
    int64_t pause_ms, const char *reason, const char *cause,
    struct err *err)
{
	int64_t not_before = pause_ms > 0 ? clock_now_ms() + pause_ms : 0;
	struct event_facts facts = job_facts(h);

	facts.reason = reason;
	facts.cause = cause;
	if (attempt_end(st, h, "fail", reason, err) == -1 ||
	    job_move(st, h, on, &facts, err) == -1 ||
	    store_exec(st, SQL_QUEUE_GIVE_BACK, PARAMS(P_INT("job", h->id),
		P_INT("not_before", not_before), P_TEXT("reason", reason)),
	    err) == -1)
		return -1;
	return 1;
}

/* Somebody has asked for its end meanwhile: there is no other attempt. */
static int
end_cancelled(struct store *st, struct job_head *h, const char *reason,
    struct arena *a, struct err *err)
{
	const struct job_end end = { .on = "cancel", .exit_code = -1,
		.reason = arena_printf(a, "cancelled by %s; %s",
		    h->cancel_by, reason) };

	return job_end_active(st, h, &end, err);
}

static int
do_lose(struct store *st, int64_t job, int attempt, int64_t max_attempts,
    int64_t pause_ms, const char *reason, struct arena *a, struct err *err)
{
	struct job_end end = { .on = "fail", .exit_code = -1 };
	struct job_head h;

	if (job_head_of(st, job, attempt, a, &h, err) == -1)
		return -1;
	if (h.cancel_at_ms != 0)
		return end_cancelled(st, &h, reason, a, err);
	if (attempt >= max_attempts) {
		end.reason = arena_printf(a, "%s; given up after %d %s",
		    reason, attempt, attempt == 1 ? "attempt" : "attempts");
		return job_end_active(st, &h, &end, err);
	}
	return give_back(st, &h, "lease-lost", pause_ms, reason, NULL, err);
}

int
queue_lose(struct store *st, int64_t job, int attempt, int64_t max_attempts,
    int64_t pause_ms, const char *reason, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_lose(st, job, attempt, max_attempts, pause_ms,
	    reason, &a, err), err);
	arena_release(&a);
	return rc;
}

static int
do_retry(struct store *st, int64_t job, int attempt, int64_t pause_ms,
    const char *reason, const char *cause, struct arena *a,
    struct err *err)
{
	struct job_head h;

	if (job_head_of(st, job, attempt, a, &h, err) == -1)
		return -1;
	if (h.cancel_at_ms != 0)
		return end_cancelled(st, &h, reason, a, err);
	return give_back(st, &h, "retry", pause_ms, reason, cause, err);
}

int
queue_retry(struct store *st, int64_t job, int attempt, int64_t pause_ms,
    const char *reason, const char *cause, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_retry(st, job, attempt, pause_ms, reason, cause,
	    &a, err), err);
	arena_release(&a);
	return rc;
}

int
queue_attempt_end(struct store *st, int64_t run, int64_t job, int attempt,
    struct arena *a, struct attempt_end *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, attempt_end, type),
		FIELD(TEXT, attempt_end, reason),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct attempt_end) };

	return store_row(st, SQL_EVENT_ATTEMPT_END, PARAMS(P_INT("run", run),
	    P_INT("job", job), P_INT("attempt", attempt)), &shape, a, out,
	    err);
}

int
queue_next(struct store *st, int64_t *at_ms, struct err *err)
{
	int64_t at = 0;

	if (store_number(st, SQL_QUEUE_NEXT, PARAMS(P_INT("now",
	    clock_now_ms())), &at, err) == -1)
		return -1;
	*at_ms = at;
	return 0;
}

int
queue_recall(struct store *st, struct err *err)
{
	int64_t longest = RETRY_LOST_MAX_MS > RETRY_STEP_MAX_MS ?
	    RETRY_LOST_MAX_MS : RETRY_STEP_MAX_MS;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_QUEUE_RECALL, PARAMS(P_INT("latest",
	    clock_now_ms() + longest)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
queue_active(struct store *st, struct arena *a, struct job **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_QUEUE_ACTIVE, NULL, &job_shape, a, out, n,
	    err);
}

int
queue_stats(struct store *st, struct queue_stats *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, queue_stats, pending),
		FIELD(INT64, queue_stats, active),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct queue_stats) };

	return store_row(st, SQL_QUEUE_STATS, NULL, &shape, NULL, out, err)
	    == -1 ? -1 : 0;
}
