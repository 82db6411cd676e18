/*
 * docker_find.c - which socket, which version.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"

#define PING_TIMEOUT_MS 20000

/* Where services usually listen, in this order. */
static const struct {
	const char *variable; /* that holds the folder; NULL: none */
	const char *path;
} usual[] = {
	{ NULL, "/var/run/docker.sock" },
	{ NULL, "/run/podman/podman.sock" },
	{ "XDG_RUNTIME_DIR", "/podman/podman.sock" },
	{ "XDG_RUNTIME_DIR", "/docker.sock" },
};

#define DOCKER_HOST_UNIX "unix://"

/* "20.10.24" of Docker, "Podman 4.3.1" of Podman, where it is a component. */
static void
read_product(struct docker *d, const json_t *version)
{
	const char *name, *number;
	const json_t *first;

	first = json_array_get(json_object_get(version, "Components"), 0);
	name = json_string_value(json_object_get(first, "Name"));
	number = json_string_value(json_object_get(version, "Version"));
	if (name == NULL || strcmp(name, "Engine") == 0)
		name = "Docker";
	snprintf(d->product, sizeof(d->product), "%s %s", name,
	    number != NULL ? number : "(unknown version)");
}

/* Ask the service for its newest version of the API. All that we use has been
 * the same since 1.25, and newer services refuse old versions. */
static int
read_version(struct docker *d, struct err *err)
{
	json_t *json = NULL;
	const char *api;
	int rc = 0;

	if (docker_json(d, "GET", "/version", NULL, PING_TIMEOUT_MS,
		"asking for the version", &json, err) == -1)
		return -1;
	api = json_string_value(json_object_get(json, "ApiVersion"));
	if (api == NULL || strspn(api, "0123456789.") != strlen(api) ||
	    strlen(api) >= sizeof(d->version))
		rc = err_set(err, ERR_UNAVAILABLE, "the service at \"%s\" is "
		    "no container engine: it tells no version", d->socket);
	else
		snprintf(d->version, sizeof(d->version), "%s", api);
	read_product(d, json);
	json_decref(json);
	return rc;
}

static int
try_socket(const char *path, struct docker **out, struct err *err)
{
	struct docker *d = mem_calloc(1, sizeof(*d));

	d->socket = mem_strdup(path);
	if (read_version(d, err) == -1) {
		docker_free(d);
		return -1;
	}
	*out = d;
	return 0;
}

/* The first usual socket that is there and answers. When none does, the
 * first that is there says why. */
static int
search(struct docker **out, struct err *err)
{
	struct str path = STR_INIT, tried = STR_INIT;
	struct err first = { 0 };
	int rc = -1;

	for (size_t i = 0; rc == -1 && i < ARRAY_LEN(usual); i++) {
		const char *dir = "";

		if (usual[i].variable != NULL)
			dir = getenv(usual[i].variable);
		if (dir == NULL)
			continue;
		str_clear(&path);
		str_addf(&path, "%s%s", dir, usual[i].path);
		str_addf(&tried, "%s%s", tried.len > 0 ? ", " : "", path.s);
		if (access(path.s, F_OK) == 0)
			rc = try_socket(path.s, out,
			    first.code == ERR_NONE ? &first : NULL);
	}
	if (rc == -1 && first.code != ERR_NONE)
		err_set(err, first.code, "%s", first.text);
	else if (rc == -1)
		err_set(err, ERR_UNAVAILABLE, "the container engine is "
		    "unavailable: none of %s is there; install and start "
		    "Docker or Podman, or name the socket with "
		    "\"docker-socket\" in the configuration", tried.s);
	str_release(&path);
	str_release(&tried);
	return rc;
}

int
docker_find(const struct config *config, struct docker **out, struct err *err)
{
	const char *host = getenv("DOCKER_HOST");

	if (config->docker_socket != NULL && config->docker_socket[0] != '\0')
		return try_socket(config->docker_socket, out, err);
	if (host == NULL || host[0] == '\0')
		return search(out, err);
	if (!str_starts_with(host, DOCKER_HOST_UNIX))
		return err_set(err, ERR_UNSUPPORTED, "DOCKER_HOST is \"%s\": "
		    "only sockets (\"unix:///path\") are supported, because "
		    "the job's files must be on the engine's host", host);
	return try_socket(host + strlen(DOCKER_HOST_UNIX), out, err);
}

void
docker_free(struct docker *d)
{
	if (d == NULL)
		return;
	free(d->socket);
	free(d);
}
