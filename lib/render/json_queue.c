/*
 * json_queue.c - the queue as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/json_queue.h"

#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/render/json.h"

#define MAX_SHARES 1000

static json_t *
labels_of(const char *lines)
{
	json_t *list = json_array();

	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		json_array_append_new(list, json_stringn(lines, len));
		lines += len + (lines[len] == '\n');
	}
	return list;
}

static json_t *
entry(const struct config *config, const struct queue_entry *e)
{
	struct str url = STR_INIT;
	json_t *o;

	str_addf(&url, "%s/", config->base_url);
	layout_page_job(&url, e->owner, e->name, e->number, e->key);
	o = json_pack("{s:o, s:I, s:I, s:o, s:o, s:I, s:o, s:o, s:i, s:i}",
	    "place", e->place > 0 ? json_integer(e->place) : json_null(),
	    "job", (json_int_t)e->job, "run", (json_int_t)e->run,
	    "owner", json_text_of(e->owner), "name", json_text_of(e->name),
	    "number", (json_int_t)e->number, "key", json_text_of(e->key),
	    "title", json_text_of(e->title), "priority", e->priority,
	    "attempt", e->attempt);
	json_object_set_new(o, "labels", labels_of(e->labels));
	json_object_set_new(o, "queued_at", json_time_of(e->queued_at_ms));
	json_object_set_new(o, "not_before", json_time_of(e->not_before_ms));
	json_object_set_new(o, "held", *e->held != '\0' ?
	    json_text_of(e->held) : json_null());
	json_object_set_new(o, "reason", json_text_of(e->reason));
	json_object_set_new(o, "url", json_text_of(url.s));
	str_release(&url);
	return o;
}

json_t *
json_queue_line(const struct config *config, const struct queue_entry *line,
    size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, entry(config, &line[i]));
	return list;
}

/* --- who has what --------------------------------------------------------- */

static json_t *
pause_of(int64_t at_ms, const char *by, const char *reason)
{
	return at_ms == 0 ? json_null() : json_pack("{s:o, s:o, s:o}", "at",
	    json_time_of(at_ms), "by", json_text_of(by), "reason", json_text_of(reason));
}

static json_t *
limit_of(int64_t own, int64_t standard)
{
	return own >= 0 ? json_integer(own) : standard > 0 ?
	    json_integer(standard) : json_null();
}

static json_t *
share(const char *name, int64_t ready, int64_t running, int64_t used_ms,
    json_t *limit, json_t *pause)
{
	return json_pack("{s:o, s:I, s:I, s:f, s:o, s:o}", "name",
	    json_text_of(name), "ready", (json_int_t)ready, "running",
	    (json_int_t)running, "used_seconds", (double)used_ms / 1000,
	    "limit", limit, "paused", pause);
}

static json_t *
owners(const struct config *config, const struct queue_share *list, size_t n)
{
	json_t *all = json_array(), *repos = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct queue_share *s = &list[i];

		if (i == 0 || strcmp(s->owner, list[i - 1].owner) != 0) {
			json_t *o = share(s->owner, s->owner_ready,
			    s->owner_running, s->owner_used_ms,
			    limit_of(s->owner_max,
				config->max_owner_jobs),
			    pause_of(s->owner_paused_at_ms,
				s->owner_paused_by, s->owner_paused_reason));

			repos = json_array();
			json_object_set_new(o, "repositories", repos);
			json_array_append_new(all, o);
		}
		json_array_append_new(repos, share(s->name, s->ready,
		    s->running, s->used_ms, limit_of(s->max_running,
		    config->max_repo_jobs), pause_of(s->paused_at_ms,
		    s->paused_by, s->paused_reason)));
	}
	return all;
}

static json_t *
labels(const struct queue_label *list, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:o, s:I, s:I}",
		    "name", json_text_of(list[i].label), "running",
		    (json_int_t)list[i].running, "limit",
		    (json_int_t)list[i].max_running));
	return all;
}

json_t *
json_queue_stats(struct store *st, const char *sees,
    const struct config *config,
    struct arena *a, struct err *err)
{
	struct queue_stats stats;
	struct queue_stop *stops;
	struct queue_share *shares;
	struct queue_label *limited;
	size_t n_stops, n, n_labels;
	json_t *o;

	if (queue_stats(st, &stats, err) == -1 ||
	    queue_stops(st, a, &stops, &n_stops, err) == -1 ||
	    queue_shares(st, sees, MAX_SHARES, a, &shares, &n, err) == -1 ||
	    queue_labels(st, a, &limited, &n_labels, err) == -1)
		return NULL;
	o = json_pack("{s:I, s:I, s:I, s:n, s:n}", "pending",
	    (json_int_t)stats.pending, "running", (json_int_t)stats.active,
	    "slots", (json_int_t)config->max_jobs, "drained", "paused");
	for (size_t i = 0; i < n_stops; i++)
		json_object_set_new(o, stops[i].drain ? "drained" : "paused",
		    pause_of(stops[i].at_ms, stops[i].by, stops[i].reason));
	json_object_set_new(o, "owners", owners(config, shares, n));
	json_object_set_new(o, "labels", labels(limited, n_labels));
	return o;
}
