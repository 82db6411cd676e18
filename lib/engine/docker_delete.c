/*
 * docker_delete.c - remove what the service has, and find what was left.
 *
 * Containers, networks and volumes carry the same labels, so one list serves
 * all three kinds. They are told in the order in which they can be removed.
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
#include "lib/base/mem.h"
#include "lib/base/percent.h"

#define REMOVE_TIMEOUT_MS 120000
#define REMOVE_PAUSE_NS 200000000

static const struct kind {
	const char *prefix;  /* of the id of what was left */
	const char *list;    /* without the filter */
	const char *member;  /* that holds the list; NULL: it is the answer */
	const char *id;      /* member of one */
	const char *title;
} kinds[] = {
	{ "", "/containers/json?all=1&", NULL, "Id", "containers" },
	{ "network/", "/networks?", NULL, "Id", "networks" },
	{ "volume/", "/volumes?", "Volumes", "Name", "volumes" },
};

int
docker_delete(const struct docker *d, const char *path, const char *what,
    struct err *err)
{
	const struct timespec pause = { 0, REMOVE_PAUSE_NS };
	int64_t until = clock_mono_ms() + REMOVE_TIMEOUT_MS;
	struct err why = { 0 };

	/* Both refuse for a moment while the end is being recorded, or while
	 * somebody else removes it. */
	for (;;) {
		err_clear(&why);
		if (docker_json(d, "DELETE", path, NULL, REMOVE_TIMEOUT_MS,
			what, NULL, &why) == 0 || why.code == ERR_NOT_FOUND)
			return 0;
		if (why.code != ERR_CONFLICT || clock_mono_ms() >= until)
			return err_set(err, why.code, "%s", why.text);
		nanosleep(&pause, NULL);
	}
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
tell(const struct kind *kind, const json_t *found, engine_leftover_fn fn,
    void *ctx)
{
	const json_t *labels = json_object_get(found, "Labels");
	const char *name = json_string_value(json_object_get(found, kind->id));
	struct engine_leftover left = {
		.job = label_number(labels, ENGINE_LABEL_JOB),
		.attempt = (int)label_number(labels, ENGINE_LABEL_ATTEMPT),
	};
	struct str id = STR_INIT;

	if (name == NULL)
		return;
	str_addf(&id, "%s%s", kind->prefix, name);
	left.id = id.s;
	fn(ctx, &left);
	str_release(&id);
}

static int
list_kind(const struct docker *d, const struct kind *kind,
    const char *filters, engine_leftover_fn fn, void *ctx, struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT;
	json_t *answer = NULL, *list, *found;
	size_t i;
	int rc;

	str_addf(&path, "%sfilters=", kind->list);
	percent_encode(&path, filters);
	str_addf(&what, "listing %s", kind->title);
	rc = docker_json(d, "GET", path.s, NULL, DOCKER_TIMEOUT_MS, what.s,
	    &answer, err);
	list = answer;
	if (kind->member != NULL)
		list = json_object_get(answer, kind->member);
	json_array_foreach(list, i, found)
		tell(kind, found, fn, ctx);
	json_decref(answer);
	str_release(&path);
	str_release(&what);
	return rc;
}

int
docker_list(const struct docker *d, const char *instance,
    engine_leftover_fn fn, void *ctx, struct err *err)
{
	json_t *filters;
	char *text;
	int rc = 0;

	filters = json_pack("{s:[s+]}", "label", ENGINE_LABEL_INSTANCE "=",
	    instance);
	text = filters != NULL ? json_dumps(filters, JSON_COMPACT) : NULL;
	json_decref(filters);
	if (text == NULL)
		return err_set(err, ERR_INVALID,
		    "\"%s\" is no name of an instance", instance);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(kinds); i++)
		rc = list_kind(d, &kinds[i], text, fn, ctx, err);
	free(text);
	return rc;
}

int
docker_remove_leftover(const struct docker *d, const char *id,
    struct err *err)
{
	if (str_starts_with(id, kinds[1].prefix))
		return docker_network_remove(d,
		    id + strlen(kinds[1].prefix), err);
	if (str_starts_with(id, kinds[2].prefix))
		return docker_volume_remove(d, id + strlen(kinds[2].prefix),
		    err);
	if (docker_container_remove(d, id, err) == -1)
		return -1;
	docker_end_orphans(d, id);
	return 0;
}
