/*
 * oci_config.c - what an image says of itself: the "config" of the OCI Image
 * Configuration, and Docker's health check, which stands beside it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define MAX_STRINGS 4096 /* of one list */
#define NANOSECONDS 1000000 /* in a millisecond */

static const char *
text_of(const json_t *config, const char *key, struct arena *a)
{
	const char *text = json_string_value(json_object_get(config, key));

	return text != NULL ? arena_strdup(a, text) : "";
}

static const char *const *
texts_of(const json_t *list, struct arena *a)
{
	size_t n = json_array_size(list), used = 0;
	const char **out;

	if (n > MAX_STRINGS)
		n = MAX_STRINGS;
	out = arena_alloc(a, (n + 1) * sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text != NULL)
			out[used++] = arena_strdup(a, text);
	}
	out[used] = NULL;
	return out;
}

/* {"5432/tcp": {}, "53/udp": {}} */
static void
read_ports(json_t *ports, struct arena *a, struct image_about *out)
{
	const char *key;
	json_t *value;
	int *list = NULL;

	json_object_foreach(ports, key, value) {
		char *end;
		long port = strtol(key, &end, 10);

		if (port < 1 || port > 65535 || out->n_ports == MAX_STRINGS ||
		    (*end != '\0' && strcmp(end, "/tcp") != 0))
			continue;
		*(int *)arena_push(a, &list, &out->n_ports, sizeof(*list)) =
		    (int)port;
	}
	out->ports = list;
}

static int64_t
milliseconds(const json_t *health, const char *key)
{
	return json_integer_value(json_object_get(health, key)) / NANOSECONDS;
}

/* {"Test": ["CMD", "program", ...]}, ["CMD-SHELL", "text"] or ["NONE"] */
static void
read_health(const json_t *health, struct arena *a, struct image_about *out)
{
	const char *const *test = texts_of(json_object_get(health, "Test"), a);
	const char **shell;

	if (test[0] == NULL || test[1] == NULL)
		return;
	if (strcmp(test[0], "CMD") == 0) {
		out->health_argv = test + 1;
	} else if (strcmp(test[0], "CMD-SHELL") == 0) {
		shell = arena_alloc(a, 4 * sizeof(*shell));
		shell[0] = "/bin/sh";
		shell[1] = "-c";
		shell[2] = test[1];
		shell[3] = NULL;
		out->health_argv = shell;
	}
	out->health_interval_ms = milliseconds(health, "Interval");
	out->health_timeout_ms = milliseconds(health, "Timeout");
	out->health_start_ms = milliseconds(health, "StartPeriod");
	out->health_retries = (int)json_integer_value(json_object_get(health,
	    "Retries"));
}

int
oci_image_about(const struct oci_image *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	json_t *json = NULL;
	const json_t *config;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	str_addf(&path, "%s/config.json", image->dir);
	if (file_read(path.s, OCI_MAX_JSON, &text, err) == -1)
		goto out;
	json = json_loadb(text.s, text.len, 0, NULL);
	config = json_object_get(json, "config");
	out->entrypoint = texts_of(json_object_get(config, "Entrypoint"), a);
	out->command = texts_of(json_object_get(config, "Cmd"), a);
	out->env = texts_of(json_object_get(config, "Env"), a);
	out->user = text_of(config, "User", a);
	out->working_directory = text_of(config, "WorkingDir", a);
	read_ports(json_object_get(config, "ExposedPorts"), a, out);
	read_health(json_object_get(config, "Healthcheck"), a, out);
	rc = arena_exceeded(a) ? err_set(err, ERR_TOO_LARGE,
	    "the image says too much of itself") : 0;
out:
	json_decref(json);
	str_release(&path);
	str_release(&text);
	return rc;
}
