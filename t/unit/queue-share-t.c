/*
 * queue-share-t.c - who is next when several want to be: shares, limits,
 * pauses, and why a job waits.
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
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define NOON INT64_C(1800014400000) /* 2027-01-15, 12:00 UTC */

static const struct queue_limits no_limits;

/* Claim one job: its run, or 0. */
static int64_t
claim(struct store *st, const struct queue_limits *limits, struct job *job)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	int rc = must(queue_claim(st, "w", HOUR, limits, &a, job, &err));

	arena_release(&a);
	return rc == 1 ? job->run : 0;
}

/* Claim up to `max`; the runs in the order they come. */
static const char *
claims(struct store *st, const struct queue_limits *limits, int max)
{
	static char text[2000];
	struct str s = STR_INIT;
	struct job job;

	while (max-- > 0 && claim(st, limits, &job) != 0)
		str_addf(&s, "%s%" PRId64, s.len > 0 ? " " : "", job.run);
	(void)snprintf(text, sizeof(text), "%s", s.s);
	str_release(&s);
	return text;
}

static void
end(struct store *st, const struct job *job)
{
	struct err err = { 0 };

	must(job_start(st, job->id, job->attempt, "sandbox", NULL, "l",
	    &err));
	fixture_end(st, job->id, job->attempt, "succeed");
}

/* A run of `n` jobs that need nothing. */
static int64_t
add_run(struct store *st, int64_t repo, int priority, int n)
{
	struct str graph = STR_INIT;
	int64_t run;

	for (int i = 0; i < n; i++)
		str_addf(&graph, "%sj%d", i > 0 ? " " : "", i);
	run = fixture_run(st, repo, priority, graph.s);
	str_release(&graph);
	return run;
}

/* What the triggers count is what there is. */
static void
check_counts(const char *path, const char *when)
{
	is_int(fixture_sql(path, "SELECT count(*) FROM queue_lanes l WHERE "
	    "l.ready <> (SELECT count(*) FROM jobs WHERE lane = l.id AND "
	    "state = 'pending' AND not_before_ms = 0) OR l.running <> (SELECT "
	    "count(*) FROM jobs WHERE lane = l.id AND state IN ('assigned', "
	    "'running', 'completing'))") +
	    fixture_sql(path, "SELECT count(*) FROM queue_repos r WHERE "
	    "(r.ready, r.running) <> (SELECT coalesce(sum(ready), 0), "
	    "coalesce(sum(running), 0) FROM queue_lanes WHERE repo = "
	    "r.repo)") +
	    fixture_sql(path, "SELECT count(*) FROM queue_owners o WHERE "
	    "(o.ready, o.running) <> (SELECT coalesce(sum(ready), 0), "
	    "coalesce(sum(running), 0) FROM queue_repos WHERE owner = "
	    "o.id)") +
	    fixture_sql(path, "SELECT count(*) FROM jobs WHERE lane IS NULL "
	    "AND state IN ('pending', 'assigned', 'running', 'completing')"),
	    0, "all is counted: %s", when);
}

/* Numbers that somebody has changed by hand, and a lane that is gone, keep
 * nobody from a slot for ever. */
static void
test_recount(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t a = fixture_repo_of(st, "ada", "r");
	int64_t b = fixture_repo_of(st, "bob", "r");
	struct err err = { 0 };
	struct job job;

	add_run(st, a, 1, 3);
	add_run(st, b, 1, 2);
	claim(st, NULL, &job);
	is_int(queue_recount(st, &err), 0, "what the triggers count is right");
	fixture_sql(path, "DELETE FROM queue_lanes WHERE repo = 2");
	fixture_sql(path, "UPDATE queue_lanes SET running = running + 5 "
	    "WHERE repo = 1");
	fixture_sql(path, "UPDATE queue_repos SET ready = 0 "
	    "WHERE repo = 1");
	fixture_sql(path, "UPDATE queue_owners SET running = 9, ready = 0 "
	    "WHERE name = 'bob'");
	ok(queue_recount(st, &err) > 0, "what is wrong is counted again");
	check_counts(path, "after a recount");
	is_int(queue_recount(st, &err), 0, "and stays right");
	is_str(claims(st, NULL, 9), "2 1 2 1", "all that wait are claimed");
	store_close(st);
}

/* --- shares --------------------------------------------------------------- */

static void
test_owners_alternate(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t a = fixture_repo_of(st, "ada", "r");
	int64_t b = fixture_repo_of(st, "bob", "r");

	add_run(st, a, 100, 4);
	add_run(st, b, 1, 2);
	is_str(claims(st, NULL, 9), "1 2 1 2 1 1",
	    "two owners have the same number of slots, whatever priority");
	check_counts(path, "with all running");
	store_close(st);
}

static void
test_repos_alternate(void)
{
	struct store *st = fixture_store(NULL);
	int64_t x = fixture_repo_of(st, "ada", "x");
	int64_t y = fixture_repo_of(st, "ada", "y");
	int64_t z = fixture_repo_of(st, "bob", "z");

	add_run(st, x, 10, 4);
	add_run(st, y, 1, 4);
	add_run(st, z, 1, 8);
	is_str(claims(st, NULL, 12), "1 3 2 3 1 3 2 3 1 3 2 3",
	    "repositories share what is their owner's");
	store_close(st);
}

/* The next slot is that of who has none, however many wait before. */
static void
test_flood(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t a = fixture_repo_of(st, "ada", "r");
	int64_t same = fixture_repo_of(st, "ada", "other");
	int64_t b = fixture_repo_of(st, "bob", "r");
	struct job running[2], job;

	for (int i = 0; i < 8; i++)
		add_run(st, a, 10, 50);
	claim(st, NULL, &running[0]);
	claim(st, NULL, &running[1]);
	add_run(st, same, 1, 1);
	end(st, &running[0]);
	is_int(claim(st, NULL, &job), 9, "a flood of one repository leaves "
	    "the next slot to another of its owner");
	add_run(st, b, 1, 1);
	end(st, &running[1]);
	is_int(claim(st, NULL, &job), 10, "and to another owner");
	check_counts(path, "in a flood");
	store_close(st);
}

/* One slot; each owner always has work. Returns who used how much. */
static void
share_one_slot(struct store *st, const int64_t length_ms[2],
    int64_t total_ms, int64_t used_ms[2])
{
	int64_t repo[2] = { fixture_repo_of(st, "ada", "r"),
		fixture_repo_of(st, "bob", "r") };
	int64_t of[2000] = { 0 }, now = NOON;
	struct job job;

	used_ms[0] = used_ms[1] = 0;
	clock_stand_at(now);
	for (int i = 0; i < 2; i++)
		of[add_run(st, repo[i], 1, 1)] = i;
	while (now < NOON + total_ms) {
		int64_t run = claim(st, NULL, &job);
		int who = (int)of[run];

		of[add_run(st, repo[who], 1, 1)] = who;
		now += length_ms[who];
		used_ms[who] += length_ms[who];
		clock_stand_at(now);
		end(st, &job);
	}
	clock_stand_at(0);
}

static void
test_time_is_shared(void)
{
	static const struct {
		int64_t length_ms[2], total_ms;
	} cases[] = {
		{ { 10 * MINUTE, 10 * MINUTE }, 10 * HOUR },
		{ { HOUR, 5 * MINUTE }, 20 * HOUR },
		{ { MINUTE, 17 * MINUTE }, 4 * HOUR },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *path;
		struct store *st = fixture_store(&path);
		int64_t used[2], most = cases[i].length_ms[0] >
		    cases[i].length_ms[1] ? cases[i].length_ms[0] :
		    cases[i].length_ms[1];

		share_one_slot(st, cases[i].length_ms, cases[i].total_ms,
		    used);
		ok(used[0] - used[1] <= most && used[1] - used[0] <= most,
		    "one slot, jobs of %" PRId64 " and %" PRId64 " min: "
		    "%" PRId64 " and %" PRId64 " min used",
		    cases[i].length_ms[0] / MINUTE,
		    cases[i].length_ms[1] / MINUTE, used[0] / MINUTE,
		    used[1] / MINUTE);
		is_int(fixture_sql(path, "SELECT used_ms FROM queue_owners "
		    "WHERE name = 'ada'"), used[0], "and so it is counted");
		store_close(st);
	}
}

/* Who was away has what all have, and not what he did not use. */
static void
test_nobody_saves_up(void)
{
	struct store *st = fixture_store(NULL);
	int64_t a = fixture_repo_of(st, "ada", "r");
	int64_t b = fixture_repo_of(st, "bob", "r"), now = NOON;
	struct str got = STR_INIT;
	struct job job;

	clock_stand_at(now);
	add_run(st, a, 1, 30);
	for (int i = 0; i < 20; i++) {
		if (i == 10)
			add_run(st, b, 1, 30);
		if (i >= 10)
			str_addf(&got, "%" PRId64, claim(st, NULL, &job));
		else
			claim(st, NULL, &job);
		now += HOUR;
		clock_stand_at(now);
		end(st, &job);
	}
	is_str(got.s, "1212121212", "after 10 hours of one, two take turns");
	clock_stand_at(0);
	str_release(&got);
	store_close(st);
}

/* A constant flow of main: 20 jobs queued and 20 claimed in a minute, behind
 * a backlog of 40. */
static void
test_bounded_start(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r = fixture_repo(st, "r"), feature, now = NOON;
	int n_claims = 0, started = 0;
	struct job job;

	clock_stand_at(now);
	add_run(st, r, 10, 40);
	feature = add_run(st, r, 1, 1);
	for (int minute = 0; minute < 30 && started == 0; minute++) {
		add_run(st, r, 10, 20);
		for (int i = 0; i < 20 && started == 0; i++) {
			n_claims++;
			if (claim(st, NULL, &job) == feature)
				started = n_claims;
			end(st, &job);
		}
		now += MINUTE;
		clock_stand_at(now);
	}
	ok(started > 40 && started <= 40 + 10 * 20 + 1, "a job of a feature "
	    "branch starts under a constant flow from main: claim %d", started);
	clock_stand_at(0);
	store_close(st);
}

/* --- limits --------------------------------------------------------------- */

static void
set_limit(struct store *st, enum queue_what what, const char *name,
    int64_t repo, int64_t max)
{
	const struct queue_scope scope = { what, name, repo };
	struct err err = { 0 };

	must(queue_limit(st, &scope, max, &err));
}

static int64_t
add_labelled(struct store *st, int64_t repo, const char *labels)
{
	struct str text = STR_INIT;
	int64_t run;

	str_addf(&text, "on: push\njobs:\n  a:\n    runs-on: %s\n    steps:\n"
	    "      - run: 'true'\n", labels);
	run = fixture_workflow(st, repo, 1, text.s);
	str_release(&text);
	return run;
}

static void
test_limits(void)
{
	const struct queue_limits two = { .owner = 2 }, one = { .repo = 1 },
	    host = { .host = 3 };
	struct store *st = fixture_store(NULL);
	int64_t x = fixture_repo_of(st, "ada", "x");
	int64_t y = fixture_repo_of(st, "ada", "y");
	int64_t z = fixture_repo_of(st, "bob", "z");

	add_run(st, x, 1, 9);
	add_run(st, y, 1, 9);
	add_run(st, z, 1, 9);
	is_str(claims(st, &one, 9), "1 3 2", "one of each repository");
	is_str(claims(st, &host, 9), "", "no more than the host has slots");
	set_limit(st, QUEUE_REPO, NULL, x, 3);
	is_str(claims(st, &one, 9), "1 1", "a repository's own limit counts "
	    "before that of all");
	set_limit(st, QUEUE_OWNER, "ADA", 0, 5);
	is_str(claims(st, &two, 9), "3 2", "an owner's, too");
	set_limit(st, QUEUE_OWNER, "ada", 0, -1);
	set_limit(st, QUEUE_REPO, NULL, x, 0);
	is_str(claims(st, &no_limits, 6), "3 3 3 2 3 2", "who may not have "
	    "another is passed over");
	store_close(st);
}

static void
test_label_limits(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t r = fixture_repo(st, "r");
	struct err err = { 0 };
	struct job job;

	set_limit(st, QUEUE_LABEL, "GPU", 0, 1);
	add_labelled(st, r, "[linux, gpu]");
	add_labelled(st, r, "[Gpu]");
	add_labelled(st, r, "linux");
	add_labelled(st, r, "gpu2");
	claim(st, NULL, &job);
	is_int(job.run, 1, "the first with the label");
	is_str(claims(st, NULL, 9), "3 4", "the next one does not keep "
	    "others of its repository waiting");
	end(st, &job);
	is_str(claims(st, NULL, 9), "2", "then it is its turn");
	check_counts(path, "with labels");
	is_int(must(queue_sweep(st, &err)), 1, "an empty lane goes");
	set_limit(st, QUEUE_LABEL, "gpu", 0, -1);
	add_labelled(st, r, "gpu");
	is_str(claims(st, NULL, 9), "5", "without a limit there is none");
	check_counts(path, "after lanes went");
	store_close(st);
}

/* --- pauses --------------------------------------------------------------- */

static int
set_pause(struct store *st, enum queue_what what, const char *name,
    int64_t repo, bool on)
{
	const struct queue_scope scope = { what, name, repo };
	struct err err = { 0 };

	return must(on ? queue_pause(st, &scope, "eve", "disk full", &err) :
	    queue_resume(st, &scope, &err));
}

static void
test_pauses(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t x = fixture_repo_of(st, "ada", "x");
	int64_t y = fixture_repo_of(st, "bob", "y");
	const struct queue_scope nobody = { QUEUE_OWNER, "nobody", 0 };
	struct err err = { 0 };

	add_run(st, x, 1, 9);
	add_run(st, y, 1, 9);
	is_int(set_pause(st, QUEUE_HOST, NULL, 0, true), 1, "drained");
	is_int(set_pause(st, QUEUE_HOST, NULL, 0, true), 0, "as it was");
	is_int(set_pause(st, QUEUE_ALL, NULL, 0, true), 1, "and paused");
	store_close(st);
	st = fixture_open(path);
	is_str(claims(st, NULL, 9), "", "nothing is claimed, also later");
	is_int(set_pause(st, QUEUE_HOST, NULL, 0, false), 1, "no drain");
	is_str(claims(st, NULL, 9), "", "still paused");
	is_int(set_pause(st, QUEUE_ALL, NULL, 0, false), 1, "resumed");
	is_int(set_pause(st, QUEUE_ALL, NULL, 0, false), 0, "once");
	is_int(set_pause(st, QUEUE_REPO, NULL, x, true), 1, "one repository");
	is_str(claims(st, NULL, 2), "2 2", "the other goes on");
	is_int(set_pause(st, QUEUE_REPO, NULL, x, false), 1, "it goes on");
	is_int(set_pause(st, QUEUE_OWNER, "Bob", 0, true), 1, "an owner");
	is_str(claims(st, NULL, 3), "1 1 1", "others go on");
	is_int(queue_pause(st, &nobody, "eve", NULL, &err), -1,
	    "of nobody: %s", err.text);
	is_int(err.code, ERR_NOT_FOUND, "is said");
	store_close(st);
}

/* --- reasons -------------------------------------------------------------- */

static const char *
reason_of(struct store *st, int64_t run, const struct queue_limits *limits)
{
	static char text[500];
	const struct config config = { .max_jobs = limits->host,
		.max_repo_jobs = limits->repo };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *reason = "";

	must(queue_reason(st, fixture_job(st, run, "j0"), &config, &a,
	    &reason, &err));
	(void)snprintf(text, sizeof(text), "%s", reason);
	arena_release(&a);
	return text;
}

static void
test_reasons(void)
{
	const struct queue_limits l = { .host = 2, .repo = 2 };
	struct store *st = fixture_store(NULL);
	int64_t x = fixture_repo_of(st, "ada", "x");
	int64_t y = fixture_repo_of(st, "bob", "y");
	struct err err = { 0 };
	struct job job;

	clock_stand_at(NOON);
	add_run(st, x, 1, 1);
	is_str(reason_of(st, 1, &l), "1st in the queue: 0 of 2 slots are "
	    "used", "at once");
	clock_stand_at(NOON + MINUTE);
	is_str(reason_of(st, 1, &l), "1st in the queue: 0 of 2 slots are "
	    "used; nobody takes it: does pawl-workerd run?", "nobody works");
	claim(st, &l, &job);
	is_str(reason_of(st, 1, &l), "", "it does not wait");
	must(queue_lose(st, job.id, 1, 3, 90000, "the lease was lost", &err));
	is_str(reason_of(st, 1, &l), "until 12:02:30 UTC, after attempt 1: "
	    "the lease was lost", "a pause");
	for (int i = 0; i < 4; i++)
		add_run(st, x, i == 3 ? 10 : 1, 1);
	add_run(st, y, 1, 1);
	is_str(reason_of(st, 5, &l), "1st in the queue: 0 of 2 slots are "
	    "used", "the first");
	is_str(reason_of(st, 6, &l), "2nd in the queue: 0 of 2 slots are "
	    "used", "that of another owner before the rest");
	is_str(reason_of(st, 2, &l), "3rd in the queue: 0 of 2 slots are "
	    "used", "then that");
	is_str(claims(st, &l, 9), "5 6", "so it comes");
	is_str(reason_of(st, 2, &l), "1st in the queue: 2 of 2 slots are "
	    "used", "the host is full");
	set_limit(st, QUEUE_REPO, NULL, x, 1);
	is_str(reason_of(st, 2, &l), "1 of 1 jobs of repository ada/x run "
	    "(limit)", "the repository's limit");
	set_limit(st, QUEUE_OWNER, "ada", 0, 1);
	is_str(reason_of(st, 2, &l), "1 of 1 jobs of owner ada run (limit)",
	    "the owner's");
	set_limit(st, QUEUE_OWNER, "ada", 0, -1);
	set_limit(st, QUEUE_REPO, NULL, x, -1);
	set_limit(st, QUEUE_LABEL, "ubuntu", 0, 2);
	is_str(reason_of(st, 2, &l), "all 2 jobs with label \"ubuntu\" that "
	    "may run at once do (limit)", "the label's");
	set_limit(st, QUEUE_LABEL, "ubuntu", 0, 0);
	is_str(reason_of(st, 2, &l), "no worker offers label \"ubuntu\"",
	    "a label that nobody has");
	set_pause(st, QUEUE_REPO, NULL, x, true);
	is_str(reason_of(st, 2, &l), "repository ada/x is paused by eve: disk "
	    "full", "a pause of a repository");
	set_pause(st, QUEUE_OWNER, "ada", 0, true);
	is_str(reason_of(st, 2, &l), "owner ada is paused by eve: disk full",
	    "of an owner");
	set_pause(st, QUEUE_ALL, NULL, 0, true);
	is_str(reason_of(st, 2, &l), "the queue is paused by eve: disk full",
	    "of the queue");
	set_pause(st, QUEUE_HOST, NULL, 0, true);
	is_str(reason_of(st, 2, &l), "the host is being drained by eve: disk "
	    "full", "a drain");
	clock_stand_at(0);
	store_close(st);
}

/* The places are those of the claims. */
static void
test_line(void)
{
	const struct queue_limits l = { .host = 100 };
	const struct queue_query q = { .limit = QUEUE_LINE_MAX };
	struct store *st = fixture_store(NULL);
	struct str want = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct queue_entry *line;
	struct job job;
	size_t n;

	for (int i = 0; i < 6; i++) {
		char owner[] = "a", name[] = "r";

		owner[0] += (char)(i % 3);
		name[0] += (char)(i / 3);
		fixture_repo_of(st, owner, name);
	}
	for (int i = 0; i < 12; i++)
		add_run(st, 1 + i * i % 6, i % 4, 1 + i % 3);
	claims(st, &l, 5);
	must(queue_line(st, &q, &l, &a, &line, &n, &err));
	for (size_t i = 0; i < n; i++)
		str_addf(&want, "%s%" PRId64, i > 0 ? " " : "", line[i].run);
	is_str(claims(st, &l, 100), want.s, "%zu jobs are claimed as the "
	    "line says", n);
	is_int(claim(st, &l, &job), 0, "those are all");
	str_release(&want);
	arena_release(&a);
	store_close(st);
}

static void
test_late(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r = fixture_repo(st, "r"), *ids, at;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	size_t n;

	clock_stand_at(NOON);
	add_run(st, r, 1, 2);
	must(queue_say_late(st, HOUR, 9, &a, &ids, &n, &err));
	is_int((int64_t)n, 0, "none has waited for long");
	must(queue_late_next(st, HOUR, &at, &err));
	is_int(at, NOON + HOUR, "when one will have");
	clock_stand_at(NOON + HOUR);
	must(queue_say_late(st, HOUR, 9, &a, &ids, &n, &err));
	is_int((int64_t)n, 2, "both have");
	must(queue_say_late(st, HOUR, 9, &a, &ids, &n, &err));
	is_int((int64_t)n, 0, "it is said once");
	must(queue_late_next(st, HOUR, &at, &err));
	is_int(at, 0, "no other will have");
	clock_stand_at(0);
	arena_release(&a);
	store_close(st);
}

/* --- many claimers -------------------------------------------------------- */

#define CLAIMERS 6

/* Claim as long as there is something. */
static int
claim_all(int i, void *ctx)
{
	const struct queue_limits limits = { .host = 7, .owner = 5,
		.repo = 3 };
	struct store *st = fixture_open(ctx);
	struct job job;

	(void)i;
	while (claim(st, &limits, &job) != 0)
		continue;
	store_close(st);
	return 0;
}

static void
test_claimers(void)
{
	const char *path;
	struct store *st = fixture_store(&path);

	for (int i = 0; i < 6; i++) {
		char owner[] = "a", name[] = "r";

		owner[0] += (char)(i / 3);
		name[0] += (char)(i % 3);
		add_run(st, fixture_repo_of(st, owner, name), i, 10);
	}
	store_close(st);
	is_int(fixture_fork(CLAIMERS, claim_all, (void *)(uintptr_t)path), 0,
	    "%d processes claim at once", CLAIMERS);
	is_int(fixture_sql(path, "SELECT count(*) FROM jobs "
	    "WHERE state = 'assigned'"), 7, "no more than the host may run");
	is_int(fixture_sql(path, "SELECT max(running) FROM queue_owners"), 4,
	    "shared evenly between two owners");
	ok(fixture_sql(path, "SELECT max(running) FROM queue_repos") <= 2,
	    "and between their repositories");
	is_int(fixture_sql(path, "SELECT count(*) FROM jobs "
	    "WHERE attempt > 1"), 0, "none is claimed twice");
	check_counts(path, "after many claimers");
}

/* --- counting ------------------------------------------------------------- */

static void
test_counts(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t x = fixture_repo_of(st, "ada", "x");
	int64_t y = fixture_repo_of(st, "ada", "y");
	struct err err = { 0 };
	struct job job;

	fixture_run(st, x, 1, "a b:a c");
	fixture_run(st, y, 1, "a b");
	claim(st, NULL, &job);
	must(queue_lose(st, job.id, 1, 3, HOUR, "lost", &err));
	check_counts(path, "a job in its pause");
	claim(st, NULL, &job);
	end(st, &job);
	fixture_cancel(st, 1);
	check_counts(path, "after a cancel");
	claim(st, NULL, &job);
	fixture_sql(path, "UPDATE repos SET owner = 'bob' WHERE name = 'y'");
	check_counts(path, "a repository moves to another owner");
	fixture_sql(path, "PRAGMA foreign_keys = ON; "
	    "DELETE FROM repos WHERE name = 'y'");
	check_counts(path, "a repository goes");
	is_int(fixture_sql(path, "SELECT sum(ready + running) "
	    "FROM queue_owners"), 0, "nothing is left of it");
	store_close(st);
}

int
main(void)
{
	test_recount();
	test_owners_alternate();
	test_repos_alternate();
	test_flood();
	test_time_is_shared();
	test_nobody_saves_up();
	test_bounded_start();
	test_limits();
	test_label_limits();
	test_pauses();
	test_reasons();
	test_line();
	test_late();
	test_claimers();
	test_counts();
	return tap_done();
}
