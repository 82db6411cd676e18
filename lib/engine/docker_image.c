/*
 * docker_image.c - make sure that an image is there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <string.h>

#include "lib/engine/image_name.h"

/* 1: it is here, 0: it is not. */
static int
is_here(const struct docker *d, const char *image, struct err *err)
{
	struct str path = STR_INIT;
	struct err why = { 0 };
	int rc;

	str_addf(&path, "/images/%s/json", image);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "looking for the image", NULL, &why);
	str_release(&path);
	if (rc == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	return err_set(err, why.code, "%s", why.text);
}

int
docker_image_ensure(const struct docker *d, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	int here = 0;

	if (image_name_check(request->image, err) == -1)
		return -1;
	if (request->pull != IMAGE_PULL_ALWAYS)
		here = is_here(d, request->image, err);
	if (here != 0)
		return here == 1 ? 0 : -1;
	if (request->pull == IMAGE_PULL_NEVER)
		return err_set(err, ERR_NOT_FOUND, "the image \"%s\" is not "
		    "here, and it is not to be pulled", request->image);
	return docker_image_pull(d, request, progress, ctx, err);
}
