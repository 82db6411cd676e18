/*
 * docker_about.c - what an image says of itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/image_config.h"
#include "lib/engine/image_name.h"

/* As "name:tag" and as "name@digest". */
static const char *const *
names(const json_t *json, struct arena *a)
{
	static const char *const members[] = { "RepoTags", "RepoDigests" };
	const char **list = NULL;
	size_t n = 0, i;
	json_t *name;

	for (size_t k = 0; k < ARRAY_LEN(members); k++)
		json_array_foreach(json_object_get(json, members[k]), i, name)
			if (json_is_string(name))
				*(const char **)arena_push(a, &list, &n,
				    sizeof(*list)) = arena_strdup(a,
				    json_string_value(name));
	arena_push(a, &list, &n, sizeof(*list));
	return list;
}

int
docker_image_about(const struct docker *d, const char *image,
    struct arena *a, struct image_about *out, struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT;
	json_t *json = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	if (image_name_check(image, err) == -1)
		return -1;
	str_addf(&path, "/images/%s/json", image);
	str_addf(&what, "looking for the image \"%s\"", image);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS, what.s,
	    &json, err);
	image_config_read(json_object_get(json, "Config"), a, out);
	if (rc == 0)
		out->names = names(json, a);
	json_decref(json);
	str_release(&path);
	str_release(&what);
	return rc;
}
