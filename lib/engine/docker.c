/*
 * docker.c - the engine that speaks to Docker or Podman.
 *
 * The service makes and removes the container; everything between goes over
 * the socket to pawl-init, which stands in the job's own folder and is
 * mounted into the container. So the service must see this host's files, also
 * when it is spoken to over TCP.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/mem.h"
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

	if (curl_global_init(docker_over_tcp(e->config) ? CURL_GLOBAL_SSL :
		CURL_GLOBAL_NOTHING) != CURLE_OK)
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
	int rc = 0;

	if (docker_open(&e, err) == -1)
		return -1;
	d = e.data;
	str_addf(about, "docker: %s at %s, API %s", d->product, d->socket,
	    d->version);
	if (d->url != NULL)
		rc = docker_sees_us(&e, d, config, about, err);
	docker_close(&e);
	return rc;
}

static const char *
image_or_default(const struct engine *e, const char *image)
{
	return image != NULL ? image : e->config->default_image;
}

/* What c->data is. */
struct box {
	char *id;
	bool started;
	struct container_port *ports;
	size_t n_ports;
	char **volumes; /* named ones, as the service calls them */
	size_t n_volumes;
};

static int
docker_ensure_image(struct engine *e, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct image_request with = *request;
	struct arena a = ARENA_INIT(0);
	struct registry_login login;
	int rc = 0;

	with.image = image_or_default(e, request->image);
	if (with.login == NULL)
		rc = docker_login_find(e->config, with.image, &a, &login, err);
	if (rc == 1)
		with.login = &login;
	if (rc != -1)
		rc = docker_image_ensure(e->data, &with, progress, ctx, err);
	arena_release(&a);
	return rc;
}

static int
docker_about(struct engine *e, const char *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	return docker_image_about(e->data, image_or_default(e, image), a, out,
	    err);
}

static int
docker_build(struct engine *e, const struct image_build *build,
    struct str *id, struct err *err)
{
	return docker_image_build(e->data, e->config, build, id, err);
}

static int
docker_tag(struct engine *e, const char *image, const char *name,
    struct err *err)
{
	return docker_image_tag(e->data, image, name, err);
}

static int
docker_push(struct engine *e, const char *image, engine_progress_fn progress,
    void *ctx, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct registry_login login;
	int rc = docker_login_find(e->config, image, &a, &login, err);

	if (rc != -1)
		rc = docker_image_push(e->data, image,
		    rc == 1 ? &login : NULL, progress, ctx, err);
	arena_release(&a);
	return rc;
}

/* Nobody asked for the default image before, or it was removed. */
static int
look_at_image(struct engine *e, const char *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	const struct image_request request = { .image = image };
	const struct docker *d = e->data;
	struct err why = { 0 };

	if (docker_image_about(d, image, a, out, &why) == 0)
		return 0;
	if (why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.text);
	if (engine_ensure_image(e, &request, NULL, NULL, err) == -1)
		return -1;
	return docker_image_about(d, image, a, out, err);
}

/* Remember what is to be asked for and removed later. */
static struct box *
box_new(const struct container_spec *spec)
{
	struct box *b = mem_calloc(1, sizeof(*b));

	b->ports = mem_calloc(spec->n_ports + 1, sizeof(*b->ports));
	b->n_ports = spec->n_ports;
	for (size_t i = 0; i < spec->n_ports; i++)
		b->ports[i] = spec->ports[i];
	b->volumes = mem_calloc(spec->n_mounts + 1, sizeof(*b->volumes));
	for (size_t i = 0; i < spec->n_mounts; i++) {
		const char *source = spec->mounts[i].source;
		struct str name = STR_INIT;

		if (source == NULL || source[0] == '/')
			continue;
		docker_volume_name(spec, source, &name);
		b->volumes[b->n_volumes++] = str_detach(&name);
	}
	return b;
}

static void
box_free(struct box *b)
{
	for (size_t i = 0; i < b->n_volumes; i++)
		free(b->volumes[i]);
	free(b->volumes);
	free(b->ports);
	free(b->id);
	free(b);
}

static int
docker_start(struct container *c, const struct container_spec *spec,
    int timeout_ms, struct err *err)
{
	const struct docker *d = c->engine->data;
	const char *image = image_or_default(c->engine, spec->image);
	const char *network = spec->net != NULL ? spec->net->data : NULL;
	struct arena a = ARENA_INIT(0);
	struct image_about about;
	struct box *b = box_new(spec);
	const char *user;
	int rc;

	c->data = b;
	rc = look_at_image(c->engine, image, &a, &about, err);
	user = about.user;
	if (spec->options != NULL && spec->options->user != NULL)
		user = spec->options->user;
	for (size_t i = 0; rc == 0 && i < b->n_volumes; i++)
		rc = docker_volume_create(d, spec, b->volumes[i], err);
	if (rc == 0)
		rc = docker_container_create(d, spec, image, user, network,
		    &b->id, err);
	arena_release(&a);
	if (rc == -1)
		return -1;
	/* Files that root makes in the workspace could not be removed; and
	 * those that a step's own container makes are for the job's user. */
	c->give_back = !spec->bare &&
	    (geteuid() != 0 || spec->role == CONTAINER_STEP);
	rc = docker_container_start(d, b->id, timeout_ms, err);
	b->started = rc == 0;
	if (rc == 0 && b->n_ports > 0)
		rc = docker_container_ports(d, b->id, b->ports, b->n_ports,
		    err);
	return rc;
}

static int
docker_host_port(const struct container *c, int port, bool udp)
{
	const struct box *b = c->data;

	for (size_t i = 0; i < b->n_ports; i++)
		if (b->ports[i].container == port && b->ports[i].udp == udp)
			return b->ports[i].host;
	return 0;
}

static const char *
docker_id(const struct container *c)
{
	const struct box *b = c->data;

	return b->id;
}

static int
docker_alive(struct container *c, struct err *err)
{
	const struct box *b = c->data;

	return docker_container_alive(c->engine->data, b->id, err);
}

static int
docker_remove(struct container *c, struct err *err)
{
	struct box *b = c->data;
	int rc = 0;

	if (b == NULL)
		return 0;
	if (b->id != NULL)
		rc = docker_container_remove(c->engine->data, b->id, err);
	if (b->id != NULL && rc == 0 && !b->started)
		docker_end_orphans(c->engine->data, b->id);
	for (size_t i = 0; i < b->n_volumes; i++)
		if (docker_volume_remove(c->engine->data, b->volumes[i],
			rc == 0 ? err : NULL) == -1)
			rc = -1;
	box_free(b);
	c->data = NULL;
	return rc;
}

static int
docker_network_start(struct network *n, const struct network_spec *spec,
    struct err *err)
{
	char *name = NULL;
	int rc = docker_network_create(n->engine->data, spec, &name, err);

	n->data = name;
	return rc;
}

static int
docker_network_end(struct network *n, struct err *err)
{
	int rc = 0;

	if (n->data != NULL)
		rc = docker_network_remove(n->engine->data, n->data, err);
	free(n->data);
	n->data = NULL;
	return rc;
}

static int
docker_leftovers(struct engine *e, const char *instance, engine_leftover_fn fn,
    void *ctx, struct err *err)
{
	return docker_list(e->data, instance, fn, ctx, err);
}

static int
docker_remove_left(struct engine *e, const char *id, struct err *err)
{
	return docker_remove_leftover(e->data, id, err);
}

const struct engine_ops docker_ops = {
	.name = "docker",
	.probe = docker_probe,
	.open = docker_open,
	.close = docker_close,
	.ensure_image = docker_ensure_image,
	.image_about = docker_about,
	.image_build = docker_build,
	.image_tag = docker_tag,
	.image_push = docker_push,
	.network_start = docker_network_start,
	.network_remove = docker_network_end,
	.start = docker_start,
	.host_port = docker_host_port,
	.id = docker_id,
	.alive = docker_alive,
	.remove = docker_remove,
	.list = docker_leftovers,
	.remove_leftover = docker_remove_left,
};
