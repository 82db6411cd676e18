/*
 * docker_progress.c - how far a pull or push is, in few lines.
 *
 * The services tell of every layer many times a second, each in words of its
 * own. People want to know how much is done of how much, now and then.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"

#define PAUSE_MS 5000 /* between two lines */

/* What a service says of a layer that needs nothing more. */
static const char *const done[] = { "Pull complete", "Already exists",
	"Pushed", "Layer already exists", "Mounted from", "Download complete",
};

void
docker_progress_init(struct docker_progress *p, engine_progress_fn say,
    void *ctx)
{
	memset(p, 0, sizeof(*p));
	p->say = say;
	p->ctx = ctx;
	p->told_ms = clock_mono_ms();
}

static struct docker_layer *
find_layer(struct docker_progress *p, const char *id)
{
	for (size_t i = 0; i < p->n; i++)
		if (strncmp(p->layers[i].id, id,
			sizeof(p->layers[i].id) - 1) == 0)
			return &p->layers[i];
	if (p->n == DOCKER_MAX_LAYERS)
		return NULL;
	snprintf(p->layers[p->n].id, sizeof(p->layers[p->n].id), "%s", id);
	return &p->layers[p->n++];
}

static bool
is_done(const char *status)
{
	for (size_t i = 0; i < ARRAY_LEN(done); i++)
		if (str_starts_with(status, done[i]))
			return true;
	return false;
}

/* "3 of 7 layers, 45 MiB of 120 MiB" */
static void
say_sum(const struct docker_progress *p)
{
	char have[SIZE_TEXT_SIZE], want[SIZE_TEXT_SIZE];
	int64_t current = 0, total = 0;
	struct str line = STR_INIT;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		n += p->layers[i].done;
		current += p->layers[i].current;
		total += p->layers[i].total;
	}
	str_addf(&line, "%zu of %zu layers", n, p->n);
	if (total > 0)
		str_addf(&line, ", %s of %s", size_text(current, have),
		    size_text(total, want));
	p->say(p->ctx, line.s);
	str_release(&line);
}

static void
take_layer(struct docker_progress *p, const char *id, const char *status,
    const json_t *event)
{
	const json_t *detail = json_object_get(event, "progressDetail");
	struct docker_layer *l = find_layer(p, id);

	if (l == NULL)
		return;
	/* Unpacking counts the same bytes again. */
	if (strcmp(status, "Extracting") != 0 &&
	    json_object_get(detail, "total") != NULL) {
		l->current = json_integer_value(json_object_get(detail,
		    "current"));
		l->total = json_integer_value(json_object_get(detail,
		    "total"));
	}
	l->done = is_done(status);
	if (l->done)
		l->current = l->total;
}

void
docker_progress_event(void *ctx, const json_t *event)
{
	struct docker_progress *p = ctx;
	const char *status, *id;

	status = json_string_value(json_object_get(event, "status"));
	id = json_string_value(json_object_get(event, "id"));
	if (p->say == NULL || status == NULL)
		return;
	if (id == NULL) {
		p->say(p->ctx, status);
	} else if (!str_starts_with(status, "Pulling from")) {
		take_layer(p, id, status, event);
		if (clock_mono_ms() - p->told_ms < PAUSE_MS)
			return;
		p->told_ms = clock_mono_ms();
		say_sum(p);
	}
}

void
docker_progress_end(struct docker_progress *p)
{
	if (p->say != NULL && p->n > 0)
		say_sum(p);
}
