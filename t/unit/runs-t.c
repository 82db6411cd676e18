/*
 * runs-t.c - runs, jobs and steps: create, move, what follows from what.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/outbox.h"
#include "lib/store/run_search.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

/* The whole history of a run as text: "seq type" lines, with the job's key. */
static void
history(struct store *st, int64_t run, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct event *e;
	size_t n;

	must(event_list(st, run, 0, 1000, &a, &e, &n, &err));
	for (size_t i = 0; i < n; i++) {
		const char *key = strstr(e[i].data, "\"key\":\"");

		str_addf(out, "%" PRId64 " %s%s%.1s\n", e[i].seq, e[i].type,
		    key != NULL ? " " : "", key != NULL ? key + 7 : "");
	}
	arena_release(&a);
}

static void
test_history(void)
{
	struct store *st = fixture_store(NULL);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b:a");
	struct str got = STR_INIT;
	struct err err = { 0 };
	int attempt;
	int64_t job = fixture_start(st, &attempt);

	must(step_start(st, job, attempt, 1, NULL, 0, &err));
	must(step_finish(st, job, attempt, 1, "fail", 2, "exit code 2",
	    &err));
	fixture_end(st, job, attempt, "fail");
	history(st, run, &got);
	is_str(got.s,
	    "1 run.created\n"
	    "2 job.created a\n"
	    "3 job.created b\n"
	    "4 job.assigned a\n"
	    "5 job.started a\n"
	    "6 run.started\n"
	    "7 step.started a\n"
	    "8 step.failed a\n"
	    "9 job.completing a\n"
	    "10 step.skipped a\n"
	    "11 job.failed a\n"
	    "12 job.skipped b\n"
	    "13 run.failed\n", "every change is an event, without gaps");
	str_release(&got);
	store_close(st);
}

static void
test_create(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	int64_t other = fixture_repo(st, "other");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run run, read;
	struct job *jobs;
	struct step *steps;
	size_t n;
	int64_t id;

	id = fixture_run(st, repo, 10, "a b:a c:a,b");
	is_int(must(run_find(st, "OWNER", "R", 1, &a, &run, &err)), 1,
	    "found by names without regard to case");
	is_int(run.id, id, "it is the run");
	is_str(run.owner, "owner", "the owner is written as registered");
	ok(str_starts_with(run.config, "on: push\n"),
	    "one run has its file's text");
	is_int(run.created_at_ms > 0 && run.started_at_ms == 0 &&
	    run.finished_at_ms == 0, 1, "created, not started");
	is_str(fixture_jobs(st, id), "a=pending b=blocked c=blocked",
	    "jobs without needs are pending");
	must(job_list(st, id, &a, &jobs, &n, &err));
	is_int(jobs[0].attempt, 0, "nobody claimed it");
	is_int(jobs[0].exit_code, -1, "no exit code");
	is_int(jobs[0].priority, 10, "jobs have the run's priority");
	must(step_list_run(st, id, &a, &steps, &n, &err));
	is_int((long long)n, 2, "steps are made of what may start");
	is_str(steps[1].title, "second", "in order");

	fixture_run(st, repo, 1, "a");
	id = fixture_run(st, other, 1, "a");
	must(run_find_id(st, id, &a, &read, &err));
	is_int(read.number, 1, "numbers count in each repository");
	must(run_newest(st, repo, "main", &a, &read, &err));
	is_int(read.number, 2, "the newest of a branch");
	is_int(must(run_newest(st, repo, "none", &a, &read, &err)), 0,
	    "a branch without runs has none");
	is_int(must(run_find(st, "owner", "r", 3, &a, &read, &err)), 0,
	    "a number that was not given");
	arena_release(&a);
	store_close(st);
}

static void
test_lists(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r1 = fixture_repo(st, "r"), r2 = fixture_repo(st, "s");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run *list;
	size_t n;

	for (int i = 0; i < 5; i++) {
		fixture_run(st, r1, 1, "a");
		fixture_run(st, r2, 1, "a");
	}
	must(run_list(st, 0, 0, 4, &a, &list, &n, &err));
	ok(n == 4 && list[0].id == 10 && list[3].id == 7,
	    "all, newest first, to a limit");
	ok(list[0].config == NULL, "lists leave the texts out");
	must(run_list(st, r1, list[3].id, 10, &a, &list, &n, &err));
	ok(n == 3 && list[0].id == 5 && list[2].id == 1,
	    "of one repository, after the last one seen");
	arena_release(&a);
	store_close(st);
}

/* Ten runs, an hour apart. */
static void
test_times(void)
{
	const int64_t hour = 3600000, from = 1700000000000;
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), next;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run_query q = { .limit = 20 };
	struct run *list;
	size_t n;

	for (int i = 0; i < 10; i++) {
		clock_stand_at(from + i * hour);
		fixture_run(st, repo, 1, "a");
	}
	clock_stand_at(0);
	q.since_ms = from + 3 * hour;
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	ok(n == 7 && list[6].id == 4 && next == 0, "made then or later");
	q.until_ms = from + 5 * hour;
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	ok(n == 3 && list[0].id == 6 && list[2].id == 4, "or before");
	q.limit = 2;
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	q.before = next;
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	ok(n == 1 && list[0].id == 4 && next == 0, "page by page");
	q = (struct run_query){ .limit = 20, .since_ms = from + 11 * hour };
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	ok(n == 0 && next == 0, "none is that new");
	q = (struct run_query){ .limit = 3, .skip = 8 };
	must(run_search(st, &q, &a, &list, &n, &next, &err));
	ok(n == 2 && list[0].id == 2, "some are left out");
	arena_release(&a);
	store_close(st);
}

static void
test_without_jobs(void)
{
	static const struct {
		const char *problems, *state;
	} cases[] = {
		{ NULL, "skipped" },
		{ ".ci.yml:1:1: error: x", "failed" },
	};
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run run = { .repo = repo, .workflow = "ci",
			.file = ".ci.yml", .event = "push", .ref = "r",
			.branch = "main", .sha = "s", .title = "t",
			.actor = "a", .why = "w",
			.problems = cases[i].problems };
		struct arena a = ARENA_INIT(0);
		struct err err = { 0 };
		struct run read;

		must(run_create(st, &run, &err));
		is_str(machine_state_name(MACHINE_RUN, (int)run.state),
		    cases[i].state, "a run without jobs is %s",
		    cases[i].state);
		must(run_find_id(st, run.id, &a, &read, &err));
		ok(read.state == run.state && read.finished_at_ms > 0,
		    "and finished");
		is_str(read.problems, cases[i].problems, "with its problems");
		arena_release(&a);
	}
	store_close(st);
}

/* End every job of a run as the letters say: succeed, fail, cancel (while it
 * waits). What is not pending any more is left alone. */
static void
play(struct store *st, int64_t run, const char *keys, const char *ends)
{
	struct err err = { 0 };

	for (; *keys != '\0'; keys++, ends++) {
		char key[2] = { *keys, '\0' };
		int64_t job = fixture_job(st, run, key);
		int attempt;

		if (*ends == 'c') {
			must(job_cancel(st, job, NULL, "somebody", &err));
			fixture_advance(st, run);
		} else if (*ends == 's' || *ends == 'f') {
			job = fixture_start(st, &attempt);
			fixture_end(st, job, attempt,
			    *ends == 's' ? "succeed" : "fail");
		}
	}
}

static void
test_ends(void)
{
	static const struct {
		const char *graph, *keys, *ends, *jobs, *run;
	} cases[] = {
		{ "a b", "ab", "ss", "a=succeeded b=succeeded", "succeeded" },
		{ "a b", "ab", "sf", "a=succeeded b=failed", "failed" },
		{ "a b", "ab", "fs", "a=failed b=succeeded", "failed" },
		{ "a b", "ab", "ff", "a=failed b=failed", "failed" },
		{ "a b", "ab", "cs", "a=cancelled b=succeeded", "cancelled" },
		{ "a b", "ab", "cf", "a=cancelled b=failed", "failed" },
		{ "a b", "ab", "cc", "a=cancelled b=cancelled", "cancelled" },
		{ "a b", "ab", "s-", "a=succeeded b=pending", "running" },
		{ "a b", "ab", "c-", "a=cancelled b=pending", "pending" },
		{ "a b:a", "a", "s", "a=succeeded b=pending", "running" },
		{ "a b:a", "ab", "ss", "a=succeeded b=succeeded",
		    "succeeded" },
		{ "a b:a c:b", "a", "f", "a=failed b=skipped c=skipped",
		    "failed" },
		{ "a b:a c:b", "a", "c", "a=cancelled b=skipped c=skipped",
		    "cancelled" },
		{ "a b:a c:b", "ab", "sf", "a=succeeded b=failed c=skipped",
		    "failed" },
		{ "a b:a c:a d:b,c", "abc", "sss",
		    "a=succeeded b=succeeded c=succeeded d=pending",
		    "running" },
		{ "a b:a c:a d:b,c", "ab", "sf",
		    "a=succeeded b=failed c=pending d=blocked", "running" },
		{ "a b:a c:a d:b,c e:a", "abc", "sfs",
		    "a=succeeded b=failed c=succeeded d=skipped e=pending",
		    "running" },
		{ "a b c:a,b", "a", "c", "a=cancelled b=pending c=blocked",
		    "pending" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store *st = fixture_store(NULL);
		int64_t run = fixture_run(st, fixture_repo(st, "r"), 1,
		    cases[i].graph);

		play(st, run, cases[i].keys, cases[i].ends);
		is_str(fixture_jobs(st, run), cases[i].jobs,
		    "\"%s\", %s ended as %s", cases[i].graph, cases[i].keys,
		    cases[i].ends);
		is_str(fixture_run_state(st, run), cases[i].run,
		    "and its run");
		store_close(st);
	}
}

/* What is refused changes nothing and leaves no event. */
static void
test_refused(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a");
	const struct job_done succeed = { .on = "succeed", .exit_code = -1 };
	const struct job_done fail = { "fail", 1, "why", NULL, NULL };
	const struct job_done cancel = { .on = "cancel", .exit_code = -1 };
	struct err err = { 0 };
	int attempt;
	int64_t job, events;

	job = fixture_job(st, run, "a");
	is_int(job_start(st, job, 0, "e", NULL, "l", &err), -1,
	    "a job that nobody claimed does not start");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	job = fixture_start(st, &attempt);
	is_int(job_finish(st, job, attempt, &succeed, &err), -1,
	    "it does not succeed before it completes");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(job_finish(st, job, attempt + 1, &fail, &err), -1,
	    "another attempt changes nothing");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(step_finish(st, job, attempt, 1, "succeed", 0, NULL, &err),
	    -1, "a step that did not start does not succeed");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(step_start(st, job, attempt, 9, NULL, 0, &err), -1,
	    "a step that is none does not start");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	must(step_start(st, job, attempt, 1, "made for x86", 0, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM steps "
	    "WHERE title = 'made for x86'"), 1,
	    "a step is called as its process says");
	must(job_complete(st, job, attempt, &err));
	is_int(job_finish(st, job, attempt, &succeed, &err), -1,
	    "nor with a step that still runs");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	must(job_finish(st, job, attempt, &fail, &err));
	fixture_advance(st, run);

	events = fixture_sql(path, "SELECT count(*) FROM events");
	is_int(job_finish(st, job, attempt, &cancel, &err), -1,
	    "what has ended stays so");
	is_int(queue_renew(st, job, attempt, 1000, &err), -1,
	    "and has no lease");
	is_int(run_cancel(st, run, "x", &err), 0, "nor is there anything to "
	    "cancel");
	is_int(fixture_sql(path, "SELECT count(*) FROM events"), events,
	    "nothing of it is an event");
	is_int(run_cancel(st, 99, "x", &err), -1, "no such run");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	is_int(fixture_sql(path, "SELECT count(*) FROM steps "
	    "WHERE state = 'failed' AND reason = 'why'"), 1,
	    "the open step ended with its job");
	store_close(st);
}

static void
test_cancel(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b c:a");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	const struct job_done cancel = { "cancel", -1, "cancelled", NULL,
		NULL };
	int attempt;
	int64_t id = fixture_start(st, &attempt);

	is_int(run_cancel(st, run, "somebody", &err), 3, "it concerns all");
	is_str(fixture_jobs(st, run), "a=running b=pending c=blocked",
	    "what becomes of them is decided");
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "a=running b=cancelled c=blocked",
	    "what waits to run ends at once");
	is_str(fixture_run_state(st, run), "running", "the run waits");
	is_int(queue_renew(st, id, attempt, 1000, &err), 1,
	    "its process is told");
	is_int(run_cancel(st, run, "other", &err), 2, "again: two are left");
	is_str(fixture_jobs(st, run), "a=running b=cancelled c=cancelled",
	    "and nothing waits any more");
	must(job_finish(st, id, attempt, &cancel, &err));
	fixture_advance(st, run);
	is_str(fixture_run_state(st, run), "cancelled", "the run has ended");
	must(job_find_id(st, id, &a, &job, &err));
	is_str(job.reason, "cancelled by somebody", "with the reason");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE "
	    "type = 'job.cancel-requested'"), 1, "the wish is written once");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE "
	    "type = 'job.cancel-requested' AND data ->> 'by' = 'somebody'"),
	    1, "with who asked first");
	is_int(fixture_sql(path, "SELECT count(*) FROM steps WHERE "
	    "state NOT IN ('cancelled', 'skipped')"), 0, "no step is open");
	arena_release(&a);
	store_close(st);
}

static void
test_events_append_only(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), run;
	struct err err = { 0 };

	run = fixture_run(st, repo, 1, "a b:a");
	fixture_sql_refused(path, "UPDATE events SET type = 'x'",
	    "events are never changed");
	fixture_sql_refused(path, "DELETE FROM events WHERE seq = 3",
	    "events are never removed before their run");
	fixture_sql_refused(path, "INSERT INTO events "
	    "(run, seq, type, data, at_ms) VALUES (1, 9, 'x', '{}', 1)",
	    "events are numbered without gaps");
	fixture_sql_refused(path, "UPDATE jobs SET state = 'done'",
	    "CHECK constraint failed: state IN ('blocked', 'waiting', "
	    "'pending',\n\t\t'assigned', 'running', 'completing',\n\t\t"
	    "'succeeded', 'failed', 'cancelled', 'skipped')");
	must(repo_remove(st, repo, &err));
	is_int(fixture_sql(path, "SELECT (SELECT count(*) FROM events) + "
	    "(SELECT count(*) FROM runs) + (SELECT count(*) FROM jobs) + "
	    "(SELECT count(*) FROM steps) + (SELECT count(*) FROM outbox) + "
	    "(SELECT count(*) FROM run_files) + "
	    "(SELECT count(*) FROM group_places) + "
	    "(SELECT count(*) FROM pipeline_configs)"), 0,
	    "they go with their repository, with all that is its");
	is_int(repo_remove(st, repo, &err), -1, "which is gone then");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	ok(run > 0 && fixture_run(st, fixture_repo(st, "s"), 1, "a") > run,
	    "ids are not given again");
	store_close(st);
}

static void
test_shared_config(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r");

	for (int i = 0; i < 10; i++)
		fixture_run(st, repo, 1, "a");
	is_int(fixture_sql(path, "SELECT count(*) FROM pipeline_configs"), 1,
	    "ten runs of one file keep its text once");
	store_close(st);
}

/* The version of its file that a run used: 0 when there is none. */
static long long
version_of(struct store *st, int64_t id)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run run = { 0 };

	if (run_find_id(st, id, &a, &run, &err) == 1)
		id = run.file_version;
	arena_release(&a);
	return id;
}

static void
test_versions(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), other = fixture_repo(st, "s");
	int64_t first = fixture_run(st, repo, 1, "a");

	fixture_run(st, other, 1, "x");
	is_int(version_of(st, fixture_run(st, repo, 1, "a b")), 2,
	    "another text of a file is its second version");
	is_int(version_of(st, fixture_run(st, repo, 1, "a")), 1,
	    "a text that comes back has its version again");
	is_int(version_of(st, first), 1, "an old run keeps its own");
	is_int(version_of(st, fixture_run(st, other, 1, "a")), 2,
	    "each repository counts for itself");
	store_close(st);
}

/* Several processes at one run: each ends the jobs that it claims. */
static int
work(int i, void *ctx)
{
	struct store *st = fixture_open(ctx);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	int rc;

	(void)i;
	while ((rc = queue_claim(st, "w", 60000, NULL, &a, &job, &err)) == 1) {
		must(job_start(st, job.id, job.attempt, "sandbox", NULL, "l",
		    &err));
		fixture_end(st, job.id, job.attempt, "succeed");
	}
	arena_release(&a);
	store_close(st);
	return rc == 0 ? 0 : 1;
}

static void
test_concurrent(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r");

	for (int i = 0; i < 8; i++)
		fixture_run(st, repo, 1, "a b c:a,b d:a,b e:c,d f:c,d g:e,f");
	store_close(st);
	is_int(fixture_fork(4, work, (void *)(uintptr_t)path), 0,
	    "four processes work at eight runs");
	while (fixture_sql(path, "SELECT count(*) FROM jobs WHERE "
	    "state = 'pending'") > 0)
		work(0, (void *)(uintptr_t)path);
	is_int(fixture_sql(path, "SELECT count(*) FROM runs WHERE "
	    "state = 'succeeded'"), 8, "all of which succeed");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE "
	    "type = 'job.queued'"), 8 * 5, "no job is queued twice");
	is_int(fixture_sql(path, "SELECT count(*) FROM runs WHERE "
	    "facts <> decided"), 0, "and no run is left undecided");
	is_int(fixture_sql(path, "SELECT count(*) FROM (SELECT run, "
	    "count(*) AS n, max(seq) AS last FROM events GROUP BY run "
	    "HAVING n <> last)"), 0, "no gap in the events of any run");
}

int
main(void)
{
	test_history();
	test_create();
	test_lists();
	test_times();
	test_without_jobs();
	test_ends();
	test_refused();
	test_cancel();
	test_events_append_only();
	test_shared_config();
	test_versions();
	test_concurrent();
	return tap_done();
}
