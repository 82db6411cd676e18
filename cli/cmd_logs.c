/*
 * cmd_logs.c - pawl logs: the log of one job, or of all jobs of a run in the
 * order in which they can run. With --search lines of many runs.
 *
 * Logs are plain files; the run's document only says where they are and when
 * a job has ended.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/doc.h"
#include "cli/job_log.h"
#include "cli/logs_search.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"

const struct cli_option logs_options[] = {
	{ "follow", 'f', NULL, "go on until the jobs have ended", false },
	{ "failed", 0, NULL, "only jobs that failed", false },
	{ "exit-status", 0, NULL, "exit with 1 unless it succeeded", false },
	{ "search", 's', "TEXT", "print lines with this text of many runs, of "
	    "OWNER/NAME if it is given, the newest first", false },
	{ "exact", 0, NULL, "with --search: capital letters count", false },
	{ "branch", 'b', "BRANCH", "with --search: only of this branch",
	    false },
	{ "workflow", 0, "NAME", "with --search: only of this workflow",
	    false },
	{ "status", 0, "STATE", "with --search: only of runs in this state",
	    false },
	{ "job", 0, "JOB", "with --search: only of jobs with this key or "
	    "title", false },
	{ "step", 0, "STEP", "with --search: only of steps with this number "
	    "or title", false },
	{ "since", 0, "TIME", "with --search: of runs made then or later",
	    false },
	{ "until", 0, "TIME", "with --search: of runs made then or before",
	    false },
	{ "limit", 'n', "N", "with --search: how many lines [100]", false },
	{ NULL, 0, NULL, NULL, false },
};

static void
print_job_head(struct cli *cli, const json_t *job)
{
	struct str text = STR_INIT, line = STR_INIT;

	str_add(&text, "==> ");
	term_text(&text, doc_text(job, "title"));
	term_styled(&line, cli->color, TERM_BOLD, text.s);
	printf("%s\n", line.s);
	fflush(stdout);
	str_release(&text);
	str_release(&line);
}

static bool
is_good(const char *state)
{
	return strcmp(state, "succeeded") == 0 ||
	    strcmp(state, "skipped") == 0;
}

/* A run without jobs has its reason instead of logs. */
static int
no_jobs(const json_t *run, struct arena *a)
{
	struct str problems = STR_INIT;

	term_lines(&problems, doc_text(run, "problems"));
	fputs(problems.s, stdout);
	str_release(&problems);
	fprintf(stderr, "pawl: %s has no jobs: %s\n", doc_run_name(run, a),
	    doc_text(run, "state"));
	return is_good(doc_text(run, "state"));
}

static bool
is_wanted(struct cli *cli, const json_t *job, const char *only)
{
	if (args_option(cli, "failed") != NULL &&
	    strcmp(doc_text(job, "state"), "failed") != 0)
		return false;
	return only == NULL || strcmp(doc_text(job, "key"), only) == 0 ||
	    strcmp(doc_text(job, "title"), only) == 0;
}

/* Print all jobs, or the one that is called `only`. Returns 1 when all of
 * them succeeded or were skipped, 0 when not. */
static int
print_all(struct cli *cli, const json_t *run, const struct run_ref *ref,
    const char *only, struct err *err)
{
	bool follow = args_option(cli, "follow") != NULL;
	const json_t *jobs = json_object_get(run, "jobs");
	const char *state;
	bool good = true;
	json_t *job;
	size_t i;

	if (only != NULL && ref_job(run, only, ref, err) == NULL)
		return -1;
	json_array_foreach(jobs, i, job) {
		if (!is_wanted(cli, job, only))
			continue;
		if (only == NULL && json_array_size(jobs) > 1)
			print_job_head(cli, job);
		state = job_log_print(cli, ref, doc_text(job, "key"), follow,
		    err);
		if (state == NULL)
			return -1;
		good = good && is_good(state);
	}
	return json_array_size(jobs) == 0 ? no_jobs(run, &cli->arena) : good;
}

int
cmd_logs(struct cli *cli, struct err *err)
{
	const char *only = cli->n_words == 2 ? cli->words[1] : NULL;
	struct run_ref ref;
	json_t *run;
	int good;

	if (args_option(cli, "search") != NULL && only != NULL)
		return err_set(err, ERR_INVALID, "--search takes a "
		    "repository, OWNER/NAME, or nothing");
	if (args_option(cli, "search") != NULL)
		return logs_search(cli, args_option(cli, "search"),
		    cli->n_words == 1 ? cli->words[0] : NULL, err);
	if (cli->n_words == 0)
		return err_set(err, ERR_INVALID, "say which run: pawl logs "
		    "RUN [JOB]");
	run = ref_read_run(cli, cli->words[0], &ref, err);
	if (run == NULL)
		return -1;
	if (cli->web) {
		good = web_page(cli, doc_text(run, "attempt_url"), err);
		json_decref(run);
		return good;
	}
	good = print_all(cli, run, &ref, only, err);
	json_decref(run);
	if (good == -1)
		return -1;
	return args_option(cli, "exit-status") != NULL && !good ?
	    CLI_FAILED : CLI_OK;
}
