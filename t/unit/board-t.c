/*
 * board-t.c - what is broken since when, how branches do, and the past in
 * numbers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/store/board.h"
#include "lib/store/insights.h"
#include "lib/store/rerun.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct arena a;
static struct store *st;

/* A run of one job on main that ends like this. */
static int64_t
ended(int64_t repo, const char *on)
{
	int64_t run = fixture_run(st, repo, 1, "build"), job;
	int attempt;

	job = fixture_start(st, &attempt);
	fixture_end(st, job, attempt, on);
	return run;
}

/* "owner/r CI #3 since #2 job build", one in a line. */
static const char *
broken(const char *sees)
{
	struct board_broken *list;
	struct str out = STR_INIT;
	struct err err = { 0 };
	const char *text;
	size_t n;

	must(board_broken(st, sees, 10, &a, &list, &n, &err));
	for (size_t i = 0; i < n; i++)
		str_addf(&out, "%s%s #%d since #%d job %s", i > 0 ? "\n" : "",
		    list[i].name, (int)list[i].number,
		    (int)list[i].since_number,
		    list[i].job != NULL ? list[i].job : "none");
	text = arena_strdup(&a, out.s);
	str_release(&out);
	return text;
}

static void
test_broken(void)
{
	int64_t r = fixture_repo(st, "r");
	struct err err = { 0 };
	int64_t last, next, job;
	int attempt;
	size_t n;

	ended(r, "succeed");
	is_str(broken(NULL), "", "nothing is broken");
	ended(r, "fail");
	is_str(broken(NULL), "r #2 since #2 job build", "a failure breaks it");
	last = ended(r, "fail");
	is_str(broken(NULL), "r #3 since #2 job build",
	    "since the first failure, not the last");
	fixture_cancel(st, fixture_run(st, r, 1, "build"));
	is_str(broken(NULL), "r #3 since #2 job build",
	    "what was cancelled says nothing");
	is_str(broken("[99]"), "", "who may not see it is not told");
	must(run_again(st, last, &(struct rerun){ .by = "ada" }, &next, &n,
	    &err));
	fixture_advance(st, next);
	job = fixture_start(st, &attempt);
	fixture_end(st, job, attempt, "succeed");
	is_str(broken(NULL), "", "an attempt that succeeds mends it");
	ended(r, "fail");
	ended(r, "succeed");
	is_str(broken(NULL), "", "and so does another run");
}

static void
test_waits(void)
{
	struct board_waits w;
	struct err err = { 0 };
	int64_t run = fixture_run(st, fixture_repo(st, "q"), 1, "a b:a");

	must(board_waits(st, NULL, &w, &err));
	is_int(w.jobs, 1, "a job waits");
	is_int(w.people, 0, "nobody waits for people");
	must(board_waits(st, "[]", &w, &err));
	is_int(w.jobs, 0, "those that may not be seen are not counted");
	fixture_cancel(st, run);
}

static void
test_insights(void)
{
	int64_t now = clock_now_ms();
	struct insight_query q = { .from_ms = now - 86400000,
		.to_ms = now + 60000, .bucket_ms = 3600000 };
	int64_t total = 0;
	struct insight_job *jobs;
	struct insights in;
	struct err err = { 0 };
	size_t n;

	must(insights_read(st, &q, &a, &in, &err));
	for (size_t i = 0; i < in.n; i++)
		total += in.buckets[i].total;
	is_int(total, in.sum.total, "the parts add up to the whole");
	is_int(in.sum.succeeded, 3, "runs that succeeded");
	is_int(in.sum.failed, 3, "runs that failed");
	is_int(in.sum.other, 2, "runs that were cancelled");
	is_int(insight_success(&in.sum), 375, "of a thousand");
	ok(in.sum.p50_ms <= in.sum.p95_ms && in.sum.p95_ms <= in.sum.p99_ms,
	    "percentiles are in order");
	must(insight_jobs(st, &q, &a, &jobs, &n, &err));
	is_int((int64_t)n, 1, "one job has run");
	is_int(jobs[0].ended, 6, "so often");
	is_int(jobs[0].failed, 3, "and failed so often");
	is_int(jobs[0].flaky, 1, "and passed once when it was tried again");
	q.bucket_ms = 1;
	is_int(insights_read(st, &q, &a, &in, &err), -1,
	    "too many parts are refused");
}

int
main(void)
{
	arena_init(&a, 0);
	st = fixture_store(NULL);
	test_broken();
	test_waits();
	test_insights();
	store_close(st);
	arena_release(&a);
	return tap_done();
}
