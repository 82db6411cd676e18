/*
 * run_seed.c - fill a database with runs worth looking at, for tests of the
 * page of a run and of what the API says of its shape.
 *
 *	run-seed CONFIG fill      "octo/ship": runs 1 to 7, see fill()
 *	run-seed CONFIG step      what runs ends, and the next job starts
 *	run-seed CONFIG wide N    a run of N jobs, in ten stages
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/conf.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/render/shown.h"
#include "lib/store/artifacts.h"
#include "lib/store/environments.h"
#include "lib/store/reports.h"
#include "t/lib/fixture.h"
#include "workerd/advance.h"

static const struct config standard;

static struct store *st;
static struct config config;
static struct arena arena;

#define MUST(call) do { \
	struct err err = { 0 }; \
	must(call); \
} while (0)

#define SHA "5f3c1e9d0a7b4c2e8f6d1b3a9c5e7f0a2b4d6c8e"

static const char workflow[] =
    "name: CI\n"
    "on: [push, pull_request]\n"
    "jobs:\n"
    "  lint:\n"
    "    name: Lint\n"
    "    runs-on: ubuntu\n"
    "    steps: [{ name: Check the style, run: make lint }]\n"
    "  build:\n"
    "    name: Build\n"
    "    runs-on: ubuntu\n"
    "    container: debian:12\n"
    "    strategy: { matrix: { cc: [gcc, clang, tcc] } }\n"
    "    steps:\n"
    "      - { name: Check out, run: git checkout }\n"
    "      - { name: Compile everything, run: make -j2 }\n"
    "      - { name: Keep what was built, run: make dist }\n"
    "  test:\n"
    "    name: Test\n"
    "    runs-on: ubuntu\n"
    "    needs: build\n"
    "    strategy:\n"
    "      fail-fast: false\n"
    "      matrix: { part: [units, store, web, forge, engine, run, cli, "
    "docs] }\n"
    "    steps:\n"
    "      - { name: Set up, run: make deps }\n"
    "      - { name: Run the tests, run: make check }\n"
    "  docs:\n"
    "    name: Documentation\n"
    "    runs-on: ubuntu\n"
    "    steps: [{ name: Write the pages, run: make doc }]\n"
    "  package:\n"
    "    name: Package\n"
    "    runs-on: ubuntu\n"
    "    needs: [test, docs, lint]\n"
    "    steps: [{ name: Make the package, run: make deb }]\n"
    "  deploy:\n"
    "    name: Deploy to production\n"
    "    runs-on: ubuntu\n"
    "    needs: package\n"
    "    environment: production\n"
    "    steps: [{ name: Copy it there, run: ./deploy }]\n";

static const char push_context[] =
    "{\"github\": {\"event\": {\"before\": "
    "\"1111111111111111111111111111111111111111\", \"repository\": "
    "{\"html_url\": \"https://github.com/octo/ship\"}, \"commits\": ["
    "{\"id\": \"2222222222222222222222222222222222222222\", \"message\": "
    "\"Read the log from its end\\n\\nIt is long.\", \"author\": {\"name\": "
    "\"Mona\", \"username\": \"mona\"}, \"modified\": [\"src/log.c\"], "
    "\"added\": [\"src/tail.c\"]}, {\"id\": \"" SHA "\", \"message\": "
    "\"Follow a log while it grows <b>\", \"author\": {\"name\": \"Hubot\"}, "
    "\"modified\": [\"src/log.c\", \"doc/log.md\"]}]}}, \"inputs\": null, "
    "\"vars\": {\"REGION\": \"eu\"}}";

static const char dispatch_context[] =
    "{\"github\": {\"event\": {\"repository\": {\"html_url\": "
    "\"https://github.com/octo/ship\"}}}, \"inputs\": {\"target\": "
    "\"staging\", \"dry\": true}, \"vars\": {\"REGION\": \"us\", \"TIER\": "
    "\"2\"}}";

static const char pull_context[] =
    "{\"github\": {\"event\": {\"repository\": {\"html_url\": "
    "\"https://github.com/octo/ship\"}, \"pull_request\": {\"number\": 12, "
    "\"title\": \"Follow logs\", \"html_url\": "
    "\"https://github.com/octo/ship/pull/12\", \"changed_files\": 3, "
    "\"head\": {\"label\": \"mona:follow\"}, \"base\": {\"ref\": "
    "\"main\"}}}}, \"inputs\": null, \"vars\": {}}";

static const char fail_log[] =
    "##[group]Set up\n"
    "make: Entering directory '/work'\n"
    "##[endgroup]\n"
    "cc -O2 -c src/log.c -o log.o\n"
    "cc -O2 -c src/tail.c -o tail.o\n"
    "cc -o t/log-t t/log-t.c log.o tail.o\n"
    "t/log-t ................. \n"
    "ok 1 - an empty log has no lines\n"
    "ok 2 - the last line needs no newline\n"
    "\033[31mnot ok 3 - a log that grows is followed\033[0m\n"
    "#   failed at t/log-t.c:42\n"
    "#   got : \"<script>alert(1)</script>\"\n"
    "#   want: \033[1m\"the end\"\033[0m\n"
    "1..3\n"
    "make: *** [Makefile:17: check] Error 1\n";

static int64_t
add_run(int64_t repo, const char *ref, const char *event, const char *title,
    const char *context)
{
	struct run run = { .repo = repo, .workflow = "CI",
		.file = ".ci.yml", .event = event, .ref = ref,
		.branch = strchr(strchr(ref, '/') + 1, '/') + 1, .sha = SHA,
		.title = title, .actor = "mona",
		.why = "push to main matches branches: [main] (.ci.yml:2)",
		.config = workflow, .priority = 10, .context = context };

	MUST(run_create(st, &run, &err));
	MUST(run_advance(st, &standard, run.id, &err));
	return run.id;
}

static const char *
write_log(const struct job *job, const char *text)
{
	struct str relative = STR_INIT, path = STR_INIT;
	struct layout_run place;
	const char *made;
	struct run run;

	MUST(run_find_id(st, job->run, &arena, &run, &err));
	place = run_layout(&run);
	layout_job_log(&relative, LAYOUT_LOG, &place, job->key, 1);
	layout_public_file(&path, config.state_dir, relative.s);
	MUST(file_replace(path.s, text, strlen(text), 0644, false, &err));
	made = arena_strdup(&arena, relative.s);
	str_release(&relative);
	str_release(&path);
	return made;
}

/* Claim the next job; its first `n` steps start, all but the last end. */
static struct job
start(const char *text, int n)
{
	struct job job;

	MUST(queue_claim(st, "worker-1", 3600000, NULL, &arena, &job, &err));
	MUST(job_start(st, job.id, job.attempt, "sandbox", NULL,
	    write_log(&job, text), &err));
	for (int i = 1; i <= n; i++) {
		MUST(step_start(st, job.id, job.attempt, i, NULL,
		    i == 1 ? 0 : 70, &err));
		if (i < n)
			MUST(step_finish(st, job.id, job.attempt, i,
			    "succeed", 0, NULL, &err));
	}
	return job;
}

static int
steps_of(const struct job *job)
{
	struct step *steps;
	size_t n;

	MUST(step_list(st, job->id, &arena, &steps, &n, &err));
	return (int)n;
}

static void
end(const struct job *job, int step, const char *on, int code,
    const char *reason, const char *cause)
{
	const struct job_done done = { .on = on, .exit_code = code == 0 ? -1 :
		code, .reason = reason, .cause = cause, .outputs =
		code == 0 ? "{\"version\": \"1.4.2\"}" : NULL };

	MUST(step_finish(st, job->id, job->attempt, step, on, code, NULL,
	    &err));
	MUST(job_complete(st, job->id, job->attempt, &err));
	MUST(job_finish(st, job->id, job->attempt, &done, &err));
	MUST(run_advance(st, &standard, job->run, &err));
}

static void
keep(const struct job *job)
{
	struct str path = STR_INIT;
	struct artifact_row row = { .job = job->id, .attempt = job->attempt,
		.name = "package", .files = 3, .bytes = 734003, .digest =
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		.expires_at_ms = job->created_at_ms + INT64_C(7776000000) };
	struct run run;
	struct layout_run place;

	MUST(run_find_id(st, job->run, &arena, &run, &err));
	place = run_layout(&run);
	layout_artifact(&path, &place, "package", 1);
	row.path = path.s;
	MUST(artifact_add(st, &row, false, &err));
	str_release(&path);
}

/* One job to its end, if one waits. */
static bool
pass(void)
{
	struct job job;
	struct err none = { 0 };
	int n;

	if (queue_claim(st, "worker-1", 3600000, NULL, &arena, &job, &none) !=
	    1)
		return false;
	MUST(job_start(st, job.id, job.attempt, "sandbox", NULL,
	    write_log(&job, "fine\n"), &err));
	n = steps_of(&job);
	for (int i = 1; i <= n; i++) {
		MUST(step_start(st, job.id, job.attempt, i, NULL, 0, &err));
		if (i < n)
			MUST(step_finish(st, job.id, job.attempt, i,
			    "succeed", 0, NULL, &err));
	}
	if (strcmp(job.key, "package") == 0)
		keep(&job);
	end(&job, n, "succeed", 0, NULL, NULL);
	return true;
}

static void
report(const struct job *job)
{
	const struct annotation error = { .job = job->id, .step = 2,
		.level = "error", .title = "Follow", .file = "t/log-t.c",
		.line = 42, .col = 7, .message =
		"a log that grows is not followed: <b>got</b> nothing" };
	const struct annotation warning = { .job = job->id, .step = 2,
		.level = "warning", .message = "one test was skipped" };

	MUST(annotation_add(st, job->attempt, 1, &error, &err));
	MUST(annotation_add(st, job->attempt, 2, &warning, &err));
	MUST(summary_set(st, job->id, job->attempt, 2, "Run the tests",
	    "<table><tr><th>suite</th><th>failed</th></tr><tr><td>log</td>"
	    "<td>1</td></tr></table>", &err));
}

/* A run of which every job ends well. */
static void
good(int64_t repo, const char *event, const char *title, const char *context)
{
	(void)add_run(repo, "refs/heads/main", event, title, context);
	while (pass())
		continue;
}

static void
bad(int64_t repo)
{
	struct job job;

	(void)add_run(repo, "refs/heads/main", "push",
	    "Follow a log while it grows", push_context);
	for (int i = 0; i < 8; i++)
		(void)pass();
	job = start(fail_log, 2);
	report(&job);
	end(&job, 2, "fail", 1, "step 2 \"Run the tests\" failed", "failure");
	while (pass())
		continue;
}

static void
unreadable(int64_t repo)
{
	struct run run = { .repo = repo, .workflow = ".ci.yml",
		.file = ".ci.yml", .event = "push",
		.ref = "refs/heads/typo", .branch = "typo", .sha = SHA,
		.title = "Add a job that waits", .actor = "mona",
		.why = "push", .problems = ".ci.yml:14:5: error: unknown key "
		"\"need\" in job \"test\"\n   14 |     need: build\n      |     "
		"^~~~  did you mean \"needs\"?\n" };

	MUST(run_create(st, &run, &err));
}

static void
lost(int64_t repo)
{
	struct job job;

	(void)add_run(repo, "refs/pull/12/merge", "pull_request",
	    "Follow logs", pull_context);
	job = start("pulling debian:12\n", 1);
	end(&job, 1, "fail", -1, "the engine does not answer: connect to "
	    "/run/docker.sock: connection refused", "infra");
	while (pass())
		continue;
}

static void
approve_production(int64_t repo)
{
	static const char *const names[] = { "ada" };
	const struct environment_rules rules = { .repo = repo,
		.name = "production", .reviewers = names, .n_reviewers = 1,
		.self_review = true };

	MUST(environment_rules_set(st, &rules, &err));
}

/*
 * 1 succeeded; 2 failed in one of its tests; 3 cannot be read; 4 failed by no
 * fault of its own; 5 was started by hand; 6 waits for an approval; 7 runs.
 */
static void
fill(void)
{
	const struct repo repo = { .forge = "github", .owner = "octo",
		.name = "ship", .clone_url = "https://github.com/octo/ship.git",
		.default_branch = "main" };
	int64_t id;

	MUST(repo_add(st, &repo, NULL, &id, &err));
	good(id, "push", "Keep the last lines", push_context);
	bad(id);
	unreadable(id);
	lost(id);
	good(id, "workflow_dispatch", "Ship it", dispatch_context);
	approve_production(id);
	(void)add_run(id, "refs/heads/main", "push", "Deploy with care",
	    push_context);
	while (pass())
		continue;
	(void)add_run(id, "refs/heads/main", "push",
	    "Say which step takes how long", push_context);
	for (int i = 0; i < 6; i++)
		(void)pass();
	(void)start("setting up\n", 2);
	MUST(shown_settle_all(st, &config, &err));
}

/* The jobs that run end, and others start; until nothing is left. */
static void
step(void)
{
	struct job *jobs;
	size_t n;

	MUST(queue_active(st, &arena, &jobs, &n, &err));
	for (size_t i = 0; i < n; i++)
		end(&jobs[i], steps_of(&jobs[i]), "succeed", 0, NULL, NULL);
	(void)start("next\n", 1);
}

static void
wide(int n)
{
	struct str text = STR_INIT;
	struct run run = { .workflow = "Wide", .file = ".ci.yml",
		.event = "push", .ref = "refs/heads/wide", .branch = "wide",
		.sha = SHA, .title = "As wide as it gets", .actor = "mona",
		.why = "push", .priority = 10, .context = push_context };
	struct repo repo;

	MUST(repo_find(st, "octo", "ship", &arena, &repo, &err));
	str_add(&text, "on: push\njobs:\n");
	for (int i = 0; i < n; i++) {
		str_addf(&text, "  job%d:\n    runs-on: ubuntu\n    steps: "
		    "[{ run: make }]\n", i);
		if (i >= n / 10)
			str_addf(&text, "    needs: [job%d]\n", i - n / 10);
	}
	run.repo = repo.id;
	run.config = text.s;
	MUST(run_create(st, &run, &err));
	MUST(run_advance(st, &standard, run.id, &err));
	str_release(&text);
}

int
main(int argc, char **argv)
{
	struct str path = STR_INIT;

	if (argc < 3 || sodium_init() == -1) {
		fprintf(stderr, "usage: run-seed CONFIG fill|step|wide [N]\n");
		return 2;
	}
	arena_init(&arena, 0);
	MUST(config_load(argv[1], &arena, &config, NULL, &err));
	layout_db(&path, config.state_dir);
	MUST(store_open(&st, path.s, STORE_MIGRATE, &err));
	if (strcmp(argv[2], "fill") == 0)
		fill();
	else if (strcmp(argv[2], "step") == 0)
		step();
	else if (strcmp(argv[2], "wide") == 0 && argc == 4)
		wide(atoi(argv[3]));
	store_close(st);
	str_release(&path);
	arena_release(&arena);
	return 0;
}
