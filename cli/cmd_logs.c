/*
 * cmd_logs.c - pawl logs: the log of one job, or of all jobs of a run in the
 * order in which they can run.
 *
 * Logs are plain files; the database only says where they are and when a job
 * has ended.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/follow.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/layout.h"

const struct cli_option logs_options[] = {
	{ "follow", 'f', NULL, "go on until the jobs have ended" },
	{ "exit-status", 0, NULL, "exit with 1 unless it succeeded" },
	{ NULL, 0, NULL, NULL },
};

/* How long a job's state is not looked at while its log does not grow. */
#define STATE_POLL_MS 300

/* Where a log is now, and what of it was opened. */
struct reader {
	struct cli *cli;
	struct follow file;
	struct str path; /* below public/; empty: none yet */
};

/* Open the job's log when it has one that is not open: a new attempt has a
 * new one. A log that has been removed is said, once. */
static int
open_log(struct reader *r, const struct job *job, struct err *err)
{
	struct str path = STR_INIT;
	struct err reason = { 0 };
	int result = 0;

	if (!job->log || !strcmp(job->log, r->path.s))
		return 0;
	if (follow_copy(&r->file, STDOUT_FILENO, err) == -1)
		return -1;
	follow_close(&r->file);
	if (r->path.len > 0)
		fprintf(stderr, "pawl: attempt %d of \"%s\"\n", job->attempt,
		    job->key);
	str_clear(&r->path);
	str_add(&r->path, job->log);
	layout_public_file(&path, r->cli->config.state_dir, job->log);
	if (follow_open(&r->file, path.s, &reason) == -1) {
		if (reason.code == ERR_NOT_FOUND) {
			fprintf(stderr, "pawl: %s\n", reason.text);
		} else {
			*err = reason;
			result = -1;
		}
	}
	str_release(&path);
	return result;
}

static int
find_job(struct cli *cli, int64_t id, struct arena *a, struct job *job,
    struct err *err)
{
	int r = job_find_id(cli->store, id, a, job, err);

	if (r == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "the run was removed meanwhile");
	return r == 1 ? 0 : -1;
}

/*
 * Copy a job's log, and with `follow` go on until the job has ended. The
 * state is read before the file, so what was written before the end is
 * always copied. Returns the state that was seen last.
 */
static int
print_log(struct cli *cli, int64_t id, bool follow, struct err *err)
{
	struct arena scratch = ARENA_INIT(0);
	struct reader r = { .cli = cli, .file = FOLLOW_INIT,
		.path = STR_INIT };
	struct job job;
	bool over = false;
	int result = -1;

	while (!over) {
		arena_release(&scratch);
		if (find_job(cli, id, &scratch, &job, err) == -1 ||
		    open_log(&r, &job, err) == -1 ||
		    follow_copy(&r.file, STDOUT_FILENO, err) == -1)
			goto out;
		over = !follow || machine_terminal(MACHINE_JOB, job.state);
		if (!over)
			follow_wait(&r.file, STATE_POLL_MS);
	}
	result = (int)job.state;
	if (!job.log)
		fprintf(stderr, "pawl: \"%s\" has no log: %s%s%s\n", job.key,
		    machine_state_name(MACHINE_JOB, job.state),
		    job.reason ? ", " : "", job.reason ? job.reason : "");
out:
	follow_close(&r.file);
	str_release(&r.path);
	arena_release(&scratch);
	return result;
}

static void
print_job_head(struct cli *cli, const struct job *job)
{
	struct str text = STR_INIT, line = STR_INIT;

	str_add(&text, "==> ");
	term_text(&text, job->title);
	term_styled(&line, cli->color, TERM_BOLD, text.s);
	printf("%s\n", line.s);
	fflush(stdout);
	str_release(&text);
	str_release(&line);
}

/* A run without jobs has its reason instead of logs. */
static int
no_jobs(const struct run *run)
{
	struct str problems = STR_INIT;

	term_lines(&problems, run->problems);
	fputs(problems.s, stdout);
	str_release(&problems);
	fprintf(stderr, "pawl: %s/%s#%" PRId64 " has no jobs: %s\n",
	    run->owner, run->name, run->number,
	    machine_state_name(MACHINE_RUN, run->state));
	return run->state == RUN_SUCCEEDED || run->state == RUN_SKIPPED;
}

/* Print all jobs, or the one that is called `only`. Returns 1 when all of
 * them succeeded or were skipped, 0 when not. */
static int
print_all(struct cli *cli, const struct run *run, const char *only,
    struct err *err)
{
	bool follow = args_option(cli, "follow") != NULL;
	bool found = false, good = true;
	struct job *jobs;
	size_t n;

	if (job_list(cli->store, run->id, &cli->arena, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int state;

		if (only && strcmp(jobs[i].key, only) &&
		    strcmp(jobs[i].title, only))
			continue;
		found = true;
		if (!only && n > 1)
			print_job_head(cli, &jobs[i]);
		state = print_log(cli, jobs[i].id, follow, err);
		if (state == -1)
			return -1;
		good = good && (state == JOB_SUCCEEDED || state == JOB_SKIPPED);
	}
	if (only && !found)
		return err_set(err, ERR_NOT_FOUND,
		    "%s/%s#%" PRId64 " has no job \"%s\"; \"pawl show\" lists "
		    "them", run->owner, run->name, run->number, only);
	return n == 0 ? no_jobs(run) : good;
}

int
cmd_logs(struct cli *cli, struct err *err)
{
	const char *only = cli->n_words == 2 ? cli->words[1] : NULL;
	struct run run;
	int good;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1)
		return -1;
	good = print_all(cli, &run, only, err);
	if (good == -1)
		return -1;
	return args_option(cli, "exit-status") && !good ? CLI_FAILED : CLI_OK;
}
