/*
 * cmd_shell.c - pawl shell: look into what a failed job has left, in a
 * container like its own.
 *
 * It is the workspace that was kept itself, no copy: what is changed there
 * is there the next time, too, until its time is over.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/pty.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/engine/engine.h"
#include "lib/run/kept.h"
#include "workerd/program.h"

#define START_MS 60000

struct shell {
	struct cli *cli;
	struct run run;
	struct job job;
	struct kept kept;
	const struct kept_step *step;
	int attempt;
	const char *work_dir;
	int lock;
	struct engine *engine;
	struct container *container;
	struct pty pty;
};

/* --- which one ---------------------------------------------------------------- */

/* The newest attempt that was kept, of the job that did the work. */
static int
find_kept(struct shell *s, struct err *err)
{
	struct cli *cli = s->cli;
	struct err why = { 0 };

	for (int attempt = s->job.attempt; attempt > 0; attempt--) {
		struct str path = STR_INIT;

		layout_kept(&path, cli->config.state_dir, s->job.work,
		    attempt);
		s->work_dir = arena_strdup(&cli->arena, path.s);
		str_release(&path);
		err_clear(&why);
		s->lock = kept_lock(s->work_dir, &why);
		if (s->lock != -1) {
			s->attempt = attempt;
			return kept_read(s->work_dir, &cli->arena, &s->kept,
			    err);
		}
		if (why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.text);
	}
	return err_set(err, ERR_NOT_FOUND, "nothing is kept of job \"%s\" of "
	    "%s/%s#%" PRId64 ": only what fails is, for "
	    "\"keep-failed-for\" and within \"keep-failed-max-bytes\"; try "
	    "\"pawl repro\"", s->job.key, s->run.owner, s->run.name,
	    s->run.number);
}

static bool
is_step(const struct kept_step *step, const char *word)
{
	long long number;

	if (str_to_int64(word, 1, INT32_MAX, &number))
		return step->number == number;
	return strcmp(step->title, word) == 0;
}

/* The one that was asked for, else the one that failed, else the last. Of
 * several tries of one the last. */
static int
find_step(struct shell *s, const char *word, struct err *err)
{
	for (size_t i = s->kept.n_steps; i > 0 && s->step == NULL; i--) {
		const struct kept_step *step = &s->kept.steps[i - 1];

		if (word != NULL ? is_step(step, word) :
		    step->number == s->kept.failed_step)
			s->step = step;
	}
	if (s->step == NULL && word != NULL)
		return err_set(err, ERR_NOT_FOUND, "the job has not run a step "
		    "\"%s\"; \"pawl show\" lists them", word);
	if (s->step == NULL && s->kept.n_steps > 0)
		s->step = &s->kept.steps[s->kept.n_steps - 1];
	return s->step != NULL ? 0 : err_set(err, ERR_NOT_FOUND,
	    "the job has run no step");
}

/* --- the container ------------------------------------------------------------ */

static void
show_progress(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

/* What the engine expects to find beside the workspace. */
static int
make_runner(struct shell *s, struct err *err)
{
	return file_mkdirs(arena_printf(&s->cli->arena, "%s/runner/tools",
	    s->work_dir), 0755, err);
}

static int
start_container(struct shell *s, struct err *err)
{
	const struct config *config = &s->cli->config;
	struct arena *a = &s->cli->arena;
	const struct kept *k = &s->kept;
	const struct image_request request = { .image = k->image };
	struct container_spec spec = {
		.name = arena_printf(a, "ci-job-%" PRId64 "-%d", s->job.id,
		    s->attempt),
		.image = k->image, .work_dir = s->work_dir,
		.job = s->job.id, .attempt = s->attempt,
		.run = k->run, .instance = program_instance(config, a, err),
		.network = strcmp(k->engine, "sandbox") != 0 ||
		    config->sandbox_network,
		.memory_max_bytes = config->memory_max_bytes,
		.pids_max = config->pids_max,
		.workspace_max_bytes = config->workspace_max_bytes,
	};

	if (spec.instance == NULL || make_runner(s, err) == -1 ||
	    engine_open(k->engine, k->image, config, &s->engine, err) == -1)
		return -1;
	if (k->image != NULL && engine_ensure_image(s->engine, &request,
	    show_progress, NULL, err) == -1)
		return -1;
	return container_start(s->engine, &spec, START_MS, &s->container,
	    err);
}

/* --- the shell ---------------------------------------------------------------- */

/* As the step had it, on the terminal that we have. */
static const char *const *
environment(struct shell *s)
{
	struct arena *a = &s->cli->arena;
	const char **list = NULL, *term = getenv("TERM");
	size_t n = 0;

	for (size_t i = 0; s->step->env[i] != NULL; i++)
		if (strncmp(s->step->env[i], "TERM=", 5) != 0)
			*(const char **)arena_push(a, &list, &n,
			    sizeof(*list)) = s->step->env[i];
	*(const char **)arena_push(a, &list, &n, sizeof(*list)) =
	    arena_printf(a, "TERM=%s", term != NULL ? term : "dumb");
	*(const char **)arena_push(a, &list, &n, sizeof(*list)) = NULL;
	return list;
}

/* bash where it is, in the step's folder where that still is. */
static int
start_shell(struct shell *s, struct err *err)
{
	static const char *const bash[] = { "bash", NULL };
	static const char *const sh[] = { "sh", NULL };
	struct container_step step = { .argv = bash, .cwd = s->step->cwd,
		.env = environment(s), .out = s->pty.slave,
		.err = s->pty.slave };
	int64_t number;

	for (int tries = 0; tries < 3; tries++) {
		err_clear(err);
		if (container_step_start(s->container, &step, &number, err) ==
		    0)
			return 0;
		if (err->code == ERR_NOT_FOUND)
			step.argv = sh;
		else if (err->code == ERR_INVALID)
			step.cwd = ENGINE_WORKSPACE;
		else
			break;
	}
	return -1;
}

static int
talk(struct shell *s, int *code, struct err *err)
{
	struct proc_end end = { .how = PROC_UNKNOWN };
	int64_t number;
	int rc = 0;

	*code = CLI_INTERRUPTED;
	while (rc == 0) {
		if (pty_relay(&s->pty, container_fd(s->container)) == 0)
			return 0;
		rc = container_step_poll(s->container, &number, &end, err);
	}
	*code = end.how == PROC_EXITED ? end.code : 128 + end.code;
	return rc == -1 ? -1 : 0;
}

static void
say_begin(const struct shell *s)
{
	struct str text = STR_INIT, safe = STR_INIT;

	str_addf(&text, "%s, job %s, as step %d \"%s\" had it", s->kept.run,
	    s->kept.key, s->step->number, s->step->title);
	for (size_t i = 0; i < s->kept.n_dropped; i++)
		str_addf(&text, "%s%s", i > 0 ? ", " : "; without the secret "
		    "in ", s->kept.dropped[i]);
	term_text(&safe, text.s);
	fprintf(stderr, "pawl: %s\npawl: \"exit\" or Ctrl-D ends it\n",
	    safe.s);
	str_release(&text);
	str_release(&safe);
}

/* The container goes whatever happens; the workspace stays for its time. */
static int
end(struct shell *s, struct err *err)
{
	struct err ignored = { 0 };
	int rc;

	pty_close(&s->pty);
	rc = container_remove(s->container, err);
	engine_close(s->engine);
	(void)engine_remove_folder(&s->cli->config, arena_printf(
	    &s->cli->arena, "%s/runner", s->work_dir), &ignored);
	if (s->lock != -1)
		close(s->lock);
	return rc;
}

int
cmd_shell(struct cli *cli, struct err *err)
{
	struct shell s = { .cli = cli, .lock = -1, .pty = { .master = -1,
		.slave = -1, .signals = { -1, -1 } } };
	struct err ignored = { 0 };
	int code = CLI_FAILED, rc;

	if (ref_find_run(cli, cli->words[0], &s.run, err) == -1 ||
	    ref_find_job(cli, &s.run, cli->words[1], &s.job, err) == -1)
		return -1;
	rc = find_kept(&s, err);
	if (rc == 0)
		rc = find_step(&s, cli->n_words > 2 ? cli->words[2] : NULL,
		    err);
	if (rc == 0)
		rc = start_container(&s, err);
	if (rc == 0)
		rc = pty_open(&s.pty, err);
	if (rc == 0)
		rc = start_shell(&s, err);
	if (rc == 0) {
		say_begin(&s);
		rc = pty_begin(&s.pty, err);
	}
	if (rc == 0)
		rc = talk(&s, &code, err);
	if (s.lock != -1 && end(&s, rc == 0 ? err : &ignored) == -1)
		rc = -1;
	return rc == -1 ? -1 : code;
}
