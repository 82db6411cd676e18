/*
 * events_tell.c - events from the table to those who follow them.
 *
 * Who is up to date is told what the hub reads, once for all of them. Who is
 * behind, because it has just come or is slow, reads for itself, a piece at
 * a time, until it is up to date.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/store/sees.h"
#include "lib/web/sse.h"

#define NEW_ROWS 256   /* read at once for all */
#define OLD_ROWS 64    /* for one */
#define OLD_EVENTS 4096 /* looked at for one at once */
#define ROWS_ARENA ((size_t)8 * 1024 * 1024)

static void
add_text(struct str *out, const char *name, const char *value)
{
	json_text_name(out, name);
	json_text(out, value);
}

static void
add_number(struct str *out, const char *name, int64_t value)
{
	json_text_name(out, name);
	str_addf(out, "%" PRId64, value);
}

/* As doc/live.md has it. */
static void
write_row(struct str *out, const struct tail_row *row)
{
	char at[CLOCK_TEXT_SIZE];
	struct str repo = STR_INIT;

	str_add_char(out, '{');
	add_number(out, "id", row->id);
	add_text(out, "type", row->type);
	add_text(out, "at", clock_rfc3339(row->at_ms, at));
	str_addf(&repo, "%s/%s", row->owner, row->name);
	add_text(out, "repository", repo.s);
	add_text(out, "workflow", row->workflow);
	add_number(out, "run_id", row->run);
	add_number(out, "run", row->number);
	add_number(out, "run_attempt", row->run_attempt);
	add_number(out, "seq", row->seq);
	if (row->job != 0) {
		add_number(out, "job_id", row->job);
		add_text(out, "job", row->key);
	}
	if (row->step != 0)
		add_number(out, "step", row->step);
	if (row->duration_ms >= 0)
		add_number(out, "duration_ms", row->duration_ms);
	json_text_name(out, "data");
	str_add(out, row->data);
	str_add_char(out, '}');
	str_release(&repo);
}

static const char *
kind_of(const struct tail_row *row)
{
	if (str_starts_with(row->type, "step."))
		return "step";
	return str_starts_with(row->type, "run.") || row->job == 0 ?
	    "run" : "job";
}

/* The event as it is sent, made once for all who get it. */
static const struct str *
frame_of(struct hub *hub, const struct tail_row *row)
{
	struct str data = STR_INIT;
	char id[24];

	if (hub->framed == row->id)
		return &hub->frame;
	write_row(&data, row);
	snprintf(id, sizeof(id), "%" PRId64, row->id);
	str_clear(&hub->frame);
	sse_event(&hub->frame, id, kind_of(row), data.s);
	hub->framed = row->id;
	str_release(&data);
	return &hub->frame;
}

static bool
wants(const struct client *c, const struct tail_row *row)
{
	const struct interest *w = &c->what;

	return sees_holds(c->sees, row->repo) &&
	    (w->run == 0 || w->run == row->run) &&
	    (w->repo == 0 || w->repo == row->repo) &&
	    (w->owner == NULL || str_equal(w->owner, row->owner)) &&
	    (w->workflow == NULL || str_equal(w->workflow, row->workflow));
}

/* False when it has to wait for room. */
static bool
take(struct client *c, const struct tail_row *row)
{
	const struct str *frame;

	if (!wants(c, row))
		return true;
	if (c->logs != NULL)
		return logs_take(c, row);
	if (!client_has_room(c))
		return false;
	frame = frame_of(c->hub, row);
	str_add_len(&c->out, frame->s, frame->len);
	if (c->what.run != 0 && tail_run_end(row->type) != NULL) {
		c->over = true;
		c->over_as = tail_run_end(row->type);
	}
	return true;
}

static void
tell_all(struct hub *hub, const struct tail_row *row)
{
	for (struct client *c = hub->clients; c != NULL; c = c->next) {
		if (c->state != CLIENT_FOLLOWS || !c->live ||
		    c->cursor >= row->id)
			continue;
		if (take(c, row))
			c->cursor = row->id;
		else
			c->live = false;
	}
	hub->newest = row->id;
}

static int
tell_some(struct hub *hub, struct store *st, int64_t to, struct err *err)
{
	struct arena a = ARENA_INIT(ROWS_ARENA);
	struct tail_row *rows;
	size_t n;
	int rc = tail_read(st, 0, hub->newest, to, NEW_ROWS, &a, &rows, &n,
	    err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		tell_all(hub, &rows[i]);
	if (rc == 0 && n < NEW_ROWS)
		hub->newest = to;
	arena_release(&a);
	return rc;
}

int
tell_new(struct hub *hub, struct err *err)
{
	struct store *st = hub_store(hub, err);
	int64_t to;

	if (st == NULL || tail_newest(st, &to, err) == -1)
		return -1;
	if (to <= hub->newest)
		return 0;
	while (hub->newest < to)
		if (tell_some(hub, st, to, err) == -1)
			return -1;
	for (struct client *c = hub->clients, *next; c != NULL; c = next) {
		next = c->next;
		if (c->state == CLIENT_FOLLOWS)
			client_pump(c);
	}
	return 1;
}

/* At most `limit` rows behind its cursor; *to: it has been told all up to
 * there when there are fewer. */
static int
read_old(struct client *c, struct store *st, struct arena *a, int64_t *to,
    struct tail_row **rows, size_t *n, struct err *err)
{
	*to = c->hub->newest;
	if (c->what.run != 0)
		return tail_read_run(st, c->what.run, c->cursor, OLD_ROWS, a,
		    rows, n, err);
	if (*to - c->cursor > OLD_EVENTS)
		*to = c->cursor + OLD_EVENTS;
	return tail_read(st, c->what.repo, c->cursor, *to, OLD_ROWS, a, rows,
	    n, err);
}

int
tell_old(struct client *c, struct err *err)
{
	struct arena a = ARENA_INIT(ROWS_ARENA);
	struct store *st = hub_store(c->hub, err);
	struct tail_row *rows;
	size_t n, i;
	int64_t to;
	int rc = st == NULL ? -1 : read_old(c, st, &a, &to, &rows, &n, err);

	for (i = 0; rc == 0 && i < n && take(c, &rows[i]); i++)
		c->cursor = rows[i].id;
	if (rc == 0 && i == n && n < OLD_ROWS && c->cursor < to)
		c->cursor = to;
	c->live = rc == 0 && i == n && n < OLD_ROWS &&
	    c->cursor >= c->hub->newest;
	/* What waits for a job to end is not to be tried again before that. */
	c->more = c->more || (!c->live && (c->logs == NULL || i == n ||
	    logs_drains(c->logs)));
	arena_release(&a);
	return rc;
}
