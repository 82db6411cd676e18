/*
 * engine.c - the table of engines, and what is the same for all of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/engine/docker.h"
#include "lib/engine/oci.h"
#include "lib/engine/ops.h"
#include "lib/engine/sandbox_ids.h"

/* In the order in which "auto" tries them for a job without an image. */
static const struct engine_ops *const engines[] = {
	&sandbox_ops,
	&docker_ops,
};

/* Longest wait for a container's files to become ours again. */
#define GIVE_BACK_MS 60000

static const struct engine_ops *
find(const char *name, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	err_set(err, ERR_UNSUPPORTED, "there is no engine \"%s\": known are "
	    "auto, sandbox and docker", name);
	return NULL;
}

static int
open_one(const char *name, const struct config *config, struct engine **out,
    struct err *err)
{
	const struct engine_ops *ops = find(name, err);
	struct engine *e;

	if (ops == NULL)
		return -1;
	e = mem_calloc(1, sizeof(*e));
	e->ops = ops;
	e->config = config;
	if (ops->open(e, err) == -1) {
		engine_close(e);
		return -1;
	}
	*out = e;
	return 0;
}

/* A daemon that does not answer now is waited for: a job does not change its
 * engine for that. */
static int
open_for_image(const struct config *config, struct engine **out,
    struct err *err)
{
	if (!docker_is_expected(config) && oci_possible() &&
	    open_one("sandbox", config, out, NULL) == 0)
		return 0;
	return open_one("docker", config, out, err);
}

static int
open_auto(const char *image, const struct config *config, struct engine **out,
    struct err *err)
{
	struct err why = { 0 };

	if (image != NULL)
		return open_for_image(config, out, err);
	if (open_one("sandbox", config, out, &why) == 0 ||
	    open_one("docker", config, out, err) == 0)
		return 0;
	/* What both miss, such as a program of ours, is said once. */
	if (strcmp(why.text, err->text) == 0)
		return err_wrap(err, "no engine works here");
	return err_wrap(err, "no engine works here: %s", why.text);
}

int
engine_open(const char *name, const char *image, const struct config *config,
    struct engine **out, struct err *err)
{
	*out = NULL;
	if (strcmp(name, "auto") == 0)
		return open_auto(image, config, out, err);
	return open_one(name, config, out, err);
}

void
engine_close(struct engine *e)
{
	if (e == NULL)
		return;
	e->ops->close(e);
	free(e);
}

const char *
engine_name(const struct engine *e)
{
	return e->ops->name;
}

int
engine_probe(const char *name, const struct config *config, struct str *about,
    struct err *err)
{
	const struct engine_ops *ops = find(name, err);

	return ops == NULL ? -1 : ops->probe(config, about, err);
}

int
engine_image_about(struct engine *e, const char *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	if (e->ops->image_about == NULL)
		return err_set(err, ERR_UNSUPPORTED, "%s", e->ops->without);
	return e->ops->image_about(e, image, a, out, err);
}

int
engine_image_build(struct engine *e, const struct image_build *build,
    struct str *id, struct err *err)
{
	if (e->ops->image_build == NULL)
		return err_set(err, ERR_UNSUPPORTED, "%s", e->ops->without);
	return e->ops->image_build(e, build, id, err);
}

int
engine_image_tag(struct engine *e, const char *image, const char *name,
    struct err *err)
{
	if (e->ops->image_tag == NULL)
		return err_set(err, ERR_UNSUPPORTED, "%s", e->ops->without);
	return e->ops->image_tag(e, image, name, err);
}

int
engine_image_push(struct engine *e, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	if (e->ops->image_push == NULL)
		return err_set(err, ERR_UNSUPPORTED, "%s", e->ops->without);
	return e->ops->image_push(e, image, progress, ctx, err);
}

int
network_start(struct engine *e, const struct network_spec *spec,
    struct network **out, struct err *err)
{
	struct network *n = mem_calloc(1, sizeof(*n));

	*out = NULL;
	n->engine = e;
	if (e->ops->network_start != NULL &&
	    e->ops->network_start(n, spec, err) == -1) {
		/* The first error is the one that says why. */
		network_remove(n, NULL);
		return -1;
	}
	*out = n;
	return 0;
}

int
network_remove(struct network *n, struct err *err)
{
	int rc = 0;

	if (n == NULL)
		return 0;
	if (n->engine->ops->network_remove != NULL)
		rc = n->engine->ops->network_remove(n, err);
	free(n);
	return rc;
}

bool
engine_shares_network(const struct engine *e)
{
	return e->ops->shares_network;
}

static int
alive(void *ctx, struct err *err)
{
	struct container *c = ctx;

	return c->engine->ops->alive(c, err);
}

static int
start(struct container *c, const struct container_spec *spec, int timeout_ms,
    struct err *err)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	struct str ctl = STR_INIT;
	int64_t left;
	int rc;

	/* Folders that are made and removed here are called so. */
	if (spec->ctl != NULL && strchr(spec->ctl, '/') != NULL)
		return err_set(err, ERR_INVALID, "\"%s\" cannot be part of "
		    "the name of a container", spec->ctl);
	/* What stands in it is for the job's process and its container. */
	if (chmod(spec->work_dir, 0700) == -1)
		return err_errno(err, "cannot use \"%s\"", spec->work_dir);
	str_addf(&ctl, "%s/%s", spec->work_dir,
	    spec->ctl != NULL ? spec->ctl : "ctl");
	rc = steps_listen(&c->steps, ctl.s, err);
	str_release(&ctl);
	if (rc == -1 ||
	    c->engine->ops->start(c, spec, timeout_ms, err) == -1)
		return -1;
	left = until - clock_mono_ms();
	return steps_accept(&c->steps, spec, left > 0 ? (int)left : 0,
	    alive, c, err);
}

/* The lower one of two limits, where 0 is none. */
static int64_t
lower(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

/* What the options of a container ask for can only lower its limits; engines
 * look at the spec alone. */
static void
add_limits(struct container_spec *spec, const struct container_options *o)
{
	if (o == NULL)
		return;
	spec->memory_max_bytes = lower(spec->memory_max_bytes,
	    o->memory_max_bytes);
	spec->pids_max = lower(spec->pids_max, o->pids_max);
	spec->cpus_milli = lower(spec->cpus_milli, o->cpus_milli);
	spec->nofile_max = lower(spec->nofile_max, o->nofile_max);
	if (o->shm_bytes > 0)
		spec->shm_bytes = o->shm_bytes;
}

int
container_start(struct engine *e, const struct container_spec *spec,
    int timeout_ms, struct container **out, struct err *err)
{
	struct container *c = mem_calloc(1, sizeof(*c));
	struct container_spec with = *spec;

	*out = NULL;
	c->engine = e;
	steps_init(&c->steps);
	add_limits(&with, spec->options);
	if (start(c, &with, timeout_ms, err) == -1) {
		/* The first error is the one that says why. */
		container_remove(c, NULL);
		return -1;
	}
	*out = c;
	return 0;
}

const char *const *
container_env(const struct container *c)
{
	return c->steps.hello.env;
}

int
container_host_port(const struct container *c, int port, bool udp)
{
	if (c->engine->ops->host_port == NULL)
		return 0;
	return c->engine->ops->host_port(c, port, udp);
}

const char *
container_id(const struct container *c)
{
	return c->engine->ops->id != NULL ? c->engine->ops->id(c) : "";
}

/* The engine may know better why pawl-init is gone. */
static int
explain(struct container *c, const struct err *why, struct err *err)
{
	if (c->steps.gone && why->code == ERR_UNAVAILABLE &&
	    c->engine->ops->alive(c, err) == -1)
		return -1;
	return err_set(err, why->code, "%s", why->text);
}

int
container_step_start(struct container *c, const struct container_step *step,
    int64_t *number, struct err *err)
{
	struct err why = { 0 };

	if (steps_start(&c->steps, step, number, &why) == 0)
		return 0;
	return explain(c, &why, err);
}

int
container_fd(const struct container *c)
{
	return c->steps.sock;
}

int
container_step_poll(struct container *c, int64_t *number,
    struct proc_end *end, struct err *err)
{
	struct err why = { 0 };
	int rc = steps_poll(&c->steps, number, end, &why);

	return rc == -1 ? explain(c, &why, err) : rc;
}

bool
container_out_of_memory(const struct container *c)
{
	return c->steps.memory_killed;
}

int
container_signal(struct container *c, int64_t number, int signo,
    struct err *err)
{
	return steps_signal(&c->steps, number, signo, err);
}

int
container_kill(struct container *c, int64_t *took_us, struct err *err)
{
	return steps_kill(&c->steps, took_us, err);
}

int
container_ask(struct container *c, enum container_question question,
    struct str *out, struct err *err)
{
	return steps_ask(&c->steps, question == CONTAINER_PROCESSES ?
	    STEP_ASK_PROCESSES : STEP_ASK_MEMORY, out, err);
}

int
container_own(struct container *c, const char *path, struct err *err)
{
	return c->engine->ops->own == NULL ? 0 :
	    c->engine->ops->own(c, path, err);
}

int
container_remove(struct container *c, struct err *err)
{
	int rc = 0;

	if (c == NULL)
		return 0;
	if (c->give_back)
		rc = steps_give_back(&c->steps, GIVE_BACK_MS, err);
	if (c->engine->ops->remove(c, rc == 0 ? err : NULL) == -1)
		rc = -1;
	steps_close(&c->steps);
	free(c);
	return rc;
}

int
engine_list(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err)
{
	return e->ops->list(e, instance, fn, ctx, err);
}

int
engine_remove_leftover(struct engine *e, const char *id, struct err *err)
{
	return e->ops->remove_leftover(e, id, err);
}

int
engine_remove_folder(const struct config *config, const char *path,
    struct err *err)
{
	struct sandbox_ids ids;

	sandbox_ids_find(config, &ids);
	return sandbox_ids_remove_tree(&ids, path, err);
}

int
engine_sweep_images(const struct config *config, engine_swept_fn swept,
    void *ctx, struct err *err)
{
	return oci_sweep(config, swept, ctx, err);
}
