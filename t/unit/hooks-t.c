/*
 * hooks-t.c - which files are hooks, and which events queue them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"
#include "lib/keep/hook_folder.h"

static struct str refused;

static void
on_refused(void *ctx, const char *path, const struct err *why)
{
	(void)ctx;
	(void)why;
	str_addf(&refused, "%s ", strrchr(path, '/') + 1);
}

/* A file of the test's folder. */
static const char *
file(const char *name, const char *text, mode_t mode)
{
	static char path[1000];
	struct err err = { 0 };

	(void)snprintf(path, sizeof(path), "%s/hooks/%s", tap_dir(), name);
	must(file_replace(path, text, strlen(text), mode, false, &err));
	if (chmod(path, mode) == -1)
		tap_note("cannot chmod %s", path);
	return path;
}

static void
folder(const char *name, mode_t mode)
{
	char path[1000];

	(void)snprintf(path, sizeof(path), "%s/hooks%s", tap_dir(), name);
	if (mkdir(path, mode) == -1 || chmod(path, mode) == -1)
		tap_note("cannot make %s", path);
}

/* "NAME FILE CONDITION; ..." of what is found. */
static const char *
found(struct arena *a, struct hook **hooks, size_t *n)
{
	static struct str text;
	char path[1000];

	str_clear(&text);
	str_clear(&refused);
	str_add(&text, "");
	str_add(&refused, "");
	(void)snprintf(path, sizeof(path), "%s/hooks", tap_dir());
	hook_folder_read(path, a, hooks, n, on_refused, NULL);
	for (size_t i = 0; i < *n; i++)
		str_addf(&text, "%s %s%s%s; ", (*hooks)[i].name,
		    (*hooks)[i].path + strlen(path) + 1,
		    (*hooks)[i].condition != NULL ? " if " : "",
		    (*hooks)[i].condition != NULL ? (*hooks)[i].condition :
		    "");
	return text.len > 0 ? text.s : "";
}

static void
test_folder(struct arena *a)
{
	struct hook *hooks;
	size_t n;

	is_str(found(a, &hooks, &n), "", "no folder is no hook");
	folder("", 0755);
	folder("/post_job.d", 0755);
	folder("/run_start.d", 0777);
	file("on_failure", "#!", 0755);
	file("on_failure.if", "run.branch == 'main'\n", 0644);
	file("something_else", "#!", 0755);
	file("post_job.d/b", "#!", 0755);
	file("post_job.d/a", "#!", 0755);
	file("post_job.d/a~", "#!", 0755);
	file("post_job.d/.hidden", "#!", 0755);
	file("pre_job", "#!", 0644);
	file("on_success", "#!", 0775);
	file("run_start.d/open", "#!", 0755);
	is_str(found(a, &hooks, &n), "on_failure on_failure if run.branch == "
	    "'main'; post_job post_job.d/a; post_job post_job.d/b; ",
	    "files of these names are hooks, and what is in their folders");
	is_str(refused.s, "open pre_job on_success ",
	    "not executable, or written by others: not run");
}

/* What is queued, one in a line: what stands before the path in the topic. */
static int64_t
queued(const char *path, const char *name)
{
	char sql[300];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE "
	    "kind = 'hook' AND data ->> 'hook' = '%s'", name);
	return fixture_sql(path, sql);
}

static void
test_events(void)
{
	static const struct hook all[] = {
		{ "/h/on_timeout", "on_timeout", NULL },
		{ "/h/post_job.d/a", "post_job", NULL },
		{ "/h/post_job.d/b", "post_job", "true" },
		{ "/h/run_complete", "run_complete", NULL },
	};
	const char *path;
	struct store *st = fixture_store(&path);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;

	is_int(must(hook_sync(st, all, 4, &err)), 1, "hooks are taken");
	is_int(must(hook_sync(st, all, 4, &err)), 0, "and not written twice");
	fixture_run(st, fixture_repo(st, "demo"), 1, "a b:a");
	must(queue_claim(st, "w", 60000, NULL, &a, &job, &err));
	must(job_start(st, job.id, job.attempt, "sandbox", NULL, "l", &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM outbox WHERE kind = "
	    "'hook'"), 0, "what nobody wants is not queued");
	fixture_end(st, job.id, job.attempt, "fail");
	is_int(queued(path, "post_job"), 2,
	    "each program of a job that ran, none of one that did not");
	is_int(queued(path, "on_timeout"), 0, "it did not time out");
	is_int(queued(path, "run_complete"), 1, "the run has ended");
	is_int(fixture_sql(path, "SELECT count(*) FROM outbox WHERE kind = "
	    "'hook' AND data ->> 'condition' = 'true'"), 1,
	    "a condition goes along");
	arena_release(&a);
	store_close(st);
}

int
main(void)
{
	struct arena a = ARENA_INIT(0);

	test_folder(&a);
	test_events();
	arena_release(&a);
	str_release(&refused);
	return tap_done();
}
