/*
 * docker_pull.c - bring images here and away: pull and push.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <string.h>

#include "lib/engine/image_name.h"

/* Longest silence: a large layer is unpacked without a word. */
#define IDLE_S 300

/* A transfer, as it is asked for each time. */
struct transfer {
	const struct docker *d;
	const char *what;
	struct docker_request request;
	engine_progress_fn say;
	void *ctx;
};

static int
transfer_once(void *ctx, struct err *err)
{
	const struct transfer *t = ctx;
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

/* Docker takes a digest that it has seen before from its own store, whoever
 * asks: so the registry is asked by another way. Podman does not know that
 * way, and always asks. */
static int
ask_once(void *ctx, struct err *err)
{
	const struct transfer *t = ctx;
	struct docker_answer answer;
	struct err why = { 0 };
	int rc;

	docker_answer_init(&answer);
	rc = docker_do(t->d, &t->request, &answer, err);
	if (rc == 0 && answer.status >= 400 &&
	    docker_refused(&answer, t->what, &why) == -1 &&
	    strstr(why.text, "is not supported") == NULL)
		rc = err_set(err, why.code, "%s", why.text);
	docker_answer_release(&answer);
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
retried(image_once_fn once, struct transfer *t, struct err *err)
{
	struct err why = { 0 };

	if (image_fetch_retried(once, t, t->say, t->ctx, &why) == 0)
		return 0;
	return explain(&why, err);
}

static int
transfer(struct transfer *t, struct err *err)
{
	if (t->say != NULL)
		t->say(t->ctx, t->what);
	return retried(transfer_once, t, err);
}

static int
ask(const struct transfer *pull, const char *image, struct err *err)
{
	struct str path = STR_INIT;
	struct transfer t = *pull;
	int rc;

	/* As one component: Podman says differently what it does not know. */
	str_add(&path, "/distribution/");
	for (const char *c = image; *c != '\0'; c++) {
		if (*c == '/')
			str_add(&path, "%2F");
		else
			str_add_char(&path, *c);
	}
	str_add(&path, "/json");
	t.request.method = "GET";
	t.request.path = path.s;
	t.request.timeout_ms = DOCKER_TIMEOUT_MS;
	t.request.idle_s = 0;
	rc = retried(ask_once, &t, err);
	str_release(&path);
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
	rc = strchr(image, '@') != NULL ? ask(&t, image, err) : 0;
	if (rc == 0)
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

	if (image_name_check(image, err) == -1)
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
