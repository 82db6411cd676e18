/*
 * service_start.c - start one service: its log, its container, its program.
 *
 * The container's first process is pawl-init, as everywhere; what the image
 * or the pipeline wants to run is started by it as a step. So the output comes
 * through pipes of ours, and its end is told by who saw it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"

static int
open_log(struct service *s, struct err *err)
{
	struct job_exec *x = s->x;
	struct str index = STR_INIT;
	struct joblog_spec spec = {
		.log_path = s->log_path,
		.max_bytes = x->order->config->log_max_bytes,
		.echo_fd = -1,
		.mask = x->mask,
	};
	int rc;

	str_add_len(&index, s->log_path, strlen(s->log_path) -
	    strlen(".log"));
	str_add(&index, ".idx");
	spec.index_path = index.s;
	rc = joblog_open(&s->log, &spec, err);
	str_release(&index);
	if (rc == 0)
		rc = joblog_note(s->log, 0, err, "service \"%s\" of %s, "
		    "image %s", s->name, x->order->run, s->wish.image.image);
	if (rc == 0)
		s->source = joblog_source_new(s->log, 0);
	if (rc == 0 && x->obs->service != NULL)
		rc = x->obs->service(x->obs->ctx, s->name, err);
	return rc;
}

static int
start_container(struct service *s, struct err *err)
{
	struct job_exec *x = s->x;
	const char *const aliases[] = { s->name, NULL };
	struct container_spec spec;

	job_container_spec(x, CONTAINER_SERVICE, s->name, &spec);
	spec.image = s->wish.image.image;
	spec.bare = true;
	spec.aliases = aliases;
	spec.mounts = s->wish.mounts;
	spec.n_mounts = s->wish.n_mounts;
	spec.options = &s->wish.options;
	if (job_container_start(x, &spec, &s->container, err) == -1)
		return -1;
	s->id = arena_strdup(&x->arena, container_id(s->container));
	return 0;
}

static int
start_program(struct service *s, const struct image_about *image,
    struct arena *a, struct err *err)
{
	struct container_step step = { .cwd =
		image->working_directory[0] != '\0' ?
		image->working_directory : "/" };
	int out[2] = { -1, -1 }, diag[2] = { -1, -1 }, rc = -1;

	if (image_command_line(image, s->wish.entrypoint, s->wish.command, a,
	    &step.argv, err) == 0 &&
	    job_pipe(out, err) == 0 && job_pipe(diag, err) == 0) {
		step.env = service_env(s, a);
		step.out = out[1];
		step.err = diag[1];
		rc = container_step_start(s->container, &step, &s->number,
		    err);
	}
	if (out[1] != -1)
		close(out[1]);
	if (diag[1] != -1)
		close(diag[1]);
	s->fds[0] = out[0];
	s->fds[1] = diag[0];
	s->runs = rc == 0;
	return rc;
}

static int
start(struct service *s, struct arena *a, struct err *err)
{
	struct job_exec *x = s->x;
	struct image_about image;
	struct health_plan plan;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];

	if (engine_image_about(x->engine, s->wish.image.image, &x->arena,
	    &image, err) == -1)
		return -1;
	plan = s->wish.ready;
	if (plan.argv == NULL && health_read_options(s->wish.health, &image,
	    &x->arena, &plan, err) == -1)
		return -1;
	if (open_log(s, err) == -1 || start_container(s, err) == -1 ||
	    start_program(s, &image, a, err) == -1)
		return -1;
	s->started_ms = clock_mono_ms();
	health_begin(&s->health, &plan, s->started_ms);
	return joblog_note(x->log, 0, err, "service \"%s\" started in %s",
	    s->name, clock_duration(s->started_ms - began, took));
}

int
service_start(struct service *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc = start(s, &a, err);

	arena_release(&a);
	if (rc == 0)
		return 0;
	return err_wrap(err, "starting the service \"%s\" (%s:%d:%d)",
	    s->name, s->x->order->plan->file, s->wish.plan->pos.line,
	    s->wish.plan->pos.col);
}
