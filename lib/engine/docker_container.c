/*
 * docker_container.c - containers that were made: start, look, remove, list.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/percent.h"

#define REMOVE_TIMEOUT_MS 120000
#define REMOVE_PAUSE_NS 200000000
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
	const struct timespec pause = { 0, REMOVE_PAUSE_NS };
	int64_t until = clock_mono_ms() + REMOVE_TIMEOUT_MS;
	struct str path = STR_INIT;
	struct err why = { 0 };
	int rc;

	/* Its own way of stopping waits ten seconds; nothing is left to
	 * lose. It may have ended already. */
	str_addf(&path, "/containers/%s/kill?signal=KILL", id);
	(void)docker_json(d, "POST", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "killing the container", NULL, NULL);
	str_clear(&path);
	str_addf(&path, "/containers/%s?force=1&v=1", id);
	/* Both refuse for a moment while the end is being recorded, or while
	 * somebody else removes it. */
	for (;;) {
		err_clear(&why);
		rc = docker_json(d, "DELETE", path.s, NULL, REMOVE_TIMEOUT_MS,
		    "removing the container", NULL, &why);
		if (rc == 0 || why.code == ERR_NOT_FOUND) {
			rc = 0;
			break;
		}
		if (why.code != ERR_CONFLICT || clock_mono_ms() >= until) {
			err_set(err, why.code, "%s", why.text);
			break;
		}
		nanosleep(&pause, NULL);
	}
	str_release(&path);
	return rc;
}

static int64_t
label_number(const json_t *labels, const char *name)
{
	const char *text = json_string_value(json_object_get(labels, name));
	long long value = 0;

	if (text != NULL)
		str_to_int64(text, 0, INT64_MAX, &value);
	return value;
}

static void
tell(const json_t *found, engine_leftover_fn fn, void *ctx)
{
	const json_t *labels = json_object_get(found, "Labels");
	struct engine_leftover left = {
		.id = json_string_value(json_object_get(found, "Id")),
		.job = label_number(labels, ENGINE_LABEL_JOB),
		.attempt = (int)label_number(labels, ENGINE_LABEL_ATTEMPT),
	};

	if (left.id != NULL)
		fn(ctx, &left);
}

int
docker_container_list(const struct docker *d, const char *instance,
    engine_leftover_fn fn, void *ctx, struct err *err)
{
	struct str path = STR_INIT;
	json_t *filters, *list = NULL, *found;
	char *text;
	size_t i;
	int rc;

	filters = json_pack("{s:[s+]}", "label", ENGINE_LABEL_INSTANCE "=",
	    instance);
	text = filters != NULL ? json_dumps(filters, JSON_COMPACT) : NULL;
	json_decref(filters);
	if (text == NULL)
		return err_set(err, ERR_INVALID,
		    "\"%s\" is no name of an instance", instance);
	str_add(&path, "/containers/json?all=1&filters=");
	percent_encode(&path, text);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS,
	    "listing containers", &list, err);
	json_array_foreach(list, i, found)
		tell(found, fn, ctx);
	json_decref(list);
	free(text);
	str_release(&path);
	return rc;
}
