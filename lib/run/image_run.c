/*
 * image_run.c - step.docker_run: run an image, as docker://IMAGE does; and
 * scripts in another image than the job's.
 *
 * A step before may have built the image, and its name may be known only now:
 * so it is looked for when the step comes to it, in a child process.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

struct image_run {
	struct step_run *s;
	const char *image;
};

static void
say(void *ctx, const char *line)
{
	work_print(ctx, "%s", line);
}

static int
fetch(struct work *w, void *ctx, struct err *err)
{
	const struct image_run *r = ctx;
	const struct job_exec *x = r->s->x;
	const struct image_request request = { .image = r->image };
	struct engine *e = NULL;
	int rc;

	rc = engine_open(engine_name(x->engine), r->image, x->order->config,
	    &e, err);
	if (rc == 0)
		rc = engine_ensure_image(e, &request, say, w, err);
	engine_close(e);
	return rc;
}

static int
fetched(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct image_run *r = ctx;

	(void)result;
	if (action_container_start(s, r->image, err) == -1 ||
	    running_process(s, err) == -1)
		return -1;
	return 1;
}

static int
begin(struct step_run *s, const char *image, struct err *err)
{
	struct image_run *r = arena_alloc(&s->arena, sizeof(*r));

	*r = (struct image_run){ s, image };
	if (image[0] == '\0')
		return err_set(err, ERR_INVALID, "\"image\" names none");
	return builtin_work(s, fetch, fetched, r, err);
}

int
builtin_docker_run(struct step_run *s, struct err *err)
{
	const char *image;

	if (builtin_text(s, "image", &image, err) == -1)
		return -1;
	return begin(s, image, err);
}

int
action_container_script(struct step_run *s, struct err *err)
{
	struct sight sight;
	const char *image;

	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	if (sight_text(&sight, s->plan->image, "", &image, err) == -1)
		return -1;
	return begin(s, image, err);
}
