/*
 * rebuild-t.c - the events alone give the states; what was tampered with is
 * found.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/artifacts.h"
#include "lib/store/rebuild.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static void
collect(void *ctx, const char *text)
{
	str_addf(ctx, "%s\n", text);
}

static int64_t
verify(struct store *st, int64_t run, struct str *out)
{
	struct err err = { 0 };
	int64_t n;

	str_clear(out);
	must(store_verify_events(st, run, collect, out, &n, &err));
	return n;
}

/* Runs of all sorts: ended every way, lost, cancelled, waiting, running. */
static void
fill(struct store *st)
{
	int64_t repo = fixture_repo(st, "r"), job, run;
	struct err err = { 0 };
	const struct job_done cancel = { .on = "cancel", .exit_code = -1 };
	struct artifact_row kept = { .name = "kept", .path = "kept",
		.digest = "0" };
	int attempt;

	fixture_run(st, repo, 9, "a b:a");
	job = fixture_start(st, &attempt);
	must(step_start(st, job, attempt, 1, NULL, 0, &err));
	must(step_finish(st, job, attempt, 1, "succeed", 0, NULL, &err));
	must(step_finish(st, job, attempt, 2, "skip", -1, "if", &err));
	kept.job = job;
	kept.attempt = attempt;
	must(artifact_add(st, &kept, false, &err));
	fixture_end(st, job, attempt, "succeed");
	job = fixture_start(st, &attempt);
	fixture_end(st, job, attempt, "fail");

	fixture_run(st, repo, 8, "a b:a");
	job = fixture_start(st, &attempt);
	must(step_start(st, job, attempt, 1, NULL, 0, &err));
	must(queue_lose(st, job, attempt, 3, 0, "lost", &err));
	job = fixture_start(st, &attempt);
	must(step_start(st, job, attempt, 1, NULL, 0, &err));

	run = fixture_run(st, repo, 7, "a b c:a,b");
	job = fixture_start(st, &attempt);
	fixture_cancel(st, run);
	must(job_finish(st, job, attempt, &cancel, &err));
	fixture_advance(st, run);
	fixture_run(st, repo, 1, "a b:a");
}

static void
test_same(void)
{
	struct store *st = fixture_store(NULL);
	struct str out = STR_INIT;
	struct err err = { 0 };
	int64_t n;

	fill(st);
	is_int(verify(st, 0, &out), 0, "no difference");
	is_str(out.s, "", "and none reported");
	is_int(verify(st, 2, &out), 0, "nor in one run");
	is_int(store_verify_events(st, 99, collect, &out, &n, &err), -1,
	    "%s", err.text);
	is_int(err.code, ERR_NOT_FOUND, "a run that is none");
	str_release(&out);
	store_close(st);
}

/* Events can be changed only by taking their guards away first. */
#define UNGUARDED "DROP TRIGGER events_no_update; " \
	"DROP TRIGGER events_no_delete; "

static void
test_tampered(void)
{
	static const struct {
		const char *sql, *report;
	} cases[] = {
		{ "UPDATE runs SET state = 'succeeded' WHERE id = 1",
		    "run 1: the run is succeeded, but its events say "
		    "failed\n" },
		{ "UPDATE jobs SET state = 'pending', attempt = 1 "
		    "WHERE id = 3",
		    "run 2: job 3 is pending, but its events say running\n"
		    "run 2: job 3 is at attempt 1, but its events say 2\n" },
		{ "UPDATE steps SET state = 'queued' WHERE job = 3 AND "
		    "attempt = 2 AND number = 1",
		    "run 2: step 3/2/1 is queued, but its events say "
		    "running\n" },
		{ "DELETE FROM steps WHERE job = 3 AND attempt = 1 AND "
		    "number = 2",
		    "run 2: step 3/1/2 has events, but is gone\n" },
		{ "INSERT INTO steps (job, attempt, number, title, command, "
		    "state) VALUES (8, 1, 3, 't', 'c', 'queued')",
		    "run 4: step 8/1/3 is queued, but no event created it\n" },
		{ UNGUARDED "UPDATE events SET data = json_set(data, '$.to', "
		    "'succeeded') WHERE run = 1 AND type = 'run.failed'",
		    "run 1: event 20 (run.failed) moves the run from running "
		    "to succeeded, but it was running\n"
		    "run 1: the run is failed, but its events say "
		    "succeeded\n" },
		{ UNGUARDED "DELETE FROM events WHERE run = 4 AND seq = 2",
		    "run 4: event 2 is missing\n"
		    "run 4: job 8 is pending, but no event created it\n"
		    "run 4: step 8/1/1 is queued, but no event created it\n"
		    "run 4: step 8/1/2 is queued, but no event created it\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *path;
		struct store *st = fixture_store(&path);
		struct str out = STR_INIT, sql = STR_INIT;

		fill(st);
		str_addf(&sql, "PRAGMA ignore_check_constraints = ON; %s",
		    cases[i].sql);
		fixture_sql(path, sql.s);
		ok(verify(st, 0, &out) > 0, "found: %s", cases[i].sql);
		is_str(out.s, cases[i].report, "and told");
		str_release(&out);
		str_release(&sql);
		store_close(st);
	}
}

static struct rebuild_result
rebuild(struct store *st, const char *by, struct str *out)
{
	const struct rebuild how = { .by = by, .report = collect,
		.ctx = out };
	struct rebuild_result r;
	struct err err = { 0 };

	str_clear(out);
	must(store_rebuild(st, &how, &r, &err));
	return r;
}

/* What is damaged is found, written back, told in an event, and right then. */
static void
test_mended(void)
{
	static const char *const damages[] = {
		"UPDATE runs SET state = 'running', finished_at_ms = NULL "
		"WHERE id = 1",
		"UPDATE jobs SET state = 'pending', rank_ms = 1, attempt = 1 "
		"WHERE id = 3",
		"UPDATE jobs SET state = 'skipped', finished_at_ms = 1 "
		"WHERE id = 8",
		"UPDATE jobs SET state = 'blocked', finished_at_ms = NULL "
		"WHERE id = 1",
		"UPDATE steps SET state = 'failed', finished_at_ms = 1 "
		"WHERE job = 8 AND number = 2",
		"UPDATE queue_lanes SET ready = ready + 3",
	};

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		const char *path;
		struct store *st = fixture_store(&path);
		struct str out = STR_INIT;
		struct rebuild_result r;
		int64_t events;

		fill(st);
		fixture_sql(path, damages[i]);
		events = fixture_sql(path, "SELECT count(*) FROM events");
		r = rebuild(st, NULL, &out);
		ok(r.differences > 0 && r.mended == 0 && r.runs == 4,
		    "found: %s", damages[i]);
		is_int(fixture_sql(path, "SELECT count(*) FROM events"),
		    events, "and left alone");
		r = rebuild(st, "ada", &out);
		ok(r.mended > 0, "written back");
		is_int(verify(st, 0, &out), 0, "right then");
		is_str(out.s, "", "all of it");
		ok(i == 5 || fixture_sql(path, "SELECT count(*) FROM events "
		    "WHERE type = 'run.rebuilt' AND data ->> 'by' = 'ada'") >
		    0, "and told");
		str_release(&out);
		store_close(st);
	}
}

/* A run with more events than are read at once. */
static void
test_long(void)
{
	struct store *st = fixture_store(NULL);
	struct str out = STR_INIT;
	struct err err = { 0 };
	int attempt;

	fixture_run(st, fixture_repo(st, "r"), 1, "a");
	for (int i = 0; i < 120; i++)
		must(queue_lose(st, fixture_start(st, &attempt), i + 1, 999, 0,
		    "lost", &err));
	is_int(verify(st, 0, &out), 0, "no difference in a long run");
	is_str(out.s, "", "at all");
	str_release(&out);
	store_close(st);
}

int
main(void)
{
	test_same();
	test_tampered();
	test_mended();
	test_long();
	return tap_done();
}
