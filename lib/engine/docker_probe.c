/*
 * docker_probe.c - does an engine that is spoken to over TCP see our files?
 *
 * A job's folder is mounted into its container, and pawl-init there connects
 * to the socket in it. An engine on another machine has neither; nothing that
 * it says of itself tells for sure. So a container is started as a job's is,
 * from any image that is there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/engine/image_name.h"

#define START_MS 60000

/* Any image that has a name; "" when there is none. */
static int
find_image(const struct docker *d, struct str *out, struct err *err)
{
	json_t *list = NULL, *image;
	const char *name;
	size_t i;
	int rc;

	rc = docker_json(d, "GET", "/images/json", NULL, DOCKER_TIMEOUT_MS,
	    "listing images", &list, err);
	json_array_foreach(list, i, image) {
		name = json_string_value(json_array_get(json_object_get(image,
		    "RepoTags"), 0));
		if (out->len == 0 && name != NULL &&
		    image_name_check(name, NULL) == 0)
			str_add(out, name);
	}
	json_decref(list);
	return rc;
}

/* As a job's process makes it. */
static int
make_folder(const struct config *config, struct str *dir, struct err *err)
{
	const char *parent = config->state_dir;

	if (parent == NULL || access(parent, W_OK) == -1)
		parent = getenv("TMPDIR");
	str_addf(dir, "%s/.tmp-probe-XXXXXX", parent != NULL ? parent :
	    "/tmp");
	if (mkdtemp(dir->s) == NULL) {
		err_errno(err, "cannot make a folder as \"%s\"", dir->s);
		str_clear(dir);
		return -1;
	}
	return 0;
}

static int
try_container(struct engine *e, const char *image, const char *dir,
    struct err *err)
{
	struct container_spec spec = { .image = image, .work_dir = dir,
		.bare = true, .run = "probe", .instance = "probe" };
	struct container *c;
	struct err why = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "ci-probe-%ld", (long)getpid());
	spec.name = name;
	if (container_start(e, &spec, START_MS, &c, &why) == -1)
		return err_set(err, why.code, "it answers, but a container "
		    "cannot use this host's files: is the engine on another "
		    "machine, or does it not see \"%s\"? (%s)", dir,
		    why.text);
	return container_remove(c, err);
}

int
docker_sees_us(struct engine *e, const struct docker *d,
    const struct config *config, struct str *about, struct err *err)
{
	struct str image = STR_INIT, dir = STR_INIT;
	int rc = find_image(d, &image, err);

	if (rc == 0 && image.len == 0) {
		str_add(about, "; whether it sees this host's files is not "
		    "known, as it has no image to try it with");
	} else if (rc == 0) {
		rc = make_folder(config, &dir, err);
		if (rc == 0)
			rc = try_container(e, image.s, dir.s, err);
		if (dir.len > 0 && file_remove_tree(dir.s,
			rc == 0 ? err : NULL) == -1)
			rc = -1;
	}
	if (rc == -1)
		err_wrap(err, "the container engine at \"%s\"", d->socket);
	str_release(&image);
	str_release(&dir);
	return rc;
}
