/*
 * docker_error.c - what the services' refusals mean.
 *
 * Docker tells by the status of HTTP, Podman mostly answers 500 and tells in
 * words (4.3: name in use, unknown image, wrong state). So the words are looked
 * at first, for both.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/image_name.h"

static const struct {
	long status;
	enum err_code code;
} statuses[] = {
	{ 400, ERR_INVALID },
	{ 401, ERR_DENIED },
	{ 403, ERR_DENIED },
	{ 404, ERR_NOT_FOUND },
	{ 409, ERR_CONFLICT },
};

static enum err_code
status_code(long status)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].code;
	return ERR_UNAVAILABLE;
}

int
docker_refused(const struct docker_answer *a, const char *what,
    struct err *err)
{
	json_t *json = json_loadb(a->body.s, a->body.len, 0, NULL);
	const char *message;
	enum err_code code;

	message = json_string_value(json_object_get(json, "message"));
	if (message == NULL)
		message = "no reason given";
	code = image_message_code(message, status_code(a->status));
	err_set(err, code, "%s: the container engine refused (%ld): %s", what,
	    a->status, message);
	json_decref(json);
	return -1;
}
