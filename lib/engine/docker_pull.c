/*
 * docker_pull.c - pull an image.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <string.h>
#include <time.h>

/* Longest silence of a pull: a large layer is unpacked without a word. */
#define PULL_IDLE_S 300
#define MAX_LINE (1u << 16)

/* A pull that fails for a reason that may pass is tried again after these
 * seconds. */
static const int pauses_s[] = { 2, 4, 8, 0 };

/* The stream of a pull: one JSON object a line. */
struct pull {
	engine_progress_fn progress;
	void *ctx;
	struct str line;
	struct str error; /* the service's; it may come with status 200 */
};

/* Progress of single layers comes many times a second; of it only the end is
 * told. Podman sends nothing else. */
static bool
worth_telling(const json_t *event, const char *status)
{
	if (json_object_get(event, "id") == NULL)
		return true;
	return strcmp(status, "Pull complete") == 0 ||
	    str_starts_with(status, "Pulling from");
}

static void
tell(const struct pull *p, const json_t *event)
{
	const char *status, *id;
	struct str line = STR_INIT;

	status = json_string_value(json_object_get(event, "status"));
	id = json_string_value(json_object_get(event, "id"));
	if (p->progress == NULL || status == NULL ||
	    !worth_telling(event, status))
		return;
	if (id != NULL)
		str_addf(&line, "%s: ", id);
	str_add(&line, status);
	p->progress(p->ctx, line.s);
	str_release(&line);
}

static void
handle_line(struct pull *p)
{
	json_t *event = json_loadb(p->line.s, p->line.len, 0, NULL);
	const char *error;

	error = json_string_value(json_object_get(event, "error"));
	if (error != NULL && p->error.len == 0)
		str_add(&p->error, error);
	else
		tell(p, event);
	json_decref(event);
	str_clear(&p->line);
}

static int
take(void *ctx, const char *data, size_t len, struct err *err)
{
	struct pull *p = ctx;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			handle_line(p);
		else if (p->line.len < MAX_LINE)
			str_add_char(&p->line, data[i]);
		else
			return err_set(err, ERR_TOO_LARGE, "the container "
			    "engine sends lines of over %u bytes", MAX_LINE);
	}
	return 0;
}

static int
pull_once(const struct docker *d, const struct image_request *request,
    struct pull *p, struct err *err)
{
	struct str path = STR_INIT, what = STR_INIT, auth = STR_INIT;
	struct docker_request req = { .method = "POST", .idle_s = PULL_IDLE_S,
		.data = take, .ctx = p };
	const char *image = request->image, *name = strrchr(image, '/');
	struct docker_answer answer;
	int rc;

	/* Without a tag all of them would be pulled. */
	name = name != NULL ? name : image;
	str_addf(&path, "/images/create?fromImage=%s%s", image,
	    strpbrk(name, ":@") == NULL ? ":latest" : "");
	str_addf(&what, "pulling the image \"%s\"", image);
	req.path = path.s;
	if (request->login != NULL)
		req.auth = docker_auth(request->login, image, &auth);
	docker_answer_init(&answer);
	rc = docker_do(d, &req, &answer, err);
	if (rc == 0 && answer.status >= 400)
		rc = docker_refused(&answer, what.s, err);
	if (rc == 0)
		handle_line(p); /* the last one may have no newline */
	if (rc == 0 && p->error.len > 0)
		rc = err_set(err, docker_message_code(p->error.s,
		    ERR_UNAVAILABLE), "%s: %s", what.s, p->error.s);
	docker_answer_release(&answer);
	str_release(&path);
	str_release(&what);
	str_release(&auth);
	return rc;
}

int
docker_image_pull(const struct docker *d, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct pull p = { progress, ctx, STR_INIT, STR_INIT };
	struct str line = STR_INIT;
	struct err why;
	int rc = -1;

	str_addf(&line, "pulling the image \"%s\"", request->image);
	if (progress != NULL)
		progress(ctx, line.s);
	for (const int *pause_s = pauses_s;; pause_s++) {
		const struct timespec pause = { *pause_s, 0 };

		err_clear(&why);
		str_clear(&p.line);
		str_clear(&p.error);
		rc = pull_once(d, request, &p, &why);
		if (rc == 0 || err_kind(why.code) != ERR_KIND_INFRA ||
		    *pause_s == 0)
			break;
		str_clear(&line);
		str_addf(&line, "%s; trying again in %d s", why.text,
		    *pause_s);
		if (progress != NULL)
			progress(ctx, line.s);
		nanosleep(&pause, NULL);
	}
	if (rc == -1)
		err_set(err, why.code, "%s", why.text);
	str_release(&p.line);
	str_release(&p.error);
	str_release(&line);
	return rc;
}
