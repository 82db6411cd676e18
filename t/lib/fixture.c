/*
 * fixture.c - see fixture.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/fixture.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"
#include "workerd/advance.h"

static const struct config standard; /* all limits as they are */

#define MAX_PATHS 64

int
fixture_must(int rc, const char *what, struct err *err, const char *file,
    int line)
{
	if (rc != -1)
		return rc;
	printf("Bail out! %s:%d: %s: %s\n", file, line, what, err->text);
	fflush(stdout);
	_exit(1);
}

const char *
fixture_path(void)
{
	static char paths[MAX_PATHS][200];
	static int n;
	char *path = paths[n % MAX_PATHS];

	(void)snprintf(path, sizeof(paths[0]), "%s/db%d-%ld", tap_dir(), n++,
	    (long)getpid());
	if (n > MAX_PATHS || mkdir(path, 0755) == -1) {
		printf("Bail out! mkdir %s: %s\n", path, strerror(errno));
		_exit(1);
	}
	(void)snprintf(path + strlen(path), sizeof(paths[0]) - strlen(path),
	    "/pawl.db");
	return path;
}

struct store *
fixture_store(const char **path)
{
	const char *p = fixture_path();
	struct err err = { 0 };
	struct store *st;

	log_setup("test", LOG_WARN);
	must(store_open(&st, p, STORE_MIGRATE, &err));
	if (path != NULL)
		*path = p;
	return st;
}

struct store *
fixture_open(const char *path)
{
	struct err err = { 0 };
	struct store *st;

	must(store_open(&st, path, STORE_EXISTING, &err));
	return st;
}

int64_t
fixture_repo(struct store *st, const char *name)
{
	return fixture_repo_of(st, "owner", name);
}

int64_t
fixture_repo_of(struct store *st, const char *owner, const char *name)
{
	const struct repo r = { .forge = "github", .owner = owner,
		.name = name, .clone_url = "https://example.org/r.git",
		.default_branch = "main" };
	struct err err = { 0 };
	int64_t id;

	must(repo_add(st, &r, "secret", &id, &err));
	return id;
}

/* The graph as a workflow: a job for each word, of two steps. */
static void
write_workflow(char *graph, struct str *out)
{
	char *save = NULL;

	str_add(out, "on: push\njobs:\n");
	for (char *w = strtok_r(graph, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		char *needs = strchr(w, ':');

		if (needs != NULL)
			*needs++ = '\0';
		str_addf(out, "  %s:\n    runs-on: ubuntu\n", w);
		if (needs != NULL)
			str_addf(out, "    needs: [%s]\n", needs);
		str_add(out, "    steps:\n"
		    "      - { name: first, run: 'true' }\n"
		    "      - { name: second, run: echo }\n");
	}
}

int64_t
fixture_workflow(struct store *st, int64_t repo, int priority,
    const char *text)
{
	struct run run = { .repo = repo, .workflow = "ci", .file = ".ci.yml",
		.event = "push", .ref = "refs/heads/main", .branch = "main",
		.sha = "0123456789012345678901234567890123456789",
		.title = "change", .actor = "somebody", .why = "on: push",
		.config = text, .priority = priority, .context =
		    "{\"github\": {\"event_name\": \"push\", "
		    "\"ref\": \"refs/heads/main\"}}" };
	struct err err = { 0 };

	must(run_create(st, &run, &err));
	fixture_advance(st, run.id);
	return run.id;
}

int64_t
fixture_run(struct store *st, int64_t repo, int priority, const char *graph)
{
	struct str text = STR_INIT;
	char *copy = strdup(graph);
	int64_t run;

	if (copy == NULL)
		abort();
	write_workflow(copy, &text);
	run = fixture_workflow(st, repo, priority, text.s);
	free(copy);
	str_release(&text);
	return run;
}

void
fixture_advance(struct store *st, int64_t run)
{
	struct err err = { 0 };

	must(run_advance(st, &standard, run, &err));
}

void
fixture_cancel(struct store *st, int64_t run)
{
	struct err err = { 0 };

	must(run_cancel(st, run, "somebody", &err));
	fixture_advance(st, run);
}

int64_t
fixture_start(struct store *st, int *attempt)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	int rc;

	rc = must(queue_claim(st, "fixture", 60000, NULL, &a, &job, &err));
	if (rc == 0) {
		printf("Bail out! the queue is empty\n");
		fflush(stdout);
		_exit(1);
	}
	must(job_start(st, job.id, job.attempt, "sandbox", NULL, "x.log",
	    &err));
	*attempt = job.attempt;
	arena_release(&a);
	return job.id;
}

void
fixture_end(struct store *st, int64_t job, int attempt, const char *on)
{
	fixture_end_with(st, job, attempt, on, NULL);
}

void
fixture_end_with(struct store *st, int64_t job, int attempt, const char *on,
    const char *outputs)
{
	const struct job_done done = { .on = on, .outputs = outputs,
		.exit_code = str_equal(on, "fail") ? 1 : -1 };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job j;

	must(job_complete(st, job, attempt, &err));
	must(job_finish(st, job, attempt, &done, &err));
	must(job_find_id(st, job, &a, &j, &err));
	fixture_advance(st, j.run);
	arena_release(&a);
}

const char *
fixture_jobs(struct store *st, int64_t run)
{
	static char text[8192];
	struct arena a = ARENA_INIT(0);
	struct str s = STR_INIT;
	struct err err = { 0 };
	struct job *jobs;
	size_t n;

	must(job_list(st, run, &a, &jobs, &n, &err));
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s=%s", i > 0 ? " " : "", jobs[i].key,
		    machine_state_name(MACHINE_JOB, (int)jobs[i].state));
	(void)snprintf(text, sizeof(text), "%s", s.s);
	str_release(&s);
	arena_release(&a);
	return text;
}

const char *
fixture_run_state(struct store *st, int64_t run)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run r;

	must(run_find_id(st, run, &a, &r, &err));
	arena_release(&a);
	return machine_state_name(MACHINE_RUN, (int)r.state);
}

int64_t
fixture_job(struct store *st, int64_t run, const char *key)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job *jobs;
	int64_t id = 0;
	size_t n;

	must(job_list(st, run, &a, &jobs, &n, &err));
	for (size_t i = 0; i < n; i++)
		if (str_equal(jobs[i].key, key))
			id = jobs[i].id;
	arena_release(&a);
	return id;
}

static int
run_sql(const char *path, const char *sql, int64_t *out, char *why,
    size_t size)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_open(path, &db);

	*out = -1;
	sqlite3_busy_timeout(db, 5000);
	while (rc == SQLITE_OK && *sql != '\0') {
		rc = sqlite3_prepare_v2(db, sql, -1, &s, &sql);
		if (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
			*out = sqlite3_column_int64(s, 0);
		if (rc == SQLITE_OK)
			rc = sqlite3_finalize(s);
	}
	(void)snprintf(why, size, "%s", sqlite3_errmsg(db));
	(void)sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : -1;
}

int64_t
fixture_sql(const char *path, const char *sql)
{
	char why[500];
	int64_t v;

	if (run_sql(path, sql, &v, why, sizeof(why)) == -1) {
		printf("Bail out! %s: %s\n", sql, why);
		fflush(stdout);
		_exit(1);
	}
	return v;
}

void
fixture_sql_refused(const char *path, const char *sql, const char *why)
{
	char said[500];
	int64_t v;

	if (run_sql(path, sql, &v, said, sizeof(said)) == 0)
		(void)snprintf(said, sizeof(said), "done");
	is_str(said, why, "refused: %s", sql);
}

int
fixture_fork(int n, int (*fn)(int i, void *ctx), void *ctx)
{
	int bad = 0;

	fflush(stdout);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			int rc = fn(i, ctx);

			fflush(stdout);
			_exit(rc);
		}
		if (pid == -1)
			bad++;
	}
	for (int i = 0, status; i < n; i++)
		if (wait(&status) == -1 || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 0)
			bad++;
	return bad;
}
