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

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/run/folder.h"
#include "lib/run/git.h"
#include "lib/run/task.h"

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

/* In the child: fill the workspace. */
static int
fill_workspace(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	struct prepare *p = ctx;
	const struct job_source *source = &p->x->order->source;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct str done = STR_INIT;
	struct git *g = NULL;
	int rc;

	if (source->folder != NULL) {
		rc = folder_copy(source->folder, p->workspace.s, err);
		str_addf(&done, "copied \"%s\"", source->folder);
	} else {
		rc = git_open(p->x->order->config, &g, err);
		if (rc == 0)
			rc = git_checkout(g, source->mirror, source->sha,
			    p->workspace.s, err);
		str_addf(&done, "checked out commit %.12s", source->sha);
	}
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
	struct engine *e = NULL;
	int rc;

	rc = engine_open(engine_name(p->x->engine), p->x->image,
	    p->x->order->config, &e, err);
	if (rc == 0)
		rc = engine_ensure_image(e, p->x->image, image_progress, &s,
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
	const struct plan_job *plan = x->order->plan;

	*engine = config->engine;
	*image = plan->image;
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

static int
open_engine(struct job_exec *x, struct err *err)
{
	const struct config *config = x->order->config;
	const char *engine, *image;

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

int
job_prepare(struct job_exec *x, struct err *err)
{
	struct prepare p = { .x = x, .workspace = STR_INIT,
		.tasks = { TASK_INIT, TASK_INIT } };
	int rc = -1;

	str_addf(&p.workspace, "%s/runner", x->order->work_dir);
	if (file_mkdirs(p.workspace.s, 0755, err) == -1)
		goto out;
	str_clear(&p.workspace);
	str_addf(&p.workspace, "%s/workspace", x->order->work_dir);
	if (task_start(&p.tasks[SOURCE], fill_workspace, &p, err) == -1 ||
	    open_engine(x, err) == -1)
		goto out;
	if (x->image != NULL && task_start(&p.tasks[IMAGE], fetch_image, &p,
	    err) == -1)
		goto out;
	rc = wait_for_tasks(&p, err);
	if (rc == 0)
		rc = start_container(x, err);
out:
	task_stop(&p.tasks[SOURCE]);
	task_stop(&p.tasks[IMAGE]);
	str_release(&p.workspace);
	return rc;
}
