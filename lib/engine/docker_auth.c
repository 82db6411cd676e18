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
#include "lib/engine/image_name.h"

static json_t *
login_json(const struct registry_login *login, const char *registry)
{
	return json_pack("{s:s, s:s, s:s}", "username", login->username,
	    "password", login->password, "serveraddress", registry);
}

/* base64url of JSON, by the Engine API. Consumes `json`; NULL, of a text that
 * is not UTF-8, is no login: the registry refuses. */
static const char *
encode(json_t *json, struct str *out)
{
	const int variant = sodium_base64_VARIANT_URLSAFE;
	char *text = NULL, *encoded;
	size_t size;

	if (json != NULL)
		text = json_dumps(json, JSON_COMPACT);
	if (text == NULL)
		text = mem_strdup("{}");
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
	return out->s;
}

const char *
docker_auth(const struct registry_login *login, const char *image,
    struct str *out)
{
	struct str registry = STR_INIT;

	image_name_registry(image, &registry);
	encode(login_json(login, registry.s), out);
	str_release(&registry);
	return out->s;
}

const char *
docker_auths(const struct config *config, struct str *out)
{
	json_t *all = json_object();

	for (size_t i = 0; i < config->n_registries; i++) {
		const struct config_registry *r = &config->registries[i];
		const struct registry_login login = { r->username,
			r->password };

		json_object_set_new(all, r->host, login_json(&login,
		    r->host));
	}
	return encode(all, out);
}
