/*
 * docker_build.c - build an image on the service, and name it.
 *
 * The service's own builder, which all of them have; BuildKit (version=2)
 * waits for ever without a session. A build that fails is told in the stream,
 * under status 200. Closing the connection ends it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/percent.h"
#include "lib/engine/image_name.h"

struct build {
	const struct image_build *of;
	struct str line; /* of output that is not yet ended */
	struct str id;
};

/* Output comes in pieces, some of them several lines, some less than one. */
static void
say(struct build *b, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			b->of->say(b->of->ctx, b->line.s);
			str_clear(&b->line);
		} else if (*text != '\r') {
			str_add_char(&b->line, *text);
		}
	}
}

static void
take_event(void *ctx, const json_t *event)
{
	struct build *b = ctx;
	const char *text, *id;

	text = json_string_value(json_object_get(event, "stream"));
	if (text != NULL)
		say(b, text);
	/* Of an image that the build begins with, the end alone. */
	text = json_string_value(json_object_get(event, "status"));
	if (text != NULL && json_object_get(event, "id") == NULL) {
		say(b, text);
		say(b, "\n");
	}
	id = json_string_value(json_object_get(json_object_get(event, "aux"),
	    "ID"));
	if (id != NULL) {
		str_clear(&b->id);
		str_add(&b->id, id);
	}
}

/* Add "&name=VALUE". */
static void
add_text(struct str *path, const char *name, const char *value)
{
	str_addf(path, "&%s=", name);
	percent_encode(path, value);
}

/* Add "&name=JSON"; consumes `json`. */
static int
add_json(struct str *path, const char *name, json_t *json, struct err *err)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	if (text == NULL)
		return err_set(err, ERR_INVALID,
		    "\"%s\" of the build are not UTF-8", name);
	add_text(path, name, text);
	free(text);
	return 0;
}

static json_t *
arguments_json(const struct image_build *b)
{
	json_t *map = json_object();

	for (size_t i = 0; i < b->n_args; i++)
		if (json_object_set_new(map, b->args[i].name,
			json_string(b->args[i].value)) == -1) {
			json_decref(map);
			return NULL;
		}
	return map;
}

static json_t *
list_json(const char *const *list)
{
	json_t *all = json_array();

	for (; list != NULL && *list != NULL; list++)
		if (json_array_append_new(all, json_string(*list)) == -1) {
			json_decref(all);
			return NULL;
		}
	return all;
}

static int
make_path(const struct image_build *b, struct str *path, struct err *err)
{
	str_add(path, "/build?rm=1&forcerm=1");
	add_text(path, "dockerfile", b->dockerfile);
	for (const char *const *tag = b->tags; *tag != NULL; tag++) {
		if (image_name_check(*tag, err) == -1)
			return -1;
		add_text(path, "t", *tag);
	}
	if (b->memory_max_bytes > 0)
		str_addf(path, "&memory=%" PRId64 "&memswap=%" PRId64,
		    b->memory_max_bytes, b->memory_max_bytes);
	if (add_json(path, "buildargs", arguments_json(b), err) == -1)
		return -1;
	return add_json(path, "cachefrom", list_json(b->cache_from), err);
}

int
docker_image_build(const struct docker *d, const struct config *config,
    const struct image_build *of, struct str *id, struct err *err)
{
	struct build b = { of, STR_INIT, STR_INIT };
	struct str path = STR_INIT, logins = STR_INIT;
	struct docker_request req = { .method = "POST", .upload = of->read,
		.upload_ctx = of->read_ctx };
	struct docker_stream stream;
	int rc;

	docker_stream_init(&stream, take_event, &b);
	stream.standard = ERR_INVALID;
	rc = make_path(of, &path, err);
	req.path = path.s;
	req.logins = docker_auths(config, &logins);
	if (rc == 0)
		rc = docker_stream_do(d, &req, "building the image", &stream,
		    err);
	if (b.line.len > 0)
		of->say(of->ctx, b.line.s);
	if (rc == 0)
		str_add(id, b.id.s);
	docker_stream_release(&stream);
	str_release(&b.line);
	str_release(&b.id);
	str_release(&path);
	str_release(&logins);
	return rc;
}

int
docker_image_tag(const struct docker *d, const char *image, const char *name,
    struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT;
	size_t tag = docker_tag_of(name);
	int rc = -1;

	if (image_name_check(image, err) == -1 ||
	    image_name_check(name, err) == -1)
		return -1;
	str_addf(&path, "/images/%s/tag?repo=", image);
	str_add_len(&path, name, tag);
	str_addf(&path, "&tag=%s", name[tag] == ':' ? name + tag + 1 :
	    "latest");
	str_addf(&what, "giving the image \"%s\" the name \"%s\"", image,
	    name);
	rc = docker_json(d, "POST", path.s, NULL, DOCKER_TIMEOUT_MS, what.s,
	    NULL, err);
	str_release(&path);
	str_release(&what);
	return rc;
}
