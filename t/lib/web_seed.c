/*
 * web_seed.c - fill a database for tests of the pages, and move it on.
 *
 *	web-seed CONFIG fill      repositories and runs in every state
 *	web-seed CONFIG finish    the running job of "octo/demo" succeeds
 *	web-seed CONFIG render    write badges and status of all runs
 *	web-seed CONFIG many N    N finished runs of "octo/demo"
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/conf.h"
#include "lib/render/files.h"
#include "lib/render/shown.h"
#include "t/lib/fixture.h"
#include "workerd/advance.h"

static const struct config standard; /* all limits as they are */

static struct store *st;
static struct config config;
static struct arena arena;

#define MUST(call) do { \
	struct err err = { 0 }; \
	must(call); \
} while (0)

/* One run of two jobs, "build" with three steps and "test", which needs it. */
static const char workflow[] =
    "on: push\n"
    "jobs:\n"
    "  build:\n"
    "    name: Build\n"
    "    runs-on: ubuntu\n"
    "    steps:\n"
    "      - { name: Check out, run: git checkout }\n"
    "      - { name: Compile everything, run: make -j2 }\n"
    "      - { name: Package, run: make dist }\n"
    "  test:\n"
    "    name: Test\n"
    "    runs-on: ubuntu\n"
    "    needs: build\n"
    "    steps:\n"
    "      - { name: Run the tests, run: make check }\n";

static int64_t
add_repo(const char *owner, const char *name)
{
	const struct repo r = { .forge = "github", .owner = owner,
		.name = name, .clone_url = "https://example.org/r.git",
		.default_branch = "main" };
	int64_t id;

	MUST(repo_add(st, &r, NULL, &id, &err));
	return id;
}

static int64_t
add_run(int64_t repo, const char *ref, const char *title, const char *actor)
{
	struct run run = { .repo = repo, .workflow = "CI", .file = ".ci.yml",
		.event = "push", .ref = ref,
		.branch = strchr(strchr(ref, '/') + 1, '/') + 1,
		.sha = "0123456789012345678901234567890123456789",
		.title = title, .actor = actor,
		.why = "push to main matches branches: [main] (.ci.yml:3)",
		.config = workflow, .priority = 10,
		.context = "{\"github\": {}}" };

	MUST(run_create(st, &run, &err));
	MUST(run_advance(st, &standard, run.id, &err));
	return run.id;
}

static void
add_invalid(int64_t repo)
{
	struct run run = { .repo = repo, .workflow = ".ci.yml",
		.file = ".ci.yml", .event = "push",
		.ref = "refs/heads/typo", .branch = "typo",
		.sha = "89abcdef89abcdef89abcdef89abcdef89abcdef",
		.title = "Add a job that waits", .actor = "mona",
		.why = "push",
		.problems = ".ci.yml:14:5: error: unknown key \"need\" in job "
		    "\"test\"\n   14 |     need: build\n      |     ^~~~  "
		    "did you mean \"needs\"?\n" };

	MUST(run_create(st, &run, &err));
}

static void
write_log(const struct run *run, const char *key, const char *text)
{
	const struct layout_run place = run_layout(run);
	struct str relative = STR_INIT, path = STR_INIT;

	layout_job_log(&relative, LAYOUT_LOG, &place, key, 1);
	layout_public_file(&path, config.state_dir, relative.s);
	MUST(file_replace(path.s, text, strlen(text), 0644, false, &err));
	str_release(&relative);
	str_release(&path);
}

/* Claim the next job and start its first `n` steps; the last one runs. */
static struct job
start_job(int64_t run_id, int n, const char *text)
{
	struct str log = STR_INIT;
	struct layout_run place;
	struct run run;
	struct job job;

	MUST(run_find_id(st, run_id, &arena, &run, &err));
	MUST(queue_claim(st, "seed", 3600000, NULL, &arena, &job, &err));
	place = run_layout(&run);
	layout_job_log(&log, LAYOUT_LOG, &place, job.key, 1);
	write_log(&run, job.key, text);
	MUST(job_start(st, job.id, job.attempt, "sandbox", NULL, log.s,
	    &err));
	for (int i = 1; i <= n; i++) {
		MUST(step_start(st, job.id, job.attempt, i, NULL, 0, &err));
		if (i < n)
			MUST(step_finish(st, job.id, job.attempt, i,
			    "succeed", 0, NULL, &err));
	}
	str_release(&log);
	return job;
}

static void
end_job(const struct job *job, int step, const char *on, int code)
{
	const struct job_done done = { .on = on, .exit_code =
		code == 0 ? -1 : code, .reason = code == 0 ? NULL :
		"step 2 \"Compile everything\" failed" };

	MUST(step_finish(st, job->id, job->attempt, step, on, code, NULL,
	    &err));
	MUST(job_complete(st, job->id, job->attempt, &err));
	MUST(job_finish(st, job->id, job->attempt, &done, &err));
	MUST(run_advance(st, &standard, job->run, &err));
}

static void
succeed_run(int64_t run)
{
	struct job job = start_job(run, 3, "checking out\n\033[32mok\033[0m "
	    "built\n");

	end_job(&job, 3, "succeed", 0);
	job = start_job(run, 1, "1..1\nok 1 - all\n");
	end_job(&job, 1, "succeed", 0);
}

static const char fail_log[] =
    "pawl: engine sandbox\n"
    "cc -c main.c\n"
    "\033[1mmain.c:4:2: \033[31merror:\033[0m unknown type name "
    "\033[1m<script>alert(1)</script>\033[0m\n"
    "\033]0;title\007\033[2Kmake: *** [Makefile:3: main.o] Error 1\n"
    "caf\303\251 \377\376 done\r\n";

static void
fill(void)
{
	int64_t demo = add_repo("octo", "demo");
	int64_t evil = add_repo("<b>&\"evil\"", "x'y");
	struct job job;
	int64_t run;

	(void)add_repo("octo", "quiet");
	succeed_run(add_run(demo, "refs/heads/main", "Start with a pipeline",
	    "mona"));
	succeed_run(add_run(evil, "refs/heads/a\"><img src=x onerror=alert(1)>",
	    "<script>alert('title')</script> \342\200\256evil",
	    "\"><script>alert(2)</script>"));
	run = add_run(demo, "refs/heads/feature/log-view",
	    "Compile with every warning that there is, and see what comes out "
	    "of it on all of the machines that we have", "hubot");
	job = start_job(run, 2, fail_log);
	end_job(&job, 2, "fail", 2);
	add_invalid(demo);
	succeed_run(add_run(demo, "refs/tags/v1.0.0", "Release 1.0", "mona"));
	run = add_run(demo, "refs/heads/main", "Follow the log as it grows",
	    "mona");
	(void)start_job(run, 2, "checking out\ncompiling\n");
	(void)add_run(demo, "refs/heads/main", "Wait for a free place",
	    "hubot");
}

/* A repository whose texts all have one word in them. */
static void
one(const char *owner, const char *name, const char *word)
{
	int64_t repo = add_repo(owner, name), run;
	struct job job;

	succeed_run(add_run(repo, "refs/heads/main", arena_printf(&arena,
	    "title-%s", word), arena_printf(&arena, "actor-%s", word)));
	run = add_run(repo, arena_printf(&arena, "refs/heads/branch-%s",
	    word), arena_printf(&arena, "title-%s", word), "mona");
	job = start_job(run, 2, arena_printf(&arena, "log-%s\n", word));
	end_job(&job, 2, "fail", 2);
	run = add_run(repo, "refs/heads/main", arena_printf(&arena,
	    "title-%s", word), "mona");
	(void)start_job(run, 2, arena_printf(&arena, "log-%s\n", word));
	(void)add_run(repo, "refs/heads/main", arena_printf(&arena,
	    "title-%s", word), "mona");
}

static void
finish(void)
{
	struct job *jobs;
	size_t n;

	MUST(queue_active(st, &arena, &jobs, &n, &err));
	for (size_t i = 0; i < n; i++)
		end_job(&jobs[i], 2, "succeed", 0);
}

static void
render(void)
{
	struct repo *repos;
	struct run *runs;
	size_t n, n_repos;

	MUST(repo_list(st, &arena, &repos, &n_repos, &err));
	for (size_t i = 0; i < n_repos; i++)
		MUST(render_repo_files(st, &config, repos[i].id, &err));
	MUST(shown_settle_all(st, &config, &err));
	MUST(run_list(st, 0, 0, 1000, &arena, &runs, &n, &err));
	for (size_t i = 0; i < n; i++)
		MUST(render_run_files(st, &config, runs[i].id, &err));
	MUST(shown_feeds(st, &config, &err));
}

static void
many(int n)
{
	struct repo repo;

	MUST(repo_find(st, "octo", "demo", &arena, &repo, &err));
	for (int i = 0; i < n; i++) {
		struct run run = { .repo = repo.id, .workflow = "CI",
			.file = ".ci.yml", .event = "push",
			.ref = "refs/heads/main", .branch = "main",
			.sha = "0123456789012345678901234567890123456789",
			.title = "one of many", .actor = "mona",
			.why = "push" };

		MUST(run_create(st, &run, &err));
	}
}

int
main(int argc, char **argv)
{
	struct str path = STR_INIT;

	if (argc < 3 || sodium_init() == -1) {
		fprintf(stderr, "usage: web-seed CONFIG "
		    "fill|finish|render|many N|one OWNER NAME WORD\n");
		return 2;
	}
	arena_init(&arena, 0);
	MUST(config_load(argv[1], &arena, &config, NULL, &err));
	layout_db(&path, config.state_dir);
	MUST(store_open(&st, path.s, STORE_MIGRATE, &err));
	if (strcmp(argv[2], "fill") == 0)
		fill();
	else if (strcmp(argv[2], "finish") == 0)
		finish();
	else if (strcmp(argv[2], "render") == 0)
		render();
	else if (strcmp(argv[2], "one") == 0 && argc == 6)
		one(argv[3], argv[4], argv[5]);
	else if (strcmp(argv[2], "many") == 0 && argc == 4)
		many(atoi(argv[3]));
	store_close(st);
	str_release(&path);
	arena_release(&arena);
	return 0;
}
