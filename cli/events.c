/*
 * events.c - see events.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/events.h"

#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define RETRY_MS 10000
#define SLICE_MS 1000

struct events {
	const char *base_url, *token;
	CURLM *multi;
	CURL *curl; /* NULL: no stream is open */
	struct curl_slist *headers;
	struct str path;      /* of the stream */
	int64_t retry_at_ms;  /* monotonic */
	bool line_begins;
	bool news;
};

struct events *
events_new(const char *base_url, const char *token)
{
	struct events *e = mem_calloc(1, sizeof(*e));

	e->base_url = base_url;
	e->token = token;
	str_init(&e->path);
	e->multi = curl_multi_init();
	return e;
}

static void
close_stream(struct events *e)
{
	if (e->curl != NULL) {
		curl_multi_remove_handle(e->multi, e->curl);
		curl_easy_cleanup(e->curl);
	}
	curl_slist_free_all(e->headers);
	e->headers = NULL;
	e->curl = NULL;
}

void
events_free(struct events *e)
{
	if (e == NULL)
		return;
	close_stream(e);
	curl_multi_cleanup(e->multi);
	str_release(&e->path);
	free(e);
}

/* A line that begins with ":" keeps the connection alive and is no news. */
static size_t
on_stream(char *data, size_t one, size_t n, void *ctx)
{
	struct events *e = ctx;

	for (size_t i = 0; i < one * n; i++) {
		if (e->line_begins && data[i] == 'd')
			e->news = true;
		e->line_begins = data[i] == '\n';
	}
	return one * n;
}

static void
open_stream(struct events *e, const char *path)
{
	struct str url = STR_INIT;

	close_stream(e);
	str_clear(&e->path);
	str_add(&e->path, path);
	e->retry_at_ms = clock_mono_ms() + RETRY_MS;
	e->line_begins = true;
	e->curl = e->multi != NULL ? curl_easy_init() : NULL;
	if (e->curl == NULL)
		return;
	str_addf(&url, "%s/%s", e->base_url, path);
	http_prepare(e->curl, url.s);
	e->headers = http_headers(e->token, "text/event-stream");
	curl_easy_setopt(e->curl, CURLOPT_HTTPHEADER, e->headers);
	curl_easy_setopt(e->curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(e->curl, CURLOPT_WRITEFUNCTION, on_stream);
	curl_easy_setopt(e->curl, CURLOPT_WRITEDATA, e);
	curl_multi_add_handle(e->multi, e->curl);
	str_release(&url);
}

/* Read what has come; an end of the stream closes it. */
static void
step(struct events *e, int wait_ms)
{
	int running = 0, ready = 0;

	curl_multi_perform(e->multi, &running);
	if (!e->news && running > 0) {
		curl_multi_poll(e->multi, NULL, 0, wait_ms, &ready);
		curl_multi_perform(e->multi, &running);
	}
	if (running == 0)
		close_stream(e);
}

void
events_wait(struct events *e, const char *path, int timeout_ms)
{
	int64_t end_ms = clock_mono_ms() + timeout_ms, now_ms;

	if (strcmp(e->path.s, path) != 0 ||
	    (e->curl == NULL && clock_mono_ms() >= e->retry_at_ms))
		open_stream(e, path);
	while (!e->news && (now_ms = clock_mono_ms()) < end_ms) {
		int left = (int)(end_ms - now_ms);

		if (e->curl != NULL)
			step(e, left < SLICE_MS ? left : SLICE_MS);
		else
			poll(NULL, 0, left);
	}
	e->news = false;
}
