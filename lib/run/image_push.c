/*
 * image_push.c - step.docker_push: an image of the engine goes to a registry.
 *
 * The login is one of the configuration: an image step is the administrator's
 * to allow, and so is what it may push to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <string.h>

struct push {
	struct step_run *s;
	const char *image;
	const char *name; /* that it is pushed as */
};

static void
say(void *ctx, const char *line)
{
	work_print(ctx, "%s", line);
}

static int
work(struct work *w, void *ctx, struct err *err)
{
	const struct push *p = ctx;
	struct engine *e = NULL;
	int rc = engine_open("docker", NULL, p->s->x->order->config, &e, err);

	if (rc == 0 && strcmp(p->image, p->name) != 0)
		rc = engine_image_tag(e, p->image, p->name, err);
	if (rc == 0)
		rc = engine_image_push(e, p->name, say, w, err);
	if (rc == 0)
		rc = work_output(w, "image", p->name, err);
	engine_close(e);
	return rc;
}

/* "registry.example.org/team" before a name that does not begin with it. */
static const char *
name_at(struct step_run *s, const char *registry, const char *image)
{
	size_t len = strlen(registry);

	while (len > 0 && registry[len - 1] == '/')
		len--;
	if (len == 0 || (strncmp(image, registry, len) == 0 &&
			    image[len] == '/'))
		return image;
	return arena_printf(&s->arena, "%.*s/%s", (int)len, registry, image);
}

int
builtin_docker_push(struct step_run *s, struct err *err)
{
	struct push *p = arena_alloc(&s->arena, sizeof(*p));
	const char *registry, *provider;

	p->s = s;
	if (image_steps_allowed(s, err) == -1 ||
	    builtin_text(s, "image", &p->image, err) == -1 ||
	    builtin_text(s, "registry", &registry, err) == -1 ||
	    builtin_text(s, "auth_provider", &provider, err) == -1)
		return -1;
	if (provider[0] != '\0')
		return err_set(err, ERR_UNSUPPORTED, "\"auth_provider\" "
		    "\"%s\" is not known: a login for a registry is given by "
		    "\"registries\" in the configuration", provider);
	p->name = name_at(s, registry, p->image);
	return builtin_work(s, work, NULL, p, err);
}
