/*
 * queue-t.c - the order of the queue, leases, and many claimers at once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

/* Claim everything; the priorities and run ids in the order they come. */
static void
drain(struct store *st, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;

	while (must(queue_claim(st, "w", 60000, NULL, &a, &job, &err)) == 1)
		str_addf(out, "%d/%" PRId64 " ", job.priority, job.run);
	arena_release(&a);
}

static void
test_order(void)
{
	static const struct {
		int priorities[6];
		const char *want;
	} cases[] = {
		{ { 1, 5, 10 }, "10/3 5/2 1/1 " },
		{ { 10, 1, 5 }, "10/1 5/3 1/2 " },
		{ { 5, 10, 1 }, "10/2 5/1 1/3 " },
		{ { 5, 5, 5, 5 }, "5/1 5/2 5/3 5/4 " },
		{ { 1, 10, 1, 10, 5, 5 },
		    "10/2 10/4 5/5 5/6 1/1 1/3 " },
		{ { 100, 10, -3, 1 }, "100/1 10/2 1/4 -3/3 " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store *st = fixture_store(NULL);
		int64_t repo = fixture_repo(st, "r");
		struct str got = STR_INIT;

		for (size_t k = 0; k < 6 && cases[i].priorities[k] != 0; k++)
			fixture_run(st, repo, cases[i].priorities[k], "a");
		drain(st, &got);
		is_str(got.s, cases[i].want, "larger first, then older");
		str_release(&got);
		store_close(st);
	}
}

/* Make a run's jobs look as if they had waited so much longer. */
static void
wait_longer(const char *path, int64_t run, int64_t ms)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql), "UPDATE jobs SET "
	    "queued_at_ms = queued_at_ms - %" PRId64 ", "
	    "rank_ms = rank_ms - %" PRId64 " WHERE run = %" PRId64, ms, ms,
	    run);
	fixture_sql(path, sql);
}

static void
test_ageing(void)
{
	/* Nine points of priority, in waiting. */
	const int64_t even = INT64_C(9) * QUEUE_AGE_STEP_MS;
	static const struct {
		int64_t more_ms;
		const char *want;
	} cases[] = {
		{ -30000, "10/2 1/1 " },
		{ 30000, "1/1 10/2 " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *path;
		struct store *st = fixture_store(&path);
		int64_t repo = fixture_repo(st, "r");
		struct str got = STR_INIT;

		fixture_run(st, repo, 1, "a");
		wait_longer(path, 1, even + cases[i].more_ms);
		fixture_run(st, repo, 10, "a");
		drain(st, &got);
		is_str(got.s, cases[i].want, "waiting raises the priority");
		str_release(&got);
		store_close(st);
	}
}

/* Waiting counts from when the needs were met, not from the run's start. */
static void
test_ageing_starts_when_ready(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), job;
	struct str got = STR_INIT;
	int attempt;

	fixture_run(st, repo, 1, "a b:a");
	wait_longer(path, 1, INT64_C(100) * QUEUE_AGE_STEP_MS);
	job = fixture_start(st, &attempt);
	fixture_run(st, repo, 10, "a");
	fixture_end(st, job, attempt, "succeed");
	drain(st, &got);
	is_str(got.s, "10/2 1/1 ", "a job that was blocked has not waited");
	str_release(&got);
	store_close(st);
}

static void
test_lost_lease(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b:a");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct step *steps;
	struct job job;
	int64_t id;
	int attempt;
	size_t n;

	id = fixture_start(st, &attempt);
	must(queue_assign_process(st, id, 1, 1234, 5678, &err));
	must(step_start(st, id, 1, 1, NULL, 17, &err));
	is_int(must(queue_lose(st, id, 1, 3, 0, "lost its host", &err)), 1,
	    "it is put back");
	must(job_find_id(st, id, &a, &job, &err));
	ok(job.state == JOB_PENDING && job.pid == 0 &&
	    job.lease_until_ms == 0, "pending, without process and lease");
	is_str(job.reason, "lost its host", "with the reason");
	is_int(queue_lose(st, id, 1, 3, 0, "again", &err), -1,
	    "a job that has no lease cannot lose it");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);

	id = fixture_start(st, &attempt);
	is_int(attempt, 2, "the next claim is attempt 2");
	is_int(job_complete(st, id, 1, &err), -1, "attempt 1 is too late");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(step_finish(st, id, 1, 1, "succeed", 0, NULL, &err), -1,
	    "also with its steps");
	must(step_list(st, id, &a, &steps, &n, &err));
	ok(n == 2 && steps[0].attempt == 2 && steps[0].state == STEP_QUEUED &&
	    str_equal(steps[1].title, "second"), "the steps are made anew");
	is_int(fixture_sql(path, "SELECT count(*) FROM steps WHERE "
	    "attempt = 1 AND state = 'failed' AND reason = 'lost its host' "
	    "AND log_offset = 17"), 1, "the first attempt's stay as they "
	    "were, and ended");
	must(queue_lose(st, id, 2, 3, 0, "lost its host", &err));
	id = fixture_start(st, &attempt);
	is_int(must(queue_lose(st, id, 3, 3, 0, "lost its host", &err)), 0,
	    "after the last attempt it ends");
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "a=failed b=skipped", "as failed");
	is_str(fixture_run_state(st, run), "failed", "with its run");
	must(job_find_id(st, id, &a, &job, &err));
	is_str(job.reason, "lost its host; given up after 3 attempts",
	    "and says why");
	arena_release(&a);
	store_close(st);
}

/* An attempt has failed, and its job asks for another. */
static void
test_retry(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b:a");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	int64_t id, next, now = clock_now_ms();
	struct attempt_end end;
	struct job job;
	int attempt;

	id = fixture_start(st, &attempt);
	is_int(must(queue_retry(st, id, 1, 60000, "attempt 1 failed",
	    "failure", &err)),
	    1, "it is put back");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE type = "
	    "'retry.attempted' AND data ->> 'attempt' = 1 AND "
	    "data ->> 'reason' = 'attempt 1 failed'"), 1, "with its event");
	must(queue_attempt_end(st, run, id, 1, &a, &end, &err));
	is_str(end.type, "retry.attempted", "by which its end is known");
	must(queue_next(st, &next, &err));
	ok(next >= now + 60000, "the queue says when to look again");
	is_int(must(queue_claim(st, "w", 60000, NULL, &a, &job, &err)), 0,
	    "it is not claimed before");
	is_str(fixture_jobs(st, run), "a=pending b=blocked",
	    "who needs it waits");
	must(job_cancel(st, id, NULL, "ada", &err));
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "a=cancelled b=skipped",
	    "a cancel in the pause ends it");

	run = fixture_run(st, 1, 1, "a");
	id = fixture_start(st, &attempt);
	must(job_cancel(st, id, NULL, "ada", &err));
	is_int(must(queue_retry(st, id, 1, 0, "attempt 1 failed",
	    "failure", &err)), 0,
	    "what is being cancelled is not tried again");
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "a=cancelled", "but cancelled");
	must(job_find_id(st, id, &a, &job, &err));
	is_str(job.reason, "cancelled by ada; attempt 1 failed",
	    "and says both");
	is_int(queue_retry(st, id, 1, 0, "x", NULL, &err), -1,
	    "one that has ended has no attempts");
	arena_release(&a);
	store_close(st);
}

static void
test_lost_while_cancelling(void)
{
	struct store *st = fixture_store(NULL);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a");
	struct err err = { 0 };
	int attempt;
	int64_t id = fixture_start(st, &attempt);

	fixture_cancel(st, run);
	is_int(must(queue_lose(st, id, attempt, 3, 0, "killed", &err)), 0,
	    "a job that was being cancelled is not put back");
	fixture_advance(st, run);
	is_str(fixture_run_state(st, run), "cancelled", "it is cancelled");
	store_close(st);
}

/* A job that comes back stands where it stood. */
static void
test_place_kept(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), id;
	struct str got = STR_INIT;
	struct err err = { 0 };
	int attempt;

	fixture_run(st, repo, 1, "a");
	fixture_run(st, repo, 1, "a");
	id = fixture_start(st, &attempt);
	must(queue_lose(st, id, attempt, 3, 0, "lost", &err));
	drain(st, &got);
	is_str(got.s, "1/1 1/2 ", "a job that comes back keeps its place");
	str_release(&got);
	store_close(st);
}

/* After a loss a job may have to wait; others go before it. */
static void
test_pause(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), id, next, now;
	struct str got = STR_INIT;
	struct err err = { 0 };
	int attempt;

	fixture_run(st, repo, 9, "a");
	fixture_run(st, repo, 1, "a");
	must(queue_next(st, &next, &err));
	is_int(next, 0, "no pause lasts");
	id = fixture_start(st, &attempt);
	now = clock_now_ms();
	must(queue_lose(st, id, attempt, 3, 3600000, "lost", &err));
	drain(st, &got);
	is_str(got.s, "1/2 ", "a job in its pause is not claimed");
	must(queue_next(st, &next, &err));
	ok(next >= now + 3600000, "and it is known when the pause ends");
	fixture_sql(path, "UPDATE jobs SET not_before_ms = 1 "
	    "WHERE not_before_ms > 0");
	str_clear(&got);
	drain(st, &got);
	is_str(got.s, "9/1 ", "after it, it is");
	must(queue_next(st, &next, &err));
	is_int(next, 0, "and nothing waits any more");
	is_int(queue_pause_ms(1), 2000, "the first pause is short");
	is_int(queue_pause_ms(2), 10000, "the second is longer");
	is_int(queue_pause_ms(1000), 300000, "none is without an end");
	str_release(&got);
	store_close(st);
}

static void
test_renew(void)
{
	struct store *st = fixture_store(NULL);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct queue_stats stats;
	struct job *jobs;
	int64_t id, lease;
	int attempt;
	size_t n;

	fixture_run(st, fixture_repo(st, "r"), 1, "a");
	must(queue_stats(st, &stats, &err));
	ok(stats.pending == 1 && stats.active == 0, "one waits");
	id = fixture_start(st, &attempt);
	must(queue_stats(st, &stats, &err));
	ok(stats.pending == 0 && stats.active == 1, "one runs");
	must(queue_assign_process(st, id, attempt, 42, 43, &err));
	must(queue_active(st, &a, &jobs, &n, &err));
	ok(n == 1 && jobs[0].pid == 42 && jobs[0].pid_started == 43,
	    "its process can be found");
	lease = jobs[0].lease_until_ms;
	is_int(must(queue_renew(st, id, attempt, 3600000, &err)), 0,
	    "renewed; nobody cancels");
	must(queue_active(st, &a, &jobs, &n, &err));
	ok(jobs[0].lease_until_ms > lease, "the lease is longer");
	is_int(queue_renew(st, id, attempt + 1, 1000, &err), -1,
	    "another attempt has no lease");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(queue_assign_process(st, id, 9, 1, 1, &err), -1,
	    "nor a process");
	must(job_cancel(st, id, NULL, "x", &err));
	is_int(must(queue_renew(st, id, attempt, 1000, &err)), 1,
	    "now somebody does");
	arena_release(&a);
	store_close(st);
}

#define HAMMER_JOBS 120
#define HAMMER_WORKERS 6

struct hammer {
	const char *path;
	int to;
};

/* Claim until the queue is empty; every id goes into the pipe. */
static int
hammer_work(int i, void *ctx)
{
	struct hammer *h = ctx;
	struct store *st = fixture_open(h->path);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	int rc;

	(void)i;
	while ((rc = queue_claim(st, "w", 60000, NULL, &a, &job, &err)) == 1)
		if (write(h->to, &job.id, sizeof(job.id)) != sizeof(job.id))
			return 1;
	if (rc == -1)
		printf("# %s\n", err.text);
	arena_release(&a);
	store_close(st);
	return rc == 0 ? 0 : 1;
}

static void
test_hammer(void)
{
	struct hammer h;
	struct store *st = fixture_store(&h.path);
	int64_t repo = fixture_repo(st, "r"), id;
	int count[HAMMER_JOBS + 1] = { 0 }, fds[2], doubled = 0, lost = 0;

	for (int i = 0; i < HAMMER_JOBS; i += 4)
		fixture_run(st, repo, i % 3, "a b c d");
	store_close(st);
	if (!ok(pipe(fds) == 0, "a pipe"))
		return;
	h.to = fds[1];
	is_int(fixture_fork(HAMMER_WORKERS, hammer_work, &h), 0,
	    "%d processes empty the queue", HAMMER_WORKERS);
	(void)close(fds[1]);
	while (read(fds[0], &id, sizeof(id)) == sizeof(id))
		if (id >= 1 && id <= HAMMER_JOBS)
			count[id]++;
	(void)close(fds[0]);
	for (int i = 1; i <= HAMMER_JOBS; i++) {
		doubled += count[i] > 1;
		lost += count[i] == 0;
	}
	is_int(doubled, 0, "no job is claimed twice");
	is_int(lost, 0, "none is left");
	is_int(fixture_sql(h.path, "SELECT count(*) FROM jobs WHERE "
	    "attempt = 1 AND state = 'assigned'"), HAMMER_JOBS,
	    "each has one attempt");
}

int
main(void)
{
	test_order();
	test_ageing();
	test_ageing_starts_when_ready();
	test_lost_lease();
	test_retry();
	test_lost_while_cancelling();
	test_place_kept();
	test_pause();
	test_renew();
	test_hammer();
	return tap_done();
}
