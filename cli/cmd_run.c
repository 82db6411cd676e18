/*
 * cmd_run.c - pawl run: the pipeline of the current folder, here and now.
 *
 * The same plan and the same executor as on a server, but jobs run one after
 * another, their output goes to the terminal, and everything else lives in a
 * temporary folder that is removed at the end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/sources.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/run/execute.h"
#include "lib/run/plan_old.h"

const struct cli_option run_options[] = {
	{ "job", 'j', "JOB", "only this job, and those it needs" },
	{ "engine", 'e', "ENGINE", "auto, sandbox or docker, as in the "
	                           "configuration" },
	{ NULL, 0, NULL, NULL },
};

enum outcome { NOT_WANTED, WANTED, GOOD, BAD, LEFT_OUT };

struct local_run {
	struct cli *cli;
	const struct plan *plan;
	const char *dir; /* the temporary folder */
	char folder[4096]; /* what is built */
	struct old_facts facts;
	enum outcome *outcomes; /* by job */
	bool interrupted;
};

/* A pipe that a signal writes to: readable means "cancel". */
static int cancel_pipe[2] = { -1, -1 };

static void
on_signal(int signo)
{
	int saved = errno;
	ssize_t ignored = write(cancel_pipe[1], "", 1);

	(void)ignored; /* full: it was asked for already */
	signal(signo, SIG_DFL); /* the second one ends us at once */
	errno = saved;
}

static int
watch_signals(struct err *err)
{
	struct sigaction sa = { .sa_handler = on_signal };

	if (pipe2(cancel_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_errno(err, "making a pipe");
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	return 0;
}

static int
job_index(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_jobs; i++)
		if (!strcmp(plan->jobs[i].id, id))
			return (int)i;
	return -1;
}

/* Mark what is to run: all jobs, or one with all it needs. Needs stand
 * before, so one walk from the back finds them. */
static int
choose_jobs(struct local_run *run, const char *only, struct err *err)
{
	const struct plan *plan = run->plan;
	int wanted = only ? job_index(plan, only) : -1;

	if (only && wanted == -1)
		return err_set(err, ERR_NOT_FOUND,
		    "the pipeline has no job \"%s\"; \"pawl plan\" lists them",
		    only);
	for (size_t i = 0; i < plan->n_jobs; i++)
		if (!only || (int)i == wanted)
			run->outcomes[i] = WANTED;
	for (size_t i = plan->n_jobs; only && i-- > 0;)
		for (size_t k = 0; run->outcomes[i] == WANTED &&
		     k < plan->jobs[i].n_needs; k++) {
			int need = job_index(plan, plan->jobs[i].needs[k]);

			if (need >= 0)
				run->outcomes[need] = WANTED;
		}
	return 0;
}

/* One line of ours between the output; straight to the descriptor, because
 * the job's output does not pass stdio either. */
static int
say(const struct local_run *run, enum term_style style, const char *mark,
    const char *text, struct err *err)
{
	struct str safe = STR_INIT, line = STR_INIT;
	int r;

	str_addf(&safe, "%s ", mark);
	term_text(&safe, text);
	term_styled(&line, run->cli->color, style, safe.s);
	str_add_char(&line, '\n');
	r = file_write_fd(STDOUT_FILENO, line.s, line.len, err);
	str_release(&safe);
	str_release(&line);
	return r;
}

/* The log holds what the steps print and no headings: they are the
 * terminal's matter. */
static int
on_step_started(void *ctx, const struct job_plan_step *step, int64_t log_offset,
    struct err *err)
{
	struct str text = STR_INIT;
	int r;

	(void)log_offset;
	str_addf(&text, "%d. %s", step->number, step->title);
	r = say(ctx, TERM_BLUE, "-->", text.s, err);
	str_release(&text);
	return r;
}

/* The first needed job that did not end well, or NULL. */
static const char *
missing_need(const struct local_run *run, const struct plan_job *job)
{
	for (size_t i = 0; i < job->n_needs; i++) {
		int need = job_index(run->plan, job->needs[i]);

		if (need < 0 || run->outcomes[need] != GOOD)
			return job->needs[i];
	}
	return NULL;
}

static int
execute(struct local_run *run, size_t index, struct job_end *result,
    struct err *err)
{
	struct arena *a = &run->cli->arena;
	const struct plan_job *job = &run->plan->jobs[index];
	const struct job_observer observer = { .ctx = run,
		.step_started = on_step_started };
	struct job_plan plan;
	struct job_order order = {
		.config = &run->cli->config,
		.plan = &plan,
		.github = github_from_old(&run->facts, a),
		.run = "local",
		.instance = arena_printf(a, "local-%ld", (long)getpid()),
		.job = (int64_t)index + 1,
		.attempt = 1,
		.source = { .folder = run->folder },
		.work_dir = arena_printf(a, "%s/work/%zu", run->dir, index + 1),
		.log_path = arena_printf(a, "%s/%zu.log", run->dir, index + 1),
		.index_path =
		    arena_printf(a, "%s/%zu.idx", run->dir, index + 1),
		.echo_fd = STDOUT_FILENO,
		.cancel_fd = cancel_pipe[0],
	};

	plan_from_old(job, run->plan->name, a, &plan);
	return job_execute(&order, &observer, result, err);
}

/* Run one job and say how it went. Only a failure of this program itself is
 * -1; a job that could not run is a bad job. */
static int
run_job(struct local_run *run, size_t index, struct err *err)
{
	const struct plan_job *job = &run->plan->jobs[index];
	const char *missing = missing_need(run, job);
	int64_t start = clock_mono_ms();
	struct job_end result = { 0 };
	struct err failure = { 0 };
	char took[CLOCK_TEXT_SIZE];
	struct str text = STR_INIT;
	bool good;
	int r;

	if (missing || run->interrupted) {
		run->outcomes[index] = LEFT_OUT;
		str_addf(&text, "%s skipped: %s%s", job->name,
		    missing ? "needs " : "interrupted", missing ? missing : "");
		r = say(run, TERM_DIM, "==>", text.s, err);
		goto out;
	}
	if (say(run, TERM_BOLD, "==>", job->name, err) == -1) {
		r = -1;
		goto out;
	}
	r = execute(run, index, &result, &failure);
	good = r == 0 && !strcmp(result.on, "succeed");
	run->outcomes[index] = good ? GOOD : BAD;
	run->interrupted = result.on && !strcmp(result.on, "cancel");
	clock_duration(clock_mono_ms() - start, took);
	if (good)
		str_addf(&text, "%s succeeded in %s", job->name, took);
	else
		str_addf(&text, "%s %s after %s: %s", job->name,
		    run->interrupted ? "cancelled" : "failed", took,
		    r == -1 ? failure.text : result.reason);
	r = say(run, good ? TERM_GREEN : TERM_RED, "==>", text.s, err);
out:
	str_release(&text);
	return r;
}

static int
run_all(struct local_run *run, struct err *err)
{
	bool good = true;

	for (size_t i = 0; i < run->plan->n_jobs; i++) {
		if (run->outcomes[i] != WANTED)
			continue;
		if (run_job(run, i, err) == -1)
			return -1;
		good = good && run->outcomes[i] == GOOD;
	}
	if (run->interrupted)
		return CLI_INTERRUPTED;
	return good ? CLI_OK : CLI_FAILED;
}

/* What "git COMMAND -q HEAD" says of the current folder's checkout: its
 * commit, or its branch; NULL when there is none. */
static const char *
git_line(struct arena *a, const char *command)
{
	const char *const argv[] = { "git", command, "-q", "HEAD", NULL };
	struct proc_spec spec = { .argv = argv };
	struct str out = STR_INIT;
	struct err ignored = { 0 };
	const char *line = NULL;

	if (proc_run_ok(&spec, NULL, 4096, 10000, &out, &ignored) == 0)
		line = arena_strndup(a, out.s, strcspn(out.s, "\n"));
	str_release(&out);
	return line;
}

/* A folder of our own; the caller removes it. */
static int
make_dir(struct arena *a, const char **out, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = arena_printf(a, "%s/pawl-run-XXXXXX",
	    tmp && tmp[0] == '/' ? tmp : "/tmp");

	if (!mkdtemp(dir))
		return err_errno(err, "making the folder %s", dir);
	*out = dir;
	return 0;
}

static int
run_pipeline(struct local_run *run, struct err *err)
{
	struct cli *cli = run->cli;
	const char *engine = args_option(cli, "engine");

	if (engine)
		cli->config.engine = engine;
	cli->config.state_dir = run->dir;
	cli->config.run_dir = run->dir;
	if (!getcwd(run->folder, sizeof(run->folder)))
		return err_errno(err, "finding the current folder");
	if (choose_jobs(run, args_option(cli, "job"), err) == -1 ||
	    watch_signals(err) == -1)
		return -1;
	run->facts = (struct old_facts){ .event = "push",
		.ref = git_line(&cli->arena, "symbolic-ref"),
		.sha = git_line(&cli->arena, "rev-parse"),
		.workflow = run->plan->name, .attempt = 1 };
	return run_all(run, err);
}

int
cmd_run(struct cli *cli, struct err *err)
{
	struct local_run run = { .cli = cli };
	struct err ignored = { 0 };
	struct pipeline *pipeline;
	int r;

	if (source_read_one(cli->n_words ? cli->words[0] : ".", &cli->arena,
	        &pipeline, err) == -1)
		return -1;
	if (!pipeline)
		return CLI_FAILED;
	run.plan = pipeline_plan(pipeline);
	run.outcomes = arena_alloc(&cli->arena,
	    (run.plan->n_jobs + 1) * sizeof(*run.outcomes));
	if (make_dir(&cli->arena, &run.dir, err) == -1)
		return -1;
	r = run_pipeline(&run, err);
	if (file_remove_tree(run.dir, &ignored) == -1)
		fprintf(stderr, "pawl: %s\n", ignored.text);
	return r;
}
