/*
 * rerun-t.c - attempts of a run: which jobs run again, what the others bring
 * along, and what is refused.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/artifacts.h"
#include "lib/store/decisions.h"
#include "lib/store/rebuild.h"
#include "lib/store/rerun.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct arena a;
static struct store *st;
static const char *path;
static int64_t repo;

/* The new attempt, decided; or 0 with the reason in `why`. */
static int64_t
again(int64_t run, struct rerun how, const char **why)
{
	struct err err = { 0 };
	int64_t next = 0;
	size_t n;

	how.by = "ada";
	if (run_again(st, run, &how, &next, &n, &err) == -1) {
		*why = arena_strdup(&a, err.text);
		return 0;
	}
	fixture_advance(st, next);
	return next;
}

static int64_t
again_ok(int64_t run, struct rerun how)
{
	const char *why = "";
	int64_t next = again(run, how, &why);

	if (next == 0)
		tap_note("%s", why);
	return next;
}

static const char *
refused(int64_t run, struct rerun how)
{
	const char *why = "it was not";

	again(run, how, &why);
	return why;
}

/* Start whatever is next and end it; the job `failing` fails. */
static void
work(const char *failing)
{
	struct err err = { 0 };
	struct job job;
	int attempt;
	int64_t id;

	while (fixture_sql(path, "SELECT count(*) FROM jobs "
	    "WHERE state = 'pending'") > 0) {
		id = fixture_start(st, &attempt);
		must(job_find_id(st, id, &a, &job, &err));
		fixture_end_with(st, id, attempt, strcmp(failing, job.key) ==
		    0 ? "fail" : "succeed", arena_printf(&a,
		    "{\"from\": \"%s of %lld\"}", job.key,
		    (long long)job.run));
	}
}

static void
differs(void *ctx, const char *text)
{
	(void)ctx;
	tap_note("%s", text);
}

static void
verify(const char *what)
{
	struct err err = { 0 };
	int64_t n;

	must(store_verify_events(st, 0, differs, NULL, &n, &err));
	is_int(n, 0, "events and tables agree %s", what);
}

static struct run
find(int64_t id)
{
	struct err err = { 0 };
	struct run run;

	must(run_find_id(st, id, &a, &run, &err));
	return run;
}

static const char *
plan_of(int64_t run, const char *key)
{
	struct err err = { 0 };
	struct job job;

	must(job_find_id(st, fixture_job(st, run, key), &a, &job, &err));
	return job.plan != NULL ? job.plan : "";
}

static const char chain[] =
    "on: push\n"
    "jobs:\n"
    "  a: { runs-on: x, steps: [{ run: a }],\n"
    "       outputs: { from: '${{ steps.x.outputs.y }}' } }\n"
    "  b: { runs-on: x, needs: a,\n"
    "       steps: [{ run: 'echo ${{ needs.a.outputs.from }}' }] }\n"
    "  c: { runs-on: x, needs: b, steps: [{ run: c }] }\n"
    "  d: { runs-on: x, steps: [{ run: d }] }\n";

static void
test_failed(void)
{
	int64_t first = fixture_workflow(st, repo, 10, chain), second;
	struct err err = { 0 };
	struct job *jobs;
	struct step *steps;
	struct run run;
	size_t n;

	work("b");
	is_str(fixture_jobs(st, first), "a=succeeded b=failed c=skipped "
	    "d=succeeded", "a run fails");
	is_str(fixture_run_state(st, first), "failed", "as a whole");
	second = again_ok(first, (struct rerun){ .failed = true });
	run = find(second);
	is_str(fixture_jobs(st, second), "a=succeeded d=succeeded b=pending "
	    "c=blocked", "what failed runs again with what needs it");
	ok(strstr(plan_of(second, "b"), arena_printf(&a, "a of %lld",
	    (long long)first)) != NULL, "and sees the outputs of the others");
	is_int(run.attempt, 2, "it is attempt 2");
	is_int(run.number, find(first).number, "of the same run");
	is_str(run.rerun, "what failed", "which says what it is");
	is_str(run.rerun_by, "ada", "and who asked");
	must(job_list(st, second, &a, &jobs, &n, &err));
	is_int(jobs[0].ran_in, 1, "a job that is not run again says where "
	    "it ran");
	is_int(jobs[0].work, fixture_job(st, first, "a"), "and which it was");
	is_int(jobs[2].ran_in, 0, "others run in this one");
	must(step_list(st, jobs[0].id, &a, &steps, &n, &err));
	is_int((long long)n, 1, "its steps are there");
	must(step_list_run(st, second, &a, &steps, &n, &err));
	is_int((long long)n, 3, "also among all, with those that wait");
	is_int(steps[0].job, jobs[0].id, "as its own");
	verify("while it runs");
	work("");
	is_str(fixture_jobs(st, second), "a=succeeded d=succeeded "
	    "b=succeeded c=succeeded", "all end well now");
	is_str(fixture_run_state(st, second), "succeeded", "and the run");
	is_str(fixture_run_state(st, first), "failed", "the first attempt "
	    "is what it was");
	verify("when it has ended");
}

static void
test_lists(void)
{
	int64_t first = fixture_workflow(st, repo, 10, chain), other, next;
	struct err err = { 0 };
	struct run run, *runs;
	size_t n;

	work("");
	other = fixture_workflow(st, repo, 10, chain);
	work("");
	next = again_ok(first, (struct rerun){ .debug = true });
	run = find(next);
	is_str(fixture_jobs(st, next), "a=pending b=blocked c=blocked "
	    "d=pending", "all jobs can run again");
	is_str(run.rerun, "all jobs, with debug messages", "with more to say");
	is_int(run.debug, 1, "which steps are told");
	must(run_find(st, "owner", "r", run.number, &a, &run, &err));
	is_int(run.id, next, "a number is its newest attempt");
	must(run_find_attempt(st, "owner", "r", run.number, 1, &a, &run,
	    &err));
	is_int(run.id, first, "the others are found too");
	must(run_list(st, repo, 0, 2, &a, &runs, &n, &err));
	is_int(runs[0].id, other, "a run keeps its place in the list");
	is_int(runs[1].id, next, "where its newest attempt stands");
	must(run_list(st, repo, runs[0].id, 10, &a, &runs, &n, &err));
	is_int(runs[0].id, next, "pages go on behind any of them");
	must(run_list(st, 0, next, 10, &a, &runs, &n, &err));
	ok(n > 0 && runs[0].origin < first, "none comes twice");
	must(run_list_attempts(st, &run, &a, &runs, &n, &err));
	is_int((long long)n, 2, "the attempts of one run");
	is_int(runs[0].id, next, "come newest first");
	must(run_newest(st, repo, "main", &a, &run, &err));
	is_int(run.id, other, "a badge shows the newest run, whatever runs "
	    "again");
	work("");
	next = again_ok(other, (struct rerun){ 0 });
	must(run_newest(st, repo, "main", &a, &run, &err));
	is_int(run.id, next, "and of that the newest attempt");
	work("");
}

static const char matrix[] =
    "on: push\n"
    "jobs:\n"
    "  m:\n"
    "    runs-on: x\n"
    "    strategy: { fail-fast: false, matrix: { v: [1, 2, 3] } }\n"
    "    steps: [{ run: m }]\n"
    "  z: { runs-on: x, needs: m, steps: [{ run: z }] }\n"
    "  y: { runs-on: x, steps: [{ run: y }] }\n";

static void
test_matrix(void)
{
	int64_t run = fixture_workflow(st, repo, 10, matrix);

	work("m:2");
	is_str(fixture_jobs(st, run), "m=succeeded m:2=failed "
	    "m:3=succeeded z=skipped y=succeeded", "a leg fails");
	run = again_ok(run, (struct rerun){ .failed = true });
	is_str(fixture_jobs(st, run), "m=succeeded m:3=succeeded "
	    "y=succeeded m:2=pending z=blocked", "that leg runs again");
	work("");
	is_str(fixture_run_state(st, run), "succeeded", "and mends it");
	run = again_ok(run, (struct rerun){ .job = "m:3" });
	is_str(fixture_jobs(st, run), "m=succeeded y=succeeded "
	    "m:2=succeeded m:3=pending z=blocked", "any leg can");
	is_str(find(run).rerun, "job \"m:3\"", "which is said");
	work("");
	run = again_ok(run, (struct rerun){ .job = "m" });
	is_str(fixture_jobs(st, run), "y=succeeded m:2=succeeded "
	    "m:3=succeeded m=pending z=blocked", "also the first, alone");
	work("");
	run = again_ok(run, (struct rerun){ .job = "z" });
	is_str(fixture_jobs(st, run), "y=succeeded m:2=succeeded "
	    "m:3=succeeded m=succeeded z=pending", "a job needs nothing "
	    "but itself");
	work("");
	is_int(find(run).attempt, 5, "attempts count");
	verify("after five of them");
}

static const char caller[] =
    "on: push\n"
    "jobs:\n"
    "  first: { runs-on: x, steps: [{ run: first }] }\n"
    "  call: { needs: first, uses: ./.github/workflows/called.yml }\n"
    "  last: { runs-on: x, needs: call, steps: [{ run: last }] }\n"
    "  gen:\n"
    "    runs-on: x\n"
    "    generate: out.yml\n"
    "    steps: [{ run: gen }]\n";
static const char called[] =
    "on: workflow_call\n"
    "jobs:\n"
    "  p: { runs-on: x, steps: [{ run: p }] }\n"
    "  q: { runs-on: x, needs: p, steps: [{ run: q }] }\n"
    "  r: { runs-on: x, steps: [{ run: r }] }\n";

static int64_t
call_run(void)
{
	struct run run = { .repo = repo, .workflow = "ci", .file = ".ci.yml",
		.event = "push", .ref = "refs/heads/main", .branch = "main",
		.sha = "0123456789012345678901234567890123456789",
		.title = "change", .actor = "somebody", .why = "on: push",
		.config = caller, .priority = 1, .context =
		    "{\"github\": {\"event_name\": \"push\"}}" };
	const struct run_file file = { .uses =
		"./.github/workflows/called.yml", .path = "called.yml",
		.text = called };
	struct err err = { 0 };

	must(store_begin(st, &err));
	must(run_create(st, &run, &err));
	must(run_file_add(st, run.id, repo, &file, &err));
	must(store_commit(st, &err));
	fixture_advance(st, run.id);
	return run.id;
}

static void
end_generator(int64_t run)
{
	static const struct job_done done = { .on = "succeed",
		.exit_code = -1, .generated = "on: push\njobs:\n"
		    "  g: { runs-on: x, steps: [{ run: g }] }\n" };
	struct err err = { 0 };
	struct job job;
	int attempt;
	int64_t id;

	while ((id = fixture_start(st, &attempt)) != 0) {
		must(job_find_id(st, id, &a, &job, &err));
		if (strcmp(job.key, "gen") != 0) {
			fixture_end(st, id, attempt, "succeed");
			continue;
		}
		must(job_complete(st, id, attempt, &err));
		must(job_finish(st, id, attempt, &done, &err));
		fixture_advance(st, run);
		return;
	}
}

static void
test_calls(void)
{
	int64_t run = call_run();

	end_generator(run);
	work("call/p");
	is_str(fixture_jobs(st, run), "first=succeeded last=skipped "
	    "gen=succeeded call/p=failed call/q=skipped call/r=succeeded "
	    "gen/g=succeeded", "a job of a called workflow fails");
	run = again_ok(run, (struct rerun){ .failed = true });
	is_str(fixture_jobs(st, run), "first=succeeded gen=succeeded "
	    "call/r=succeeded gen/g=succeeded call/p=pending call/q=blocked "
	    "last=blocked", "it runs again with what needs it, inside and "
	    "outside");
	work("");
	is_str(fixture_run_state(st, run), "succeeded", "and mends it");
	run = again_ok(run, (struct rerun){ .job = "first" });
	is_str(fixture_jobs(st, run), "gen=succeeded gen/g=succeeded "
	    "first=pending call=blocked last=blocked", "what a call needs, "
	    "its jobs need");
	work("");
	run = again_ok(run, (struct rerun){ .job = "gen" });
	is_str(fixture_jobs(st, run), "first=succeeded last=succeeded "
	    "call/p=succeeded call/q=succeeded call/r=succeeded gen=pending",
	    "jobs that one wrote go with it");
	end_generator(run);
	work("");
	is_str(fixture_run_state(st, run), "succeeded", "and come again");
	verify("with calls");
}

static void
test_cancelled(void)
{
	int64_t run = fixture_workflow(st, repo, 10, chain);
	struct err err = { 0 };
	int attempt;
	int64_t job;

	job = fixture_start(st, &attempt);
	fixture_end(st, job, attempt, "succeed");
	fixture_cancel(st, run);
	is_int(run_cancel(st, run, "somebody", &err), 0, "a run is cancelled");
	run = again_ok(run, (struct rerun){ .failed = true });
	is_str(fixture_jobs(st, run), "a=succeeded b=pending c=blocked "
	    "d=pending", "what that left out runs again");
	is_int(find(run).cancel_at_ms, 0, "nobody has cancelled this one");
	work("");
}

static void
test_artifacts(void)
{
	int64_t first = fixture_workflow(st, repo, 10, chain), second, job;
	struct artifact_row row = { .name = "dist", .path = "artifacts/x/1/"
		"dist", .digest = "00", .expires_at_ms = INT64_MAX }, *rows;
	struct err err = { 0 };
	int attempt;
	size_t n;

	row.job = fixture_start(st, &attempt);
	row.attempt = attempt;
	must(artifact_add(st, &row, false, &err));
	fixture_end(st, row.job, attempt, "succeed");
	work("b");
	second = again_ok(first, (struct rerun){ .failed = true });
	must(artifact_list_live(st, second, &a, &rows, &n, &err));
	is_int((long long)n, 1, "artifacts of a job that is not run again "
	    "are there");
	is_int(rows[0].run_attempt, 1, "and say which attempt made them");
	is_str(rows[0].job_key, "a", "and whose they are");
	job = fixture_start(st, &attempt);
	row.job = job;
	row.attempt = attempt;
	row.path = "artifacts/x/1.2/dist";
	is_int(artifact_add(st, &row, false, &err), -1, "their names are "
	    "taken");
	must(artifact_add(st, &row, true, &err));
	must(artifact_list_live(st, second, &a, &rows, &n, &err));
	is_str(rows[0].path, "artifacts/x/1.2/dist", "until they are "
	    "written over");
	must(artifact_list_live(st, first, &a, &rows, &n, &err));
	is_str(n == 1 ? rows[0].path : "", "artifacts/x/1/dist",
	    "in this attempt alone");
	fixture_end(st, job, attempt, "succeed");
	work("");
}

static void
test_refusals(void)
{
	int64_t run = fixture_workflow(st, repo, 10, chain), next;
	struct run broken = { .repo = repo, .workflow = "ci", .file = "f",
		.event = "push", .ref = "refs/heads/x", .branch = "x",
		.sha = "0123456789012345678901234567890123456789",
		.title = "t", .actor = "s", .why = "w", .problems = "f:1:1" };
	struct err err = { 0 };
	long long number = find(run).number;

	is_str(refused(run, (struct rerun){ 0 }), arena_printf(&a, "run "
	    "#%lld is pending: it can be run again when it has ended",
	    number), "a run that goes on");
	work("");
	is_str(refused(run, (struct rerun){ .failed = true }), arena_printf(
	    &a, "no job of run #%lld has failed or was cancelled: run all "
	    "of it again", number), "nothing failed");
	is_str(refused(run, (struct rerun){ .job = "none" }), arena_printf(
	    &a, "run #%lld has no job \"none\"", number), "no such job");
	is_str(refused(run, (struct rerun){ .job = "a", .failed = true }),
	    "either one job runs again, or those that failed", "both");
	is_str(refused(123456, (struct rerun){ 0 }), "there is no run 123456",
	    "no such run");
	next = again_ok(run, (struct rerun){ .job = "d" });
	is_str(refused(run, (struct rerun){ 0 }), arena_printf(&a, "attempt "
	    "1 of run #%lld is not the newest: run attempt 2 again", number),
	    "an attempt before the newest");
	work("");
	fixture_sql(path, arena_printf(&a, "UPDATE runs SET attempt = %d "
	    "WHERE id = %lld", RUN_ATTEMPTS_MAX, (long long)next));
	is_str(refused(next, (struct rerun){ 0 }), arena_printf(&a, "run "
	    "#%lld was run 50 times, which is the most", number),
	    "one too many");
	must(run_create(st, &broken, &err));
	is_str(refused(broken.id, (struct rerun){ 0 }), arena_printf(&a,
	    "run #%lld never had a pipeline that can be run: push a commit "
	    "that mends it", (long long)broken.number), "a file that could "
	    "not be read");
	is_int(fixture_sql(path, "SELECT count(*) FROM runs "
	    "WHERE state = 'pending'"), 0, "what is refused leaves nothing");
}

int
main(void)
{
	arena_init(&a, 0);
	st = fixture_store(&path);
	repo = fixture_repo(st, "r");
	test_failed();
	test_lists();
	test_matrix();
	test_calls();
	test_cancelled();
	test_artifacts();
	test_refusals();
	store_close(st);
	arena_release(&a);
	return tap_done();
}
