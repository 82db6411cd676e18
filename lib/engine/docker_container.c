/*
 * docker_container.c - containers that were made: start, look, remove.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define MAX_LOG_LINE 300
#define FRAME_HEADER 8 /* in front of each piece of a log */

int
docker_container_start(const struct docker *d, const char *id, int timeout_ms,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "/containers/%s/start", id);
	rc = docker_json(d, "POST", path.s, NULL, timeout_ms,
	    "starting the container", NULL, err);
	str_release(&path);
	return rc;
}

/* The last line that pawl-init wrote: why it could not start. */
static void
last_log_line(const struct docker *d, const char *id, struct str *out)
{
	struct str path = STR_INIT;
	struct docker_request req = { .method = "GET",
		.timeout_ms = DOCKER_TIMEOUT_MS };
	struct docker_answer answer;

	docker_answer_init(&answer);
	str_addf(&path, "/containers/%s/logs?stdout=1&stderr=1&tail=1", id);
	req.path = path.s;
	if (docker_do(d, &req, &answer, NULL) == 0 && answer.status == 200 &&
	    answer.body.len > FRAME_HEADER) {
		str_add(out, answer.body.s + FRAME_HEADER);
		str_cut(out, strcspn(out->s, "\n"));
		str_cut(out, MAX_LOG_LINE);
	}
	docker_answer_release(&answer);
	str_release(&path);
}

/* Docker tells when it was for memory, Podman only by exit code 137. */
static int
ended(const struct docker *d, const char *id, const json_t *state,
    struct err *err)
{
	json_int_t code;
	struct str line = STR_INIT;

	code = json_integer_value(json_object_get(state, "ExitCode"));
	last_log_line(d, id, &line);
	if (json_is_true(json_object_get(state, "OOMKilled")))
		err_set(err, ERR_UNAVAILABLE, "the container was killed "
		    "because it used all of its memory "
		    "(\"memory-max-bytes\")");
	else if (code == 137)
		err_set(err, ERR_UNAVAILABLE, "the container was killed from "
		    "outside, or because it used all of its memory");
	else
		err_set(err, ERR_UNAVAILABLE, "the container has ended with "
		    "exit code %d%s%s", (int)code, line.len > 0 ? ": " : "",
		    line.s);
	str_release(&line);
	return -1;
}

int
docker_container_alive(const struct docker *d, const char *id,
    struct err *err)
{
	struct str path = STR_INIT;
	json_t *json = NULL, *state;
	struct err why = { 0 };
	int rc;

	str_addf(&path, "/containers/%s/json", id);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "looking at the container", &json, &why);
	str_release(&path);
	if (rc == -1 && why.code == ERR_NOT_FOUND)
		return err_set(err, ERR_UNAVAILABLE,
		    "the container was removed from outside");
	if (rc == -1)
		return err_set(err, why.code, "%s", why.text);
	state = json_object_get(json, "State");
	if (!json_is_true(json_object_get(state, "Running")))
		rc = ended(d, id, state, err);
	json_decref(json);
	return rc;
}

int
docker_container_remove(const struct docker *d, const char *id,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	/* Its own way of stopping waits ten seconds; nothing is left to
	 * lose. It may have ended already. */
	str_addf(&path, "/containers/%s/kill?signal=KILL", id);
	(void)docker_json(d, "POST", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "killing the container", NULL, NULL);
	str_clear(&path);
	str_addf(&path, "/containers/%s?force=1&v=1", id);
	rc = docker_delete(d, path.s, "removing the container", err);
	str_release(&path);
	return rc;
}

/* What the services answer of a port: a list of addresses of the host. */
static int
host_port(const json_t *bound)
{
	const char *text;
	long long port = 0;

	text = json_string_value(json_object_get(json_array_get(bound, 0),
	    "HostPort"));
	if (text != NULL)
		str_to_int64(text, 0, 65535, &port);
	return (int)port;
}

int
docker_container_ports(const struct docker *d, const char *id,
    struct container_port *ports, size_t n, struct err *err)
{
	struct str path = STR_INIT;
	json_t *json = NULL, *all;
	char name[32];
	int rc;

	str_addf(&path, "/containers/%s/json", id);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "asking for the container's ports", &json, err);
	all = json_object_get(json_object_get(json, "NetworkSettings"),
	    "Ports");
	for (size_t i = 0; i < n; i++) {
		docker_port_name(&ports[i], name);
		ports[i].host = host_port(json_object_get(all, name));
	}
	json_decref(json);
	str_release(&path);
	return rc;
}
