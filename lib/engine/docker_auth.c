/*
 * docker_auth.c - logins, as the services want them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define STANDARD_REGISTRY "docker.io"

/* The first part of a name is a registry where it looks like a host: with a
 * dot or a port, or "localhost". */
void
docker_registry(const char *image, struct str *out)
{
	size_t len = strcspn(image, "/");

	str_add_len(out, image, len);
	if (image[len] == '/' && (strpbrk(out->s, ".:") != NULL ||
	    strcmp(out->s, "localhost") == 0))
		return;
	str_clear(out);
	str_add(out, STANDARD_REGISTRY);
}

/* base64url of JSON, by the Engine API. */
const char *
docker_auth(const struct registry_login *login, const char *image,
    struct str *out)
{
	const int variant = sodium_base64_VARIANT_URLSAFE;
	struct str registry = STR_INIT;
	json_t *json;
	char *text, *encoded;
	size_t size;

	docker_registry(image, &registry);
	json = json_pack("{s:s, s:s, s:s}", "username", login->username,
	    "password", login->password, "serveraddress", registry.s);
	text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	if (text == NULL)
		text = mem_strdup("{}"); /* not UTF-8: the registry refuses */
	size = sodium_base64_ENCODED_LEN(strlen(text), variant);
	encoded = mem_calloc(1, size);
	sodium_bin2base64(encoded, size, (const unsigned char *)text,
	    strlen(text), variant);
	str_add(out, encoded);
	sodium_memzero(text, strlen(text));
	sodium_memzero(encoded, size);
	free(text);
	free(encoded);
	json_decref(json);
	str_release(&registry);
	return out->s;
}
