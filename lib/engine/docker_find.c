/*
 * docker_find.c - which socket or address, which version.
 *
 * Over TCP a service is asked with TLS and certificates of both sides; without
 * them only on loopback, because whoever reaches it is root there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <arpa/inet.h>
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

#define UNIX "unix://"
#define TCP "tcp://"

/* Who says "Docker/20.10.24 (linux)" or "Libpod/4.3.1 (linux)". */
static void
read_product(struct docker *d, const char *server)
{
	static const char podman[] = "Libpod/", docker[] = "Docker/";
	const char *slash = strchr(server, '/');
	int len = slash != NULL ? (int)strcspn(slash + 1, " ") : 0;

	if (str_starts_with(server, podman))
		snprintf(d->product, sizeof(d->product), "Podman %.*s", len,
		    slash + 1);
	else if (str_starts_with(server, docker))
		snprintf(d->product, sizeof(d->product), "Docker %.*s", len,
		    slash + 1);
	else
		snprintf(d->product, sizeof(d->product), "%s", server[0] !=
		    '\0' ? server : "an engine without a name");
}

/* Ask the service for its newest version of the API. All that we use has been
 * the same since 1.25, and newer services refuse old versions. "/version" tells
 * it, too; but for that Podman starts half a dozen programs each time, and
 * takes a second. */
static int
read_version(struct docker *d, struct err *err)
{
	const struct docker_request req = { .method = "GET",
		.path = "/_ping", .timeout_ms = PING_TIMEOUT_MS };
	struct docker_answer answer;
	int rc;

	docker_answer_init(&answer);
	rc = docker_do(d, &req, &answer, err);
	if (rc == 0 && answer.status >= 400)
		rc = docker_refused(&answer, "asking for the version", err);
	else if (rc == 0 && (answer.api[0] == '\0' ||
	    strspn(answer.api, "0123456789.") != strlen(answer.api)))
		rc = err_set(err, ERR_UNAVAILABLE, "the service at \"%s\" is "
		    "no container engine: it tells no version", d->socket);
	if (rc == 0) {
		snprintf(d->version, sizeof(d->version), "%s", answer.api);
		read_product(d, answer.server);
	}
	docker_answer_release(&answer);
	return rc;
}

/* Ask who answers there. Consumes `d`, unless it is given out. */
static int
try(struct docker *d, struct docker **out, struct err *err)
{
	if (read_version(d, err) == -1) {
		docker_free(d);
		return -1;
	}
	*out = d;
	return 0;
}

static int
try_socket(const char *path, struct docker **out, struct err *err)
{
	struct docker *d = mem_calloc(1, sizeof(*d));

	d->socket = mem_strdup(path);
	return try(d, out, err);
}

/* "127.0.0.1:2376", "[::1]:2376", "localhost" */
static bool
is_loopback(const char *host)
{
	static const char *const names[] = { "localhost", "[::1]" };
	char name[32];
	struct in_addr in;

	snprintf(name, sizeof(name), "%s", host);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(name, names[i], len) == 0 &&
		    (name[len] == ':' || name[len] == '\0'))
			return true;
	}
	name[strcspn(name, ":")] = '\0';
	return inet_pton(AF_INET, name, &in) == 1 &&
	    (ntohl(in.s_addr) >> 24) == 127;
}

/* The folder of certificates, which the caller frees; NULL: no TLS. */
static char *
find_tls(const struct config *config)
{
	const char *verify = getenv("DOCKER_TLS_VERIFY");
	const char *path = getenv("DOCKER_CERT_PATH");
	const char *home = getenv("HOME");
	struct str folder = STR_INIT;

	if (config->docker_tls != NULL && config->docker_tls[0] != '\0')
		return mem_strdup(config->docker_tls);
	if (verify == NULL || verify[0] == '\0')
		return NULL;
	if (path != NULL && path[0] != '\0')
		return mem_strdup(path);
	str_addf(&folder, "%s/.docker", home != NULL ? home : "");
	return str_detach(&folder);
}

static int
try_tcp(const char *address, const struct config *config, struct docker **out,
    struct err *err)
{
	const char *host = address + strlen(TCP);
	struct str url = STR_INIT;
	struct docker *d;

	/* Nothing that would make another host of it. */
	if (host[0] == '\0' || strpbrk(host, "/?#@\\ ") != NULL)
		return err_set(err, ERR_UNSUPPORTED, "the container engine "
		    "cannot be at \"%s\": an address is \"tcp://HOST:PORT\"",
		    address);
	d = mem_calloc(1, sizeof(*d));
	d->socket = mem_strdup(address);
	d->tls = find_tls(config);
	if (d->tls == NULL && !is_loopback(host)) {
		docker_free(d);
		return err_set(err, ERR_UNSUPPORTED, "the container engine at "
		    "\"%s\" is not asked without TLS: name the folder of its "
		    "certificates with \"docker-tls\" in the configuration",
		    address);
	}
	str_addf(&url, "%s://%s", d->tls != NULL ? "https" : "http", host);
	d->url = str_detach(&url);
	return try(d, out, err);
}

/* Append one of the usual sockets: false when there is no folder for it. */
static bool
add_usual(size_t which, struct str *out)
{
	const char *dir = usual[which].variable == NULL ? "" :
	    getenv(usual[which].variable);

	if (dir != NULL)
		str_addf(out, "%s%s", dir, usual[which].path);
	return dir != NULL;
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
		str_clear(&path);
		if (!add_usual(i, &path))
			continue;
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

/* As it is configured; NULL: looked for. */
static const char *
configured(const struct config *config)
{
	const char *where = config->docker_socket;

	if (where == NULL || where[0] == '\0')
		where = getenv("DOCKER_HOST");
	return where != NULL && where[0] != '\0' ? where : NULL;
}

bool
docker_is_expected(const struct config *config)
{
	struct str path = STR_INIT;
	bool is = configured(config) != NULL;

	for (size_t i = 0; !is && i < ARRAY_LEN(usual); i++) {
		str_clear(&path);
		is = add_usual(i, &path) && access(path.s, F_OK) == 0;
	}
	str_release(&path);
	return is;
}

bool
docker_over_tcp(const struct config *config)
{
	const char *where = configured(config);

	return where != NULL && str_starts_with(where, TCP);
}

int
docker_find(const struct config *config, struct docker **out, struct err *err)
{
	const char *where = configured(config);

	if (where == NULL)
		return search(out, err);
	if (str_starts_with(where, TCP))
		return try_tcp(where, config, out, err);
	if (str_starts_with(where, UNIX))
		where += strlen(UNIX);
	if (where[0] != '/')
		return err_set(err, ERR_UNSUPPORTED, "the container engine "
		    "cannot be at \"%s\": known are a path, \"unix:///path\" "
		    "and \"tcp://HOST:PORT\"", where);
	return try_socket(where, out, err);
}

void
docker_free(struct docker *d)
{
	if (d == NULL)
		return;
	free(d->socket);
	free(d->url);
	free(d->tls);
	free(d);
}
