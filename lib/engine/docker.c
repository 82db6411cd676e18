/*
 * docker.c - the engine that speaks to Docker or Podman.
 *
 * The service makes and removes the container; everything between goes over
 * the socket to pawl-init, which stands in the job's own folder and is
 * mounted into the container. So the service must run on this host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/programs.h"
#include "lib/engine/ops.h"

static int
check_init(struct err *err)
{
	struct str init = STR_INIT;
	int rc = 0;

	program_path("pawl-init", &init);
	if (access(init.s, X_OK) == -1)
		rc = err_errno(err, "cannot use \"%s\" (install Pawl, or set "
		    "PAWL_LIBEXEC_DIR)", init.s);
	str_release(&init);
	return rc;
}

static int
docker_open(struct engine *e, struct err *err)
{
	struct docker *d;

	if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK)
		return err_set(err, ERR_BUG, "cannot set up libcurl");
	if (check_init(err) == -1 || docker_find(e->config, &d, err) == -1) {
		curl_global_cleanup();
		return -1;
	}
	e->data = d;
	return 0;
}

static void
docker_close(struct engine *e)
{
	if (e->data == NULL)
		return;
	docker_free(e->data);
	curl_global_cleanup();
}

static int
docker_probe(const struct config *config, struct str *about, struct err *err)
{
	struct engine e = { &docker_ops, config, NULL };
	const struct docker *d;

	if (docker_open(&e, err) == -1)
		return -1;
	d = e.data;
	str_addf(about, "docker: %s at %s, API %s", d->product, d->socket,
	    d->version);
	docker_close(&e);
	return 0;
}

static const char *
image_or_default(const struct engine *e, const char *image)
{
	return image != NULL ? image : e->config->default_image;
}

static int
docker_ensure_image(struct engine *e, const char *image,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	return docker_image_ensure(e->data, image_or_default(e, image),
	    progress, ctx, err);
}

static int
docker_start(struct container *c, const struct container_spec *spec,
    int timeout_ms, struct err *err)
{
	const struct docker *d = c->engine->data;
	const char *image = image_or_default(c->engine, spec->image);
	struct err why = { 0 };
	char *id = NULL;
	int rc;

	rc = docker_container_create(d, spec, image, &id, &why);
	/* Nobody asked for the default image before, or it was removed. */
	if (rc == -1 && why.code == ERR_NOT_FOUND) {
		if (docker_image_ensure(d, image, NULL, NULL, err) == -1)
			return -1;
		err_clear(&why);
		rc = docker_container_create(d, spec, image, &id, &why);
	}
	if (rc == -1)
		return err_set(err, why.code, "%s", why.text);
	c->data = id;
	/* Files that root makes in the workspace could not be removed. */
	c->give_back = geteuid() != 0;
	return docker_container_start(d, id, timeout_ms, err);
}

static int
docker_alive(struct container *c, struct err *err)
{
	return docker_container_alive(c->engine->data, c->data, err);
}

static int
docker_remove(struct container *c, struct err *err)
{
	int rc;

	if (c->data == NULL)
		return 0;
	rc = docker_container_remove(c->engine->data, c->data, err);
	free(c->data);
	c->data = NULL;
	return rc;
}

static int
docker_list(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err)
{
	return docker_container_list(e->data, instance, fn, ctx, err);
}

static int
docker_remove_leftover(struct engine *e, const char *id, struct err *err)
{
	return docker_container_remove(e->data, id, err);
}

const struct engine_ops docker_ops = {
	.name = "docker",
	.probe = docker_probe,
	.open = docker_open,
	.close = docker_close,
	.ensure_image = docker_ensure_image,
	.start = docker_start,
	.alive = docker_alive,
	.remove = docker_remove,
	.list = docker_list,
	.remove_leftover = docker_remove_leftover,
};
