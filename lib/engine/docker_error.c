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

/* Parts of messages, in lower case as the services write them. */
static const struct {
	const char *part;
	enum err_code code;
} messages[] = {
	{ "no such image", ERR_NOT_FOUND },
	{ "image not known", ERR_NOT_FOUND },
	{ "no such container", ERR_NOT_FOUND },
	{ "manifest unknown", ERR_NOT_FOUND },
	{ "manifest for ", ERR_NOT_FOUND }, /* "... not found" */
	{ "name unknown", ERR_NOT_FOUND },
	{ "repository does not exist", ERR_NOT_FOUND },
	{ "does not exist or may require", ERR_NOT_FOUND },
	{ "name is already in use", ERR_EXISTS },
	{ "is already in use by", ERR_EXISTS },
	{ "container state improper", ERR_CONFLICT },
	{ "network already exists", ERR_EXISTS },
	{ "no such network", ERR_NOT_FOUND },
	{ "network not found", ERR_NOT_FOUND },
	{ "unable to find network", ERR_NOT_FOUND },
	{ "has active endpoints", ERR_CONFLICT },
	{ "network is being used", ERR_CONFLICT },
	{ "no such volume", ERR_NOT_FOUND },
	{ "volume is in use", ERR_CONFLICT },
	{ "volume is being used", ERR_CONFLICT },
	{ "unauthorized", ERR_DENIED },
	{ "authentication required", ERR_DENIED },
	{ "no basic auth credentials", ERR_DENIED },
	{ "access denied", ERR_DENIED },
	{ "invalid reference format", ERR_INVALID },
	{ "no space left on device", ERR_IO },
	{ "toomanyrequests", ERR_BUSY },
};

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

enum err_code
docker_message_code(const char *message, enum err_code standard)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (strcasestr(message, messages[i].part) != NULL)
			return messages[i].code;
	return standard;
}

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
	code = docker_message_code(message, status_code(a->status));
	err_set(err, code, "%s: the container engine refused (%ld): %s", what,
	    a->status, message);
	json_decref(json);
	return -1;
}
