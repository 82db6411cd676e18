/*
 * log_marks.c - see log_marks.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/log_marks.h"

#include <string.h>

#include "lib/render/json.h"
#include "lib/render/log_index.h"

#define MAX_LEVEL 8
#define MAX_OPEN 256 /* groups that are open at once, of all steps */

struct reader {
	struct log_file *f;
	struct arena *a;
	struct log_marks *m;
	size_t open[MAX_OPEN]; /* of groups */
	size_t n_open;
};

/* The line that begins at a place. What may become a secret waits for the
 * bytes behind it, so an event can point into the line before its own. */
static int
line_at(struct reader *r, int64_t offset, int64_t *line, struct err *err)
{
	char before;

	if (log_file_number(r->f, offset, line, err) == -1)
		return -1;
	if (offset == 0 || offset >= log_file_size(r->f))
		return 0;
	if (log_file_read(r->f, offset - 1, &before, 1, err) == -1)
		return -1;
	*line += before != '\n';
	return 0;
}

static bool
is_full(struct reader *r, size_t n)
{
	if (n < LOG_MARKS_MAX)
		return false;
	r->m->more = true;
	return true;
}

static int
take_span(struct reader *r, const struct log_event *e, struct err *err)
{
	struct log_marks *m = r->m;
	struct log_span *last = m->n_spans > 0 ?
	    &m->spans[m->n_spans - 1] : NULL;
	int64_t line;

	if ((last != NULL && last->step == e->step) ||
	    e->offset >= log_file_size(r->f) || is_full(r, m->n_spans))
		return 0;
	if (line_at(r, e->offset, &line, err) == -1)
		return -1;
	if (last != NULL && last->line == line) {
		/* Two pieces of a line: it is the later one's. */
		last->step = e->step;
		last->offset = e->offset;
		return 0;
	}
	*(struct log_span *)arena_push(r->a, &m->spans, &m->n_spans,
	    sizeof(*m->spans)) = (struct log_span){ line, e->offset,
	    e->step };
	return 0;
}

static const char *
text_of(struct reader *r, const json_t *line, const char *name)
{
	const char *s = json_string_value(json_object_get(line, name));

	return s != NULL && *s != '\0' ? arena_strdup(r->a, s) : NULL;
}

static int
take_group(struct reader *r, const struct log_event *e, const json_t *line,
    struct err *err)
{
	struct log_marks *m = r->m;
	struct log_group g = { .step = e->step };

	for (size_t i = 0; i < r->n_open; i++)
		g.level += m->groups[r->open[i]].step == e->step;
	if (g.level >= MAX_LEVEL || r->n_open == MAX_OPEN ||
	    is_full(r, m->n_groups))
		return 0;
	if (line_at(r, e->offset, &g.from, err) == -1)
		return -1;
	g.title = text_of(r, line, "text");
	r->open[r->n_open++] = m->n_groups;
	*(struct log_group *)arena_push(r->a, &m->groups, &m->n_groups,
	    sizeof(*m->groups)) = g;
	return 0;
}

/* The innermost open group of a step ends in front of this line; with `all`
 * every one of them. */
static void
close_groups(struct reader *r, int step, int64_t line, bool all)
{
	for (size_t i = r->n_open; i-- > 0;) {
		struct log_group *g = &r->m->groups[r->open[i]];

		if (g->step != step)
			continue;
		g->to = line > g->from ? line : g->from + 1;
		memmove(&r->open[i], &r->open[i + 1], (--r->n_open - i) *
		    sizeof(*r->open));
		if (!all)
			return;
	}
}

static int
take_end(struct reader *r, const struct log_event *e, struct err *err)
{
	int64_t line;

	if (r->n_open == 0)
		return 0;
	if (line_at(r, e->offset, &line, err) == -1)
		return -1;
	/* The line of ::endgroup:: is the group's own. */
	close_groups(r, e->step, line + (e->type == LOG_EVENT_ENDGROUP),
	    e->type == LOG_EVENT_STEP_END);
	return 0;
}

static int
take_note(struct reader *r, const struct log_event *e, const json_t *line,
    struct err *err)
{
	struct log_marks *m = r->m;
	struct log_note n = { .step = e->step };

	if (is_full(r, m->n_notes))
		return 0;
	if (line_at(r, e->offset, &n.line, err) == -1)
		return -1;
	n.level = text_of(r, line, "level");
	n.title = text_of(r, line, "title");
	n.file = text_of(r, line, "file");
	n.at = text_of(r, line, "line");
	n.text = text_of(r, line, "text");
	*(struct log_note *)arena_push(r->a, &m->notes, &m->n_notes,
	    sizeof(*m->notes)) = n;
	return 0;
}

static int
take(struct reader *r, const struct log_event *e, struct err *err)
{
	json_t *line;
	int rc = 0;

	if (r->m->began_ms == 0)
		r->m->began_ms = e->time_ms;
	if (e->type == LOG_EVENT_OUTPUT)
		return take_span(r, e, err);
	if (e->type == LOG_EVENT_ENDGROUP || e->type == LOG_EVENT_STEP_END)
		return take_end(r, e, err);
	if (e->type != LOG_EVENT_GROUP && e->type != LOG_EVENT_ANNOTATION)
		return 0;
	line = json_loadb(e->line, e->len, 0, NULL);
	if (line == NULL)
		return 0;
	rc = e->type == LOG_EVENT_GROUP ? take_group(r, e, line, err) :
	    take_note(r, e, line, err);
	json_decref(line);
	return rc;
}

int
log_marks_read(struct log_file *f, const char *log, struct arena *a,
    struct log_marks *out, struct err *err)
{
	struct reader r = { .f = f, .a = a, .m = out };
	struct log_index *x = NULL;
	struct log_event e;
	struct err none = { 0 };
	int rc = 0;

	*out = (struct log_marks){ .size = log_file_size(f) };
	if (log_file_lines(f, &out->lines, err) == -1)
		return -1;
	if (log_index_open(&x, log, &none) == -1)
		x = NULL;
	while (x != NULL && (rc = log_index_next(x, &e, err)) == 1)
		if ((rc = take(&r, &e, err)) == -1)
			break;
	log_index_close(x);
	if (out->n_spans == 0 || out->spans[0].line > 1) {
		(void)arena_push(a, &out->spans, &out->n_spans,
		    sizeof(*out->spans));
		memmove(out->spans + 1, out->spans, (out->n_spans - 1) *
		    sizeof(*out->spans));
		out->spans[0] = (struct log_span){ 1, 0, 0 };
	}
	return rc == -1 ? -1 : 0;
}

/* --- as JSON ------------------------------------------------------------------ */

static json_t *
note_json(const struct log_note *n)
{
	json_t *o = json_object();

	json_object_set_new(o, "line", json_integer(n->line));
	json_object_set_new(o, "step", json_integer(n->step));
	json_object_set_new(o, "level", json_text_of(n->level));
	json_object_set_new(o, "title", json_text_of(n->title));
	json_object_set_new(o, "file", json_text_of(n->file));
	json_object_set_new(o, "file_line", json_text_of(n->at));
	json_object_set_new(o, "message", json_text_of(n->text));
	return o;
}

static json_t *
group_json(const struct log_group *g)
{
	json_t *o = json_object();

	json_object_set_new(o, "from", json_integer(g->from));
	json_object_set_new(o, "to", g->to > 0 ? json_integer(g->to) :
	    json_null());
	json_object_set_new(o, "step", json_integer(g->step));
	json_object_set_new(o, "level", json_integer(g->level));
	json_object_set_new(o, "title", json_text_of(g->title));
	return o;
}

static json_t *
span_json(const struct log_span *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "line", json_integer(s->line));
	json_object_set_new(o, "offset", json_integer(s->offset));
	json_object_set_new(o, "step", json_integer(s->step));
	return o;
}

json_t *
log_marks_json(const struct log_marks *m)
{
	json_t *o = json_object(), *spans = json_array();
	json_t *groups = json_array(), *notes = json_array();

	for (size_t i = 0; i < m->n_spans; i++)
		json_array_append_new(spans, span_json(&m->spans[i]));
	for (size_t i = 0; i < m->n_groups; i++)
		json_array_append_new(groups, group_json(&m->groups[i]));
	for (size_t i = 0; i < m->n_notes; i++)
		json_array_append_new(notes, note_json(&m->notes[i]));
	json_object_set_new(o, "size", json_integer(m->size));
	json_object_set_new(o, "lines", json_integer(m->lines));
	json_object_set_new(o, "began_at", json_time_of(m->began_ms));
	json_object_set_new(o, "spans", spans);
	json_object_set_new(o, "groups", groups);
	json_object_set_new(o, "annotations", notes);
	json_object_set_new(o, "more", json_boolean(m->more));
	return o;
}

/* One piece of output; 0 when there is no room for more. */
static bool
add_time(json_t *pieces, const struct log_event *e, int64_t from)
{
	size_t n = json_array_size(pieces);
	json_t *piece;

	/* What is in front of `from` counts when nothing else covers that. */
	if (e->offset <= from && n > 0) {
		json_array_clear(pieces);
		n = 0;
	}
	if (n == LOG_TIMES_MAX)
		return false;
	piece = json_array();
	json_array_append_new(piece, json_integer(e->offset));
	json_array_append_new(piece, json_integer(e->time_ms));
	json_array_append_new(piece, json_integer(e->step));
	json_array_append_new(piece, json_string(log_stream_name(e->stream)));
	json_array_append_new(pieces, piece);
	return true;
}

int
log_times_json(const char *log, int64_t from, int64_t to, json_t **out,
    struct err *err)
{
	json_t *pieces = json_array(), *next = json_null();
	struct log_index *x = NULL;
	struct err none = { 0 };
	struct log_event e;
	int rc = 0;

	if (log_index_open(&x, log, &none) == -1)
		x = NULL;
	else
		rc = log_index_seek(x, from, err);
	while (x != NULL && rc != -1 &&
	    (rc = log_index_next(x, &e, err)) == 1 && e.offset < to) {
		if (e.type == LOG_EVENT_OUTPUT && !add_time(pieces, &e, from)) {
			next = json_integer(e.offset);
			break;
		}
	}
	log_index_close(x);
	*out = json_pack("{s:o, s:o}", "pieces", pieces, "next", next);
	if (rc == -1) {
		json_decref(*out);
		*out = NULL;
	}
	return rc == -1 ? -1 : 0;
}
