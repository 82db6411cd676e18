/*
 * image_config.c - see image_config.h. Docker's health check and shell stand
 * beside what OCI knows.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/image_config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define NS_PER_MS 1000000
#define MAX_TEXTS 4096 /* of one list */

static const char *
text(const json_t *map, const char *name, struct arena *a)
{
	const char *s = json_string_value(json_object_get(map, name));

	return arena_strdup(a, s != NULL ? s : "");
}

/* A list of texts from its element `from` on; `first` stand before them. */
static const char *const *
texts(const json_t *list, size_t from, const char *const *first,
    struct arena *a)
{
	const char **all = NULL;
	size_t n = 0;

	for (; first != NULL && *first != NULL; first++)
		*(const char **)arena_push(a, &all, &n, sizeof(*all)) =
		    *first;
	for (size_t i = from; i < json_array_size(list) && i < MAX_TEXTS;
	    i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (s != NULL)
			*(const char **)arena_push(a, &all, &n,
			    sizeof(*all)) = arena_strdup(a, s);
	}
	arena_push(a, &all, &n, sizeof(*all));
	return all;
}

static void
read_ports(json_t *exposed, struct arena *a, struct image_about *out)
{
	const char *name;
	json_t *value;
	int *ports = NULL;
	size_t n = 0;
	char *end;
	long port;

	json_object_foreach(exposed, name, value) {
		port = strtol(name, &end, 10);
		if (port < 1 || port > 65535 || n == MAX_TEXTS ||
		    (*end != '\0' && strcmp(end, "/tcp") != 0))
			continue;
		*(int *)arena_push(a, &ports, &n, sizeof(*ports)) = (int)port;
	}
	out->ports = ports;
	out->n_ports = n;
}

static int64_t
milliseconds(const json_t *health, const char *name)
{
	return json_integer_value(json_object_get(health, name)) / NS_PER_MS;
}

/* Test is ["CMD", argv...], ["CMD-SHELL", text] or ["NONE"]. */
static void
read_health(const json_t *config, struct arena *a, struct image_about *out)
{
	static const char *const sh[] = { "/bin/sh", "-c", NULL };
	const json_t *health = json_object_get(config, "Healthcheck");
	const json_t *test = json_object_get(health, "Test");
	const json_t *shell = json_object_get(config, "Shell");
	const char *how = json_string_value(json_array_get(test, 0));

	if (how == NULL || json_array_size(test) < 2)
		return;
	if (strcmp(how, "CMD") == 0)
		out->health_argv = texts(test, 1, NULL, a);
	else if (strcmp(how, "CMD-SHELL") == 0)
		out->health_argv = texts(test, 1, json_array_size(shell) > 0 ?
		    texts(shell, 0, NULL, a) : sh, a);
	out->health_interval_ms = milliseconds(health, "Interval");
	out->health_timeout_ms = milliseconds(health, "Timeout");
	out->health_start_ms = milliseconds(health, "StartPeriod");
	out->health_retries = (int)json_integer_value(json_object_get(health,
	    "Retries"));
}

void
image_config_read(const json_t *config, struct arena *a,
    struct image_about *out)
{
	memset(out, 0, sizeof(*out));
	out->entrypoint = texts(json_object_get(config, "Entrypoint"), 0,
	    NULL, a);
	out->command = texts(json_object_get(config, "Cmd"), 0, NULL, a);
	out->env = texts(json_object_get(config, "Env"), 0, NULL, a);
	out->user = text(config, "User", a);
	out->working_directory = text(config, "WorkingDir", a);
	read_ports(json_object_get(config, "ExposedPorts"), a, out);
	read_health(config, a, out);
}
