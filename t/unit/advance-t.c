/*
 * advance-t.c - a run goes on from job to job: what comes, what starts, what
 * is left out, what waits, and how it ends; by the whole way of deciding and
 * storing, without processes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/decisions.h"
#include "lib/store/groups.h"
#include "lib/store/rebuild.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"
#include "workerd/advance.h"

#define ON "on: push\njobs:\n"
#define STEPS "runs-on: ubuntu, steps: [{ run: make }]"

static bool
has_state(struct store *st, int64_t id, const char *state)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	bool has;

	must(job_find_id(st, id, &a, &job, &err));
	has = str_equal(machine_state_name(MACHINE_JOB, (int)job.state),
	    state);
	arena_release(&a);
	return has;
}

/* Bring one job to its end; those before it in the queue are started, too. */
static void
end_job(struct store *st, int64_t run, const char *key, const char *on,
    const char *outputs)
{
	int64_t id = fixture_job(st, run, key);
	int attempt;

	while (id != 0 && has_state(st, id, "pending"))
		fixture_start(st, &attempt);
	if (id == 0 || !has_state(st, id, "running")) {
		printf("Bail out! job \"%s\" cannot run: %s\n", key,
		    fixture_jobs(st, run));
		exit(1);
	}
	fixture_end_with(st, id, 1, on, outputs);
}

/* "build=s" succeeds, "=f" fails, "=c" is cancelled, with outputs behind;
 * "cancel" asks for the end of the run. */
static void
play(struct store *st, int64_t run, const char *script)
{
	char *copy = strdup(script), *save = NULL;

	if (copy == NULL)
		abort();
	for (char *w = strtok_r(copy, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		char *end = strrchr(w, '=');

		if (strcmp(w, "cancel") == 0) {
			fixture_cancel(st, run);
			continue;
		}
		*end++ = '\0';
		end_job(st, run, w, *end == 's' ? "succeed" : *end == 'f' ?
		    "fail" : "cancel", end[1] != '\0' ? end + 1 : NULL);
	}
	free(copy);
}

static void
tell(void *ctx, const char *text)
{
	str_addf(ctx, "%s\n", text);
}

static void
verify(struct store *st)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	int64_t n;

	must(store_verify_events(st, 0, tell, &text, &n, &err));
	is_str(text.s, "", "and the events say the same");
	str_release(&text);
}

static const struct {
	const char *what;
	const char *workflow;
	const char *script;
	const char *jobs, *run;
} cases[] = {
	{ "a matrix has a job for each combination", ON
	    "  build: { strategy: { matrix: { os: [a, b], include: [{ os: c }]"
	    " } }, " STEPS " }\n", "build:2=s build=s",
	    "build=succeeded build:2=succeeded build:3=pending", "running" },
	{ "fail-fast ends what runs and what waits", ON
	    "  build: { strategy: { matrix: { os: [a, b, c] } }, " STEPS
	    " }\n  after: { needs: build, " STEPS " }\n", "build:2=f build=c",
	    "build=cancelled build:2=failed build:3=cancelled after=skipped",
	    "failed" },
	{ "without fail-fast all go on", ON
	    "  build: { strategy: { fail-fast: false, matrix: { os: [a, b] } "
	    "}, " STEPS " }\n", "build=f build:2=s",
	    "build=failed build:2=succeeded", "failed" },
	{ "a matrix from outputs comes when they are there", ON
	    "  list: { outputs: { all: x }, " STEPS " }\n"
	    "  build: { needs: list, strategy: { matrix: { os: \"${{ "
	    "fromJSON(needs.list.outputs.all) }}\" } }, " STEPS " }\n"
	    "  last: { needs: build, " STEPS " }\n",
	    "list=s{\"all\":\"[1,2]\"} build=s build:2=s last=s",
	    "list=succeeded build=succeeded last=succeeded "
	    "build:2=succeeded", "succeeded" },
	{ "a wrong matrix fails its job", ON
	    "  list: { outputs: { all: x }, " STEPS " }\n"
	    "  build: { needs: list, strategy: { matrix: { os: \"${{ "
	    "fromJSON(needs.list.outputs.all) }}\" } }, " STEPS " }\n",
	    "list=s{\"all\":\"[1\"}", "list=succeeded build=failed",
	    "failed" },
	{ "a job whose `if` is false is skipped, and what needs it", ON
	    "  a: { if: \"github.ref == 'refs/heads/x'\", " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { " STEPS " }\n", "c=s",
	    "a=skipped b=skipped c=succeeded", "succeeded" },
	{ "a run whose jobs are all skipped is skipped", ON
	    "  a: { if: false, " STEPS " }\n", "", "a=skipped", "skipped" },
	{ "failure() and always() run behind a failure", ON
	    "  a: { " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { needs: a, if: failure(), " STEPS " }\n"
	    "  d: { needs: [a, b], if: always(), " STEPS " }\n",
	    "a=f c=s d=s",
	    "a=failed b=skipped c=succeeded d=succeeded", "failed" },
	{ "continue-on-error counts as success", ON
	    "  a: { continue-on-error: true, " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n", "a=f b=s",
	    "a=failed b=succeeded", "succeeded" },
	{ "a cancelled run still runs what always() asks for", ON
	    "  a: { " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n"
	    "  c: { needs: a, if: always(), " STEPS " }\n"
	    "  d: { needs: a, if: cancelled(), " STEPS " }\n",
	    "cancel c=s d=s",
	    "a=cancelled b=skipped c=succeeded d=succeeded", "cancelled" },
	{ "what was skipped before a cancel stays so", ON
	    "  a: { if: cancelled(), " STEPS " }\n"
	    "  b: { " STEPS " }\n", "cancel",
	    "a=skipped b=cancelled", "cancelled" },
	{ "a running always() job is not told of a cancel", ON
	    "  a: { if: always(), " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n", "cancel a=s",
	    "a=succeeded b=skipped", "cancelled" },
	{ "cancelled twice, nothing is left", ON
	    "  a: { if: always(), " STEPS " }\n"
	    "  b: { needs: a, if: always(), " STEPS " }\n", "cancel cancel",
	    "a=cancelled b=cancelled", "cancelled" },
	{ "stages stand behind each other",
	    "on: push\nstages: [one, two]\njobs:\n"
	    "  a: { stage: two, " STEPS " }\n"
	    "  b: { stage: one, " STEPS " }\n", "b=s a=s",
	    "b=succeeded a=succeeded", "succeeded" },
	{ "max-parallel holds the others back", ON
	    "  a: { strategy: { max-parallel: 2, matrix: { n: [1, 2, 3, 4] } "
	    "}, " STEPS " }\n", "a:2=s",
	    "a=running a:2=succeeded a:3=pending a:4=blocked", "running" },
	{ "a job with a concurrency group waits for its holder", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: X, " STEPS " }\n", "",
	    "a=pending b=blocked", "pending" },
	{ "and starts when that has ended", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: X, " STEPS " }\n", "a=f b=s",
	    "a=failed b=succeeded", "failed" },
	{ "of those that wait, the newest stays", ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: x, " STEPS " }\n"
	    "  c: { concurrency: x, " STEPS " }\n", "a=s c=s",
	    "a=succeeded b=cancelled c=succeeded", "cancelled" },
	{ "one that waits gives way to another before it in the file", ON
	    "  h: { concurrency: x, " STEPS " }\n"
	    "  n: { " STEPS " }\n"
	    "  a: { needs: n, concurrency: x, " STEPS " }\n"
	    "  z: { concurrency: x, " STEPS " }\n"
	    "  t: { needs: z, if: always(), " STEPS " }\n", "n=s h=s a=s t=s",
	    "h=succeeded n=succeeded a=succeeded z=cancelled t=succeeded",
	    "cancelled" },
	{ "and so does one that runs, with cancel-in-progress", ON
	    "  n: { " STEPS " }\n"
	    "  a: { needs: n, concurrency: { group: x, cancel-in-progress: "
	    "true }, " STEPS " }\n"
	    "  z: { concurrency: x, " STEPS " }\n", "n=s a=s",
	    "n=succeeded a=succeeded z=cancelled", "cancelled" },
	{ "with a queue, all wait", ON
	    "  a: { concurrency: { group: x, queue: max }, " STEPS " }\n"
	    "  b: { concurrency: { group: x, queue: max }, " STEPS " }\n"
	    "  c: { concurrency: { group: x, queue: max }, " STEPS " }\n",
	    "a=s b=s c=s", "a=succeeded b=succeeded c=succeeded",
	    "succeeded" },
	{ "a job in the group of its own run can never start",
	    "on: push\nconcurrency: x\njobs:\n"
	    "  a: { concurrency: x, " STEPS " }\n", "",
	    "a=failed", "failed" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store *st = fixture_store(NULL);
		int64_t run = fixture_workflow(st, fixture_repo(st, "r"), 1,
		    cases[i].workflow);

		play(st, run, cases[i].script);
		is_str(fixture_jobs(st, run), cases[i].jobs, "%s",
		    cases[i].what);
		is_str(fixture_run_state(st, run), cases[i].run,
		    "and its run is %s", cases[i].run);
		verify(st);
		store_close(st);
	}
}

/* --- several runs --------------------------------------------------------- */

static const char *
reason(struct store *st, int64_t run, const char *key)
{
	static char text[500];
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;

	must(job_find_id(st, fixture_job(st, run, key), &a, &job, &err));
	(void)snprintf(text, sizeof(text), "%s", job.reason != NULL ?
	    job.reason : "");
	arena_release(&a);
	return text;
}

static void
states(struct store *st, const int64_t *runs, size_t n, const char *want,
    const char *what)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < n; i++)
		str_addf(&got, "%s%s", i > 0 ? " " : "",
		    fixture_run_state(st, runs[i]));
	is_str(got.s, want, "%s", what);
	str_release(&got);
}

/* Decide what is marked, as pawl-workerd would have it done. */
static void
advance_marked(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	int64_t *runs;
	size_t n;

	while (must(run_undecided(st, 10, &a, &runs, &n, &err)) == 0 && n > 0)
		for (size_t i = 0; i < n; i++)
			fixture_advance(st, runs[i]);
	arena_release(&a);
}

static void
test_run_groups(void)
{
	static const char single[] = "on: push\nconcurrency: deploy\n"
	    "jobs:\n  a: { " STEPS " }\n  b: { needs: a, if: always(), "
	    STEPS " }\n";
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), r[3];

	for (int i = 0; i < 2; i++)
		r[i] = fixture_workflow(st, repo, 1, single);
	is_str(fixture_jobs(st, r[1]), "a=blocked b=blocked",
	    "a run waits for the holder of its group");
	is_str(reason(st, r[1], "a"), "waits for group \"deploy\", held by "
	    "run 1", "and says so");
	r[2] = fixture_workflow(st, repo, 1, single);
	advance_marked(st);
	states(st, r, 3, "pending cancelled pending",
	    "a newer one takes the place of the one that waits");
	is_str(reason(st, r[1], "b"), "superseded by run 3 in group "
	    "\"deploy\"", "which ends whole, and says why");
	play(st, r[0], "a=s b=s");
	advance_marked(st);
	is_str(fixture_jobs(st, r[2]), "a=pending b=blocked",
	    "the end of the holder lets the next one start");
	fixture_cancel(st, r[2]);
	play(st, r[2], "b=s");
	states(st, r, 3, "succeeded cancelled cancelled",
	    "a holder that is cancelled runs what always() asks for");
	verify(st);
	store_close(st);
}

static void
test_cancel_in_progress(void)
{
	static const char text[] = "on: push\nconcurrency: { group: \"${{ "
	    "github.ref }}\", cancel-in-progress: true }\n"
	    "jobs:\n  a: { " STEPS " }\n";
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), r[3];
	int64_t other = fixture_repo(st, "other");
	struct err err = { 0 };
	int attempt;

	r[0] = fixture_workflow(st, repo, 1, text);
	must(fixture_start(st, &attempt) > 0 ? 0 : -1);
	r[1] = fixture_workflow(st, repo, 1, text);
	advance_marked(st);
	is_str(fixture_jobs(st, r[1]), "a=blocked",
	    "a newer run waits for the end of the one that it ends");
	fixture_end(st, fixture_job(st, r[0], "a"), attempt, "cancel");
	advance_marked(st);
	is_str(fixture_jobs(st, r[1]), "a=pending", "and starts then");
	r[2] = fixture_workflow(st, other, 1, text);
	is_str(fixture_jobs(st, r[2]), "a=pending",
	    "groups of other repositories are others");
	states(st, r, 3, "cancelled pending pending", "all in all");
	verify(st);
	store_close(st);
}

static void
test_cancel_waiting(void)
{
	static const char text[] = "on: push\nconcurrency: x\n"
	    "jobs:\n  a: { if: always(), " STEPS " }\n";
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), r[2];

	r[0] = fixture_workflow(st, repo, 1, text);
	r[1] = fixture_workflow(st, repo, 1, text);
	fixture_cancel(st, r[1]);
	states(st, r, 2, "pending cancelled", "a run that waits for its group "
	    "ends at once when it is cancelled");
	play(st, r[0], "a=s");
	is_int(fixture_sql(path, "SELECT count(*) FROM group_places"), 0,
	    "no place is left behind");
	verify(st);
	store_close(st);
}

static void
test_circle(void)
{
	static const char *const texts[] = {
		"on: push\nconcurrency: x\njobs:\n  n: { " STEPS " }\n"
		"  a: { needs: n, concurrency: y, " STEPS " }\n",
		"on: push\nconcurrency: y\njobs:\n  n: { " STEPS " }\n"
		"  a: { needs: n, concurrency: x, " STEPS " }\n",
	};
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), r[2];

	for (int i = 0; i < 2; i++)
		r[i] = fixture_workflow(st, repo, 1, texts[i]);
	play(st, r[0], "n=s");
	play(st, r[1], "n=s");
	advance_marked(st);
	is_str(reason(st, r[1], "a"), "the group \"x\" is held by run 1, "
	    "which waits for a group that is held here: take groups in the "
	    "same order everywhere", "two runs cannot wait for each other");
	play(st, r[0], "a=s");
	states(st, r, 2, "succeeded failed", "so both end");
	is_int(fixture_sql(path, "SELECT count(*) FROM group_places"), 0,
	    "and hold nothing");
	verify(st);
	store_close(st);
}

static void
test_full_group(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), last = 0;

	for (int i = 0; i < GROUP_MAX_WAITING + 2; i++)
		last = fixture_workflow(st, repo, 1, "on: push\n"
		    "concurrency: { group: x, queue: max }\njobs:\n"
		    "  a: { " STEPS " }\n  b: { needs: a, " STEPS " }\n");
	is_str(fixture_jobs(st, last), "a=cancelled b=skipped",
	    "when a queue is full, the next one is cancelled");
	is_str(reason(st, last, "a"), "100 wait for the group \"x\" already",
	    "and says so");
	is_str(fixture_run_state(st, last), "cancelled",
	    "which is no failure");
	verify(st);
	store_close(st);
}

/* Expressions may make names of anything that the event has. */
static void
test_long_names(void)
{
	struct str text = STR_INIT;
	char name[3000];
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memcpy(name + 399, "\xc3\xbc", 2); /* across the limit */
	str_addf(&text, "on: push\nrun-name: %s\njobs:\n"
	    "  a: { name: %s, " STEPS " }\n"
	    "  b: { concurrency: %s, " STEPS " }\n", name, name, name);
	run = fixture_workflow(st, fixture_repo(st, "r"), 1, text.s);
	is_int(fixture_sql(path, "SELECT length(CAST(title AS BLOB)) "
	    "FROM runs"), 402, "a run's name is cut between two characters");
	is_str(reason(st, run, "b"), "the name of its concurrency group has "
	    "more than 1000 bytes", "groups are not: others would be meant");
	verify(st);
	str_release(&text);
	store_close(st);
}

static void
test_own_group(void)
{
	struct store *st = fixture_store(NULL);
	int64_t run = fixture_workflow(st, fixture_repo(st, "r"), 1, ON
	    "  a: { concurrency: x, " STEPS " }\n"
	    "  b: { concurrency: x, " STEPS " }\n");

	is_str(reason(st, run, "b"), "waits for group \"x\", held by \"a\" "
	    "of this run", "a group may be held by a job beside it");
	store_close(st);
}

/* --- calls ---------------------------------------------------------------- */

static const char caller[] = ON
    "  first: { " STEPS " }\n"
    "  call:\n"
    "    needs: first\n"
    "    strategy: { matrix: { to: [x, y] } }\n"
    "    uses: ./.github/workflows/deploy.yml\n"
    "    with: { to: \"${{ matrix.to }}\" }\n"
    "    concurrency: { group: \"${{ matrix.to }}\" }\n"
    "  last: { needs: call, " STEPS " }\n";

static const char called[] = "on:\n  workflow_call:\n    inputs:\n"
    "      to: { type: string }\njobs:\n"
    "  push: { name: \"to ${{ inputs.to }}\", " STEPS " }\n"
    "  check: { needs: push, " STEPS " }\n";

static int64_t
call_run(struct store *st, int64_t repo, const char *text,
    const char *called_text)
{
	struct run run = { .repo = repo, .workflow = "ci", .file = ".ci.yml",
		.event = "push", .ref = "refs/heads/main", .branch = "main",
		.sha = "0", .title = "t", .actor = "a", .why = "w",
		.config = text, .context = "{\"github\":{}}" };
	const struct run_file file = { "./.github/workflows/deploy.yml",
		".github/workflows/deploy.yml", "0", called_text,
		called_text == NULL ? "it is not there" : NULL };
	struct err err = { 0 };

	must(run_create(st, &run, &err));
	must(store_begin(st, &err));
	must(run_file_add(st, run.id, repo, &file, &err));
	must(store_commit(st, &err));
	fixture_advance(st, run.id);
	return run.id;
}

static void
test_calls(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), run, other;

	run = call_run(st, repo, caller, called);
	is_str(fixture_jobs(st, run), "first=pending call=blocked "
	    "call:2=blocked last=blocked", "calls wait as jobs do");
	play(st, run, "first=s");
	is_str(fixture_jobs(st, run), "first=succeeded last=blocked "
	    "call/push=pending call/check=blocked call:2/push=pending "
	    "call:2/check=blocked", "then the jobs of the called workflow "
	    "stand for them");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE "
	    "type = 'job.expanded'"), 2, "which is an event");
	other = call_run(st, repo, caller, called);
	play(st, other, "first=s");
	is_str(reason(st, other, "call/push"), "waits for group \"x\", held "
	    "by run 1", "a call holds its group as a whole");
	play(st, run, "call/push=s");
	advance_marked(st);
	is_str(fixture_jobs(st, other), "first=succeeded last=blocked "
	    "call/push=blocked call/check=blocked call:2/push=blocked "
	    "call:2/check=blocked", "until all of its jobs have ended");
	play(st, run, "call/check=s call:2/push=s call:2/check=s last=s");
	advance_marked(st);
	play(st, other, "call/push=s call/check=s call:2/push=f");
	is_str(fixture_run_state(st, run), "succeeded", "then it goes on");
	is_str(fixture_run_state(st, other), "failed", "and fails as jobs do");
	run = call_run(st, repo, caller, NULL);
	play(st, run, "first=s");
	is_str(fixture_jobs(st, run), "first=succeeded call=failed "
	    "call:2=failed last=skipped", "a file that could not be read "
	    "fails its call");
	is_str(reason(st, run, "call"), ".ci.yml:7:11: it is not there",
	    "with the place of it");
	verify(st);
	store_close(st);
}

static const char call_matrix[] = ON
    "  call:\n"
    "    strategy: { max-parallel: 2, matrix: { to: [x, y, z] } }\n"
    "    uses: ./.github/workflows/deploy.yml\n"
    "    with: { to: \"${{ matrix.to }}\" }\n";

static const char called_always[] = "on:\n  workflow_call:\n    inputs:\n"
    "      to: { type: string }\njobs:\n"
    "  push: { " STEPS " }\n"
    "  tidy: { needs: push, if: always(), " STEPS " }\n";

/* fail-fast and max-parallel count calls, not the jobs in them. */
static void
test_call_matrix(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), run;

	run = call_run(st, repo, call_matrix, called_always);
	is_str(fixture_jobs(st, run), "call/push=pending call/tidy=blocked "
	    "call:2/push=pending call:2/tidy=blocked call:3/push=blocked "
	    "call:3/tidy=blocked", "two calls begin");
	play(st, run, "call/push=s");
	is_str(fixture_jobs(st, run), "call/push=succeeded call/tidy=pending "
	    "call:2/push=pending call:2/tidy=blocked call:3/push=blocked "
	    "call:3/tidy=blocked", "one that goes on takes its place still");
	play(st, run, "call/tidy=s");
	is_str(fixture_jobs(st, run), "call/push=succeeded "
	    "call/tidy=succeeded call:2/push=running call:2/tidy=blocked "
	    "call:3/push=pending call:3/tidy=blocked", "the next begins when "
	    "it has ended");
	play(st, run, "call:2/push=f");
	is_str(fixture_jobs(st, run), "call/push=succeeded "
	    "call/tidy=succeeded call:2/push=failed call:2/tidy=pending "
	    "call:3/push=pending call:3/tidy=blocked", "a failed job is no "
	    "failed call");
	play(st, run, "call:2/tidy=s");
	is_str(fixture_jobs(st, run), "call/push=succeeded "
	    "call/tidy=succeeded call:2/push=failed call:2/tidy=succeeded "
	    "call:3/push=running call:3/tidy=cancelled", "a failed call "
	    "ends the others");
	play(st, run, "call:3/push=c");
	is_str(fixture_run_state(st, run), "failed", "and the run");
	verify(st);
	store_close(st);
}

/* Levels that the database takes, and expressions do not. */
#define DEEP 900

/* --- what cannot go on ---------------------------------------------------- */

static void
test_undecidable(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), run;
	struct err err = { 0 };
	char deep[2 * DEEP + 1];

	run = fixture_workflow(st, repo, 1, "on: push\nrun-name: \"${{ "
	    "fromJSON('x') }}\"\njobs:\n  a: { " STEPS " }\n");
	is_str(fixture_run_state(st, run), "failed",
	    "a run that cannot be decided fails");
	is_int(fixture_sql(path, "SELECT instr(problems, '.ci.yml:2:') > 0 "
	    "FROM runs"), 1, "and says why");
	run = fixture_workflow(st, repo, 1, ON "  a: { " STEPS " }\n");
	must(run_cancel(st, run, "x", &err));
	for (int i = 0; i <= DECIDE_TRIES; i++)
		must(run_tried(st, run, &err));
	fixture_advance(st, run);
	is_str(fixture_run_state(st, run), "failed",
	    "so does one that was tried too often");
	run = fixture_workflow(st, repo, 1, ON "  a: { " STEPS " }\n"
	    "  b: { needs: a, " STEPS " }\n");
	memset(deep, '[', DEEP);
	memset(deep + DEEP, ']', DEEP);
	deep[2 * DEEP] = '\0';
	end_job(st, run, "a", "succeed", deep);
	is_str(fixture_run_state(st, run), "failed",
	    "so does one whose outputs cannot be read");
	verify(st);
	store_close(st);
}

/* A run that version 1 has left unfinished: it has no context. */
static void
test_older_version(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b c:a"), id;
	int attempt;

	id = fixture_start(st, &attempt);
	(void)fixture_sql(path, "UPDATE runs SET context = NULL, "
	    "facts = facts + 1");
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "a=running b=cancelled c=cancelled",
	    "of a run of an older version, what waits ends");
	is_str(fixture_run_state(st, run), "running", "what runs is awaited");
	fixture_end(st, id, attempt, "cancel");
	is_str(fixture_run_state(st, run), "failed", "then it fails");
	is_int(fixture_sql(path, "SELECT instr(problems, 'older version') > 0 "
	    "FROM runs"), 1, "and says why");
	verify(st);
	store_close(st);
}

/* Facts that come while a decision is made: it is made anew. */
static void
test_changed_meanwhile(void)
{
	struct store *st = fixture_store(NULL);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a b:a");
	struct decision_snapshot old;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };

	must(run_cancel(st, run, "x", &err));
	must(decision_run(st, run, &a, &old, &err));
	is_int(decision_begin(st, &old, &err), 1, "a decision may be stored");
	must(run_cancel(st, run, "x", &err));
	is_int(decision_begin(st, &old, &err), 0, "but not after a new fact");
	fixture_advance(st, run);
	must(decision_run(st, run, &a, &old, &err));
	ok(old.facts == old.decided, "and the new one is decided, too");
	arena_release(&a);
	store_close(st);
}

int
main(void)
{
	test_cases();
	test_run_groups();
	test_cancel_in_progress();
	test_cancel_waiting();
	test_own_group();
	test_circle();
	test_full_group();
	test_long_names();
	test_calls();
	test_call_matrix();
	test_undecidable();
	test_older_version();
	test_changed_meanwhile();
	return tap_done();
}
