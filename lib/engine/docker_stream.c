/*
 * docker_stream.c - answers that come as one JSON object a line: of pulls,
 * pushes and builds. A failure is one of these objects, under status 200.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include "lib/engine/image_name.h"

#define MAX_LINE (1u << 20) /* a build prints what its commands print */

void
docker_stream_init(struct docker_stream *s, docker_event_fn event, void *ctx)
{
	str_init(&s->line);
	str_init(&s->error);
	s->event = event;
	s->ctx = ctx;
	s->standard = ERR_UNAVAILABLE;
}

void
docker_stream_release(struct docker_stream *s)
{
	str_release(&s->line);
	str_release(&s->error);
}

static void
handle_line(struct docker_stream *s)
{
	json_t *event = json_loadb(s->line.s, s->line.len, 0, NULL);
	const char *error;

	error = json_string_value(json_object_get(event, "error"));
	if (error != NULL && s->error.len == 0)
		str_add(&s->error, error);
	else if (event != NULL)
		s->event(s->ctx, event);
	json_decref(event);
	str_clear(&s->line);
}

static int
take(void *ctx, const char *data, size_t len, struct err *err)
{
	struct docker_stream *s = ctx;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n')
			handle_line(s);
		else if (s->line.len < MAX_LINE)
			str_add_char(&s->line, data[i]);
		else
			return err_set(err, ERR_TOO_LARGE, "the container "
			    "engine sends lines of over %u bytes", MAX_LINE);
	}
	return 0;
}

int
docker_stream_do(const struct docker *d, const struct docker_request *req,
    const char *what, struct docker_stream *s, struct err *err)
{
	struct docker_request with = *req;
	struct docker_answer answer;
	int rc;

	with.data = take;
	with.ctx = s;
	docker_answer_init(&answer);
	rc = docker_do(d, &with, &answer, err);
	if (rc == 0 && answer.status >= 400)
		rc = docker_refused(&answer, what, err);
	if (rc == 0)
		handle_line(s); /* the last one may have no newline */
	if (rc == 0 && s->error.len > 0)
		rc = err_set(err, image_message_code(s->error.s,
		    s->standard), "%s: %s", what, s->error.s);
	docker_answer_release(&answer);
	return rc;
}
