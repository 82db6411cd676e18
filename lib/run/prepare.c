/*
 * prepare.c - everything before the first step: engine, image, workspace,
 * container.
 *
 * The checkout and the image come from different places and can both take
 * long, so they are two tasks at once, while this process watches the job's
 * limits and shows their progress.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/pipeline/uses.h"
#include "lib/pipeline/variables.h"
#include "lib/run/folder.h"
#include "lib/run/git.h"
#include "lib/run/task.h"
#include "lib/run/vars.h"

/* Starting a container blocks, so it must end before somebody takes us for
 * dead: that is when the lease, renewed just before, has been over for as
 * long again. An engine on a busy host may need half a minute. */
#define START_MIN_MS 10000

enum { SOURCE, IMAGE, N_TASKS };

struct prepare {
	struct job_exec *x;
	struct str workspace;
	struct task tasks[N_TASKS];
	bool log_failed; /* then `log_error` */
	struct err log_error;
};

/* Where the files of an action go, below ENGINE_RUNNER. */
static void
action_name(struct str *out, const char *source)
{
	str_add(out, "actions/");
	path_add_component(out, source);
}

/* In the child: the files of actions in other repositories. */
static int
fill_actions(const struct prepare *p, struct git *g, struct err *err)
{
	const struct job_order *o = p->x->order;
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->n_actions; i++) {
		const struct git_checkout what = {
			.mirror = o->actions[i].mirror,
			.sha = o->actions[i].sha, .depth = 1 };

		str_clear(&path);
		str_addf(&path, "%s/runner/", o->work_dir);
		action_name(&path, o->actions[i].source);
		rc = git_checkout(g, &what, path.s, err);
		if (rc == -1)
			err_wrap(err, "checking out the action \"%s\"",
			    o->actions[i].source);
	}
	str_release(&path);
	return rc;
}

/* An action's own path lies below the top of its repository. */
const char *
action_folder(struct job_exec *x, const char *source)
{
	struct uses uses = uses_read(source, &x->arena);
	struct str name = STR_INIT;
	const char *made = NULL;

	if (uses.kind == USES_LOCAL)
		return uses.path[0] == '\0' ? ENGINE_WORKSPACE :
		    arena_printf(&x->arena, ENGINE_WORKSPACE "/%s",
		    uses.path);
	for (size_t i = 0; i < x->order->n_actions && made == NULL; i++) {
		if (strcmp(x->order->actions[i].source, source) != 0)
			continue;
		action_name(&name, source);
		made = arena_printf(&x->arena, ENGINE_RUNNER "/%s%s%s",
		    name.s, uses.path[0] != '\0' ? "/" : "", uses.path);
	}
	str_release(&name);
	return made;
}

/* In the child: fill the workspace. */
static int
fill_workspace(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	struct prepare *p = ctx;
	const struct job_source *source = &p->x->order->source;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct git_checkout what;
	struct str done = STR_INIT;
	struct git *g = NULL;
	int rc;

	if (source->folder != NULL) {
		rc = folder_copy(source->folder, p->workspace.s, err);
		str_addf(&done, "copied \"%s\"", source->folder);
	} else {
		rc = git_open(p->x->order->config, &g, err);
		checkout_implied(p->x, &what);
		if (rc == 0)
			rc = git_checkout(g, &what, p->workspace.s, err);
		str_addf(&done, "checked out commit %.12s", source->sha);
	}
	if (rc == 0 && g == NULL && p->x->order->n_actions > 0)
		rc = git_open(p->x->order->config, &g, err);
	if (rc == 0)
		rc = fill_actions(p, g, err);
	if (rc == 0) {
		str_addf(&done, " in %s", clock_duration(clock_mono_ms() -
		    began, took));
		say(say_ctx, done.s);
	}
	git_close(g);
	str_release(&done);
	return rc;
}

struct image_say {
	task_say_fn say;
	void *ctx;
};

static void
image_progress(void *ctx, const char *line)
{
	const struct image_say *s = ctx;

	s->say(s->ctx, line);
}

/* In the child: the image. The engine is opened anew, because connections
 * cannot be shared with the parent. */
static int
fetch_image(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	struct prepare *p = ctx;
	struct image_say s = { say, say_ctx };
	const struct image_request request = { .image = p->x->image };
	struct engine *e = NULL;
	int rc;

	rc = engine_open(engine_name(p->x->engine), p->x->image,
	    p->x->order->config, &e, err);
	if (rc == 0)
		rc = engine_ensure_image(e, &request, image_progress, &s,
		    err);
	engine_close(e);
	return rc;
}

/* What the labels of runs-on stand for, when the job names no image. */
static void
read_labels(const struct job_exec *x, const char **engine,
    const char **image)
{
	const struct config *config = x->order->config;
	const struct job_plan *plan = x->order->plan;

	*engine = config->engine;
	for (size_t i = 0; *image == NULL && i < plan->n_labels; i++)
		for (size_t k = 0; k < config->n_labels; k++) {
			const struct config_label *l = &config->labels[k];

			if (strcmp(l->label, plan->labels[i]) != 0)
				continue;
			if (l->engine != NULL)
				*engine = l->engine;
			*image = l->image;
			return;
		}
}

static const char *
find_variable(void *ctx, const char *name)
{
	const struct env_var *v = environment_get(ctx, name);

	return v != NULL ? v->value : NULL;
}

/* The image that the job names: it may ask for what only its run knows. */
static int
read_image(struct job_exec *x, const char **image, struct err *err)
{
	const struct value *written = x->order->plan->container.image;
	struct environment vars;
	const struct variables known = { find_variable, &vars,
		x->order->plan->strict_variables };
	struct sight sight;
	const char *text;
	int rc;

	*image = NULL;
	if (written == NULL)
		return 0;
	environment_init(&vars, &x->arena);
	vars_add_plain(&vars, x->order->github != NULL ? x->order->github :
	    expr_object_new(&x->arena), x->order->job);
	vars_add_matrix(&vars, x->order->plan->matrix);
	environment_merge(&vars, &x->env);
	sight_init(&sight, x, &x->scope, &x->env, NULL, &x->arena);
	rc = sight_text(&sight, written, "", &text, err);
	if (rc == 0)
		rc = variables_expand(text, &known, &x->arena, image, err);
	if (rc == 0 && (*image)[0] == '\0')
		*image = NULL;
	environment_release(&vars);
	return rc;
}

static int
open_engine(struct job_exec *x, struct err *err)
{
	const struct config *config = x->order->config;
	const char *engine, *image;

	if (read_image(x, &image, err) == -1)
		return -1;
	read_labels(x, &engine, &image);
	if (engine_open(engine, image, config, &x->engine, err) == -1)
		return -1;
	if (image == NULL && strcmp(engine_name(x->engine), "sandbox") != 0)
		image = config->default_image;
	x->image = image;
	if (joblog_note(x->log, 0, err, "engine %s%s%s",
	    engine_name(x->engine), image != NULL ? ", image " : "",
	    image != NULL ? image : "") == -1)
		return -1;
	x->started = true;
	if (x->obs->started == NULL)
		return 0;
	return x->obs->started(x->obs->ctx, engine_name(x->engine), err);
}

/* A pull may take minutes, so readers of the log see how it goes. */
static void
say_image(void *ctx, const char *line)
{
	struct prepare *p = ctx;

	if (!p->log_failed && joblog_say(p->x->log, 0, &p->log_error, "%s",
	    line) == -1)
		p->log_failed = true;
}

static void
note_workspace(void *ctx, const char *line)
{
	struct prepare *p = ctx;

	if (!p->log_failed && joblog_note(p->x->log, 0, &p->log_error, "%s",
	    line) == -1)
		p->log_failed = true;
}

/* Wait until all tasks that were started have succeeded, or one has failed,
 * or the job has to end. */
static int
wait_for_tasks(struct prepare *p, struct err *err)
{
	struct pollfd fds[N_TASKS];
	int running = 1, rc;

	while (p->x->stop == JOB_GOES_ON) {
		running = 0;
		for (int i = 0; i < N_TASKS; i++) {
			fds[i].fd = p->tasks[i].fd;
			fds[i].events = POLLIN;
			running += fds[i].fd != -1;
		}
		if (running == 0)
			return 0;
		job_wait(p->x, fds, N_TASKS, 0, true);
		for (int i = 0; i < N_TASKS; i++) {
			if (fds[i].fd == -1 || fds[i].revents == 0)
				continue;
			rc = task_read(&p->tasks[i], i == IMAGE ?
			    say_image : note_workspace, p, err);
			if (rc == -1)
				return -1;
			if (p->log_failed)
				return err_set(err, p->log_error.code, "%s",
				    p->log_error.text);
		}
	}
	return -1;
}

static int
start_container(struct job_exec *x, struct err *err)
{
	const struct job_order *o = x->order;
	const struct config *config = o->config;
	int64_t limit = config->lease_ms + config->lease_ms / 2;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct container_spec spec = {
		.name = arena_printf(&x->arena, "ci-job-%" PRId64 "-%d",
		    o->job, o->attempt),
		.image = x->image,
		.work_dir = o->work_dir,
		.job = o->job,
		.attempt = o->attempt,
		.run = o->run,
		.instance = o->instance,
		.network = strcmp(engine_name(x->engine), "sandbox") != 0 ||
		    config->sandbox_network,
		.memory_max_bytes = config->memory_max_bytes,
		.pids_max = config->pids_max,
		.cpus_milli = config->cpus_milli,
		.nofile_max = config->nofile_max,
		.shm_bytes = config->shm_bytes,
		.workspace_max_bytes = config->workspace_max_bytes,
	};

	job_tick(x, true);
	if (x->stop != JOB_GOES_ON)
		return -1;
	if (limit < START_MIN_MS)
		limit = START_MIN_MS;
	if (container_start(x->engine, &spec, (int)limit, &x->container,
	    err) == -1)
		return err_wrap(err, "starting the container");
	return joblog_note(x->log, 0, err, "container started in %s",
	    clock_duration(clock_mono_ms() - began, took));
}

static int
open_folder(const char *path, int *fd, struct err *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd == -1 ? err_errno(err, "cannot open \"%s\"", path) : 0;
}

/* The event as the forge told it. */
static int
write_event(struct job_exec *x, const char *runner, struct err *err)
{
	const struct expr_value *event = x->order->github == NULL ? NULL :
	    expr_object_member(x->order->github, "event");
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	str_addf(&path, "%s/" VARS_EVENT, runner);
	if (event != NULL)
		expr_json_write(event, 0, &text);
	else
		str_add(&text, "{}");
	str_add_char(&text, '\n');
	rc = file_replace(path.s, text.s, text.len, 0644, false, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

/* The folder that is ENGINE_RUNNER in the container. */
static int
make_runner(struct job_exec *x, struct err *err)
{
	struct str path = STR_INIT, tools = STR_INIT;
	int rc;

	str_addf(&path, "%s/runner", x->order->work_dir);
	str_addf(&tools, "%s/tools", path.s);
	rc = file_mkdirs(tools.s, 0755, err);
	if (rc == 0)
		rc = write_event(x, path.s, err);
	if (rc == 0)
		rc = open_folder(path.s, &x->runner, err);
	str_release(&path);
	str_release(&tools);
	return rc;
}

int
job_prepare(struct job_exec *x, struct err *err)
{
	struct prepare p = { .x = x, .workspace = STR_INIT,
		.tasks = { TASK_INIT, TASK_INIT } };
	int rc = -1;

	if (make_runner(x, err) == -1)
		goto out;
	str_addf(&p.workspace, "%s/workspace", x->order->work_dir);
	if (task_start(&p.tasks[SOURCE], fill_workspace, &p, err) == -1 ||
	    open_engine(x, err) == -1)
		goto out;
	if (x->image != NULL && task_start(&p.tasks[IMAGE], fetch_image, &p,
	    err) == -1)
		goto out;
	rc = wait_for_tasks(&p, err);
	if (rc == 0)
		rc = open_folder(p.workspace.s, &x->workspace, err);
	if (rc == 0)
		rc = job_env_files(x, err);
	if (rc == 0)
		rc = start_container(x, err);
out:
	task_stop(&p.tasks[SOURCE]);
	task_stop(&p.tasks[IMAGE]);
	str_release(&p.workspace);
	return rc;
}
