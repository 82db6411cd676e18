/*
 * docker_login.c - the login for an image's registry: of the configuration,
 * else of a config.json as "docker login" writes it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/image_name.h"

#define MAX_FILE (1u << 20)
#define MAX_LOGIN 8192

/* Other names of the registry of images without one. */
static const char *const hub[] = { "docker.io", "index.docker.io",
	"registry-1.docker.io" };

static bool
is_hub(const char *host, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(hub); i++)
		if (strlen(hub[i]) == len &&
		    strncasecmp(hub[i], host, len) == 0)
			return true;
	return false;
}

/* Is `written`, which may be an address with a path, this registry? */
static bool
is_registry(const char *written, const char *host)
{
	const char *slashes = strstr(written, "://");
	size_t len;

	if (slashes != NULL)
		written = slashes + 3;
	len = strcspn(written, "/");
	if (is_hub(host, strlen(host)))
		return is_hub(written, len);
	return strlen(host) == len && strncasecmp(written, host, len) == 0;
}

/* "auth" is base64 of "user:password". */
static bool
decode(const char *auth, struct arena *a, struct registry_login *out)
{
	size_t len = strlen(auth), n;
	char *text, *colon;

	if (len > MAX_LOGIN)
		return false;
	text = arena_alloc(a, len + 1);
	if (sodium_base642bin((unsigned char *)text, len, auth, len, "\r\n ",
		&n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	text[n] = '\0';
	colon = strchr(text, ':');
	if (colon == NULL)
		return false;
	*colon = '\0';
	out->username = text;
	out->password = colon + 1;
	return true;
}

static bool
read_entry(const json_t *entry, struct arena *a, struct registry_login *out)
{
	const char *auth, *name, *password;

	auth = json_string_value(json_object_get(entry, "auth"));
	name = json_string_value(json_object_get(entry, "username"));
	password = json_string_value(json_object_get(entry, "password"));
	if (auth != NULL && auth[0] != '\0')
		return decode(auth, a, out);
	if (name == NULL || password == NULL)
		return false;
	out->username = arena_strdup(a, name);
	out->password = arena_strdup(a, password);
	return true;
}

/* 1: found, 0: the file has none for this registry. */
static int
search_file(const char *path, const char *host, struct arena *a,
    struct registry_login *out, struct err *err)
{
	struct str text = STR_INIT;
	const char *key;
	json_t *json, *entry;
	int rc = file_read(path, MAX_FILE, &text, err);

	if (rc == -1) {
		err_wrap(err, "reading \"docker-config\"");
		goto out;
	}
	json = json_loadb(text.s, text.len, 0, NULL);
	if (json == NULL)
		rc = err_set(err, ERR_INVALID, "\"%s\" (\"docker-config\") is "
		    "not JSON", path);
	json_object_foreach(json_object_get(json, "auths"), key, entry)
		if (rc == 0 && is_registry(key, host) &&
		    read_entry(entry, a, out))
			rc = 1;
	json_decref(json);
out:
	sodium_memzero(text.s, text.len);
	str_release(&text);
	return rc;
}

int
docker_login_find(const struct config *config, const char *image,
    struct arena *a, struct registry_login *out, struct err *err)
{
	struct str host = STR_INIT;
	int rc = 0;

	image_name_registry(image, &host);
	for (size_t i = 0; rc == 0 && i < config->n_registries; i++) {
		const struct config_registry *r = &config->registries[i];

		if (!is_registry(r->host, host.s))
			continue;
		out->username = r->username;
		out->password = r->password;
		rc = 1;
	}
	if (rc == 0 && config->docker_config != NULL &&
	    config->docker_config[0] != '\0')
		rc = search_file(config->docker_config, host.s, a, out, err);
	str_release(&host);
	return rc;
}
