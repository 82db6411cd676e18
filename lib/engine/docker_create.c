/*
 * docker_create.c - create a container, under a name that is free.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static int
create(const struct docker *d, const char *name, const json_t *body,
    char **id, struct err *err)
{
	struct str path = STR_INIT;
	json_t *json = NULL;
	const char *text;
	int rc;

	str_addf(&path, "/containers/create?name=%s", name);
	rc = docker_json(d, "POST", path.s, body, DOCKER_TIMEOUT_MS,
	    "creating the container", &json, err);
	text = json_string_value(json_object_get(json, "Id"));
	if (rc == 0 && text == NULL)
		rc = err_set(err, ERR_UNAVAILABLE, "creating the container: "
		    "the container engine told no id");
	if (rc == 0)
		*id = mem_strdup(text);
	json_decref(json);
	str_release(&path);
	return rc;
}

int
docker_container_create(const struct docker *d,
    const struct container_spec *spec, const char *image, const char *user,
    const char *network, char **id, struct err *err)
{
	json_t *body = docker_create_json(spec, image, user, network);
	struct str name = STR_INIT;
	struct err why = { 0 };
	int rc;

	if (body == NULL)
		return err_set(err, ERR_INVALID, "the names of the job \"%s\" "
		    "are not UTF-8", spec->name);
	rc = create(d, spec->name, body, id, &why);
	/* Another Pawl on this engine counts its jobs from 1 as well. */
	if (rc == -1 &&
	    (why.code == ERR_EXISTS || why.code == ERR_CONFLICT)) {
		str_addf(&name, "%s-%" PRId64, spec->name, clock_now_ms());
		err_clear(&why);
		rc = create(d, name.s, body, id, &why);
	}
	if (rc == -1)
		err_set(err, why.code, "%s", why.text);
	str_release(&name);
	json_decref(body);
	return rc;
}
