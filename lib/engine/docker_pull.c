/*
 * docker_pull.c - bring images here and away: pull and push.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"
#include "lib/base/retries.h"

#include <string.h>
#include <time.h>


/* Longest silence: a large layer is unpacked without a word. */
#define IDLE_S 300

/* What fails for a reason that may pass is tried again after these seconds. */
static const int pauses_s[] = RETRY_PULL_S;

/* A transfer, as it is asked for each time. */
struct transfer {
	const struct docker *d;
	const char *what;
	struct docker_request request;
	engine_progress_fn say;
	void *ctx;
};

static int
transfer_once(const struct transfer *t, struct err *err)
{
	struct docker_progress progress;
	struct docker_stream stream;
	int rc;

	docker_progress_init(&progress, t->say, t->ctx);
	docker_stream_init(&stream, docker_progress_event, &progress);
	rc = docker_stream_do(t->d, &t->request, t->what, &stream, err);
	if (rc == 0)
		docker_progress_end(&progress);
	docker_stream_release(&stream);
	return rc;
}

/* What to do about a registry that wants to know who asks. */
static int
explain(const struct err *why, struct err *err)
{
	if (why->code != ERR_DENIED)
		return err_set(err, why->code, "%s", why->text);
	return err_set(err, why->code, "%s (a login is given by "
	    "\"credentials\" of the container, or by \"registries\" in the "
	    "configuration)", why->text);
}

static int
transfer(const struct transfer *t, struct err *err)
{
	struct str line = STR_INIT;
	struct err why;
	int rc;

	if (t->say != NULL)
		t->say(t->ctx, t->what);
	for (const int *pause_s = pauses_s;; pause_s++) {
		const struct timespec pause = { *pause_s, 0 };

		err_clear(&why);
		rc = transfer_once(t, &why);
		if (rc == 0 || err_kind(why.code) != ERR_KIND_INFRA ||
		    *pause_s == 0)
			break;
		str_clear(&line);
		str_addf(&line, "%s; trying again in %d s", why.text,
		    *pause_s);
		if (t->say != NULL)
			t->say(t->ctx, line.s);
		nanosleep(&pause, NULL);
	}
	if (rc == -1)
		explain(&why, err);
	str_release(&line);
	return rc;
}

size_t
docker_tag_of(const char *image)
{
	const char *name = strrchr(image, '/');
	const char *tag = strpbrk(name != NULL ? name : image, ":@");

	return tag != NULL ? (size_t)(tag - image) : strlen(image);
}

int
docker_image_pull(const struct docker *d, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT, auth = STR_INIT;
	const char *image = request->image;
	struct transfer t = { .d = d, .say = progress, .ctx = ctx,
		.request = { .method = "POST", .idle_s = IDLE_S } };
	int rc;

	/* Without a tag all of them would be pulled. */
	str_addf(&path, "/images/create?fromImage=%s%s", image,
	    image[docker_tag_of(image)] == '\0' ? ":latest" : "");
	str_addf(&what, "pulling the image \"%s\"", image);
	t.what = what.s;
	t.request.path = path.s;
	if (request->login != NULL)
		t.request.auth = docker_auth(request->login, image, &auth);
	rc = transfer(&t, err);
	str_release(&path);
	str_release(&what);
	str_release(&auth);
	return rc;
}

int
docker_image_push(const struct docker *d, const char *image,
    const struct registry_login *login, engine_progress_fn progress,
    void *ctx, struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT, auth = STR_INIT;
	size_t tag = docker_tag_of(image);
	struct transfer t = { .d = d, .say = progress, .ctx = ctx,
		.request = { .method = "POST", .idle_s = IDLE_S,
		    .auth = "e30K" } }; /* {}: it must be there */
	int rc;

	if (docker_image_check_name(image, err) == -1)
		return -1;
	str_add(&path, "/images/");
	str_add_len(&path, image, tag);
	str_addf(&path, "/push?tag=%s", image[tag] == ':' ? image + tag + 1 :
	    "latest");
	str_addf(&what, "pushing the image \"%s\"", image);
	t.what = what.s;
	t.request.path = path.s;
	if (login != NULL)
		t.request.auth = docker_auth(login, image, &auth);
	rc = transfer(&t, err);
	str_release(&path);
	str_release(&what);
	str_release(&auth);
	return rc;
}
