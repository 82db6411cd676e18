/*
 * events_line.c - see events_line.h.
 *
 * The index is always read after the log: it speaks of bytes before they are
 * written, so what was read of the log has its place in the index.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events_line.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"

#define READ_BYTES 8192
#define INDEX_LINE_MAX 65536 /* a longer line is no line of an index */
#define MAX_STEPS 4096

/* --- files -------------------------------------------------------------------- */

static int
open_to_read(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static void
open_files(struct log_file *f)
{
	if (f->fd == -1)
		f->fd = open_to_read(f->path);
	if (f->index_fd == -1)
		f->index_fd = open_to_read(f->index_path);
}

struct log_file *
log_file_open(struct log_file **list, struct watches *watches,
    const char *path, watch_fn changed)
{
	struct log_file *f;
	size_t len = strlen(path);

	for (f = *list; f != NULL; f = f->next)
		if (strcmp(f->path, path) == 0) {
			f->refs++;
			return f;
		}
	f = mem_calloc(1, sizeof(*f));
	f->list = list;
	f->refs = 1;
	f->path = mem_strdup(path);
	f->index_path = mem_strdup(path);
	if (len > 4)
		memcpy(f->index_path + len - 4, ".idx", 4);
	f->fd = f->index_fd = -1;
	/* Before the first look, so that nothing falls in between. */
	f->watch = watch_begin(watches, path, changed, f);
	open_files(f);
	f->next = *list;
	*list = f;
	return f;
}

void
log_file_close(struct log_file *f)
{
	struct log_file **at;

	if (f == NULL || --f->refs > 0)
		return;
	for (at = f->list; *at != f; at = &(*at)->next)
		continue;
	*at = f->next;
	watch_end(f->watch);
	if (f->fd != -1)
		close(f->fd);
	if (f->index_fd != -1)
		close(f->index_fd);
	for (size_t i = 0; i < f->n_steps; i++)
		free(f->steps[i]);
	free(f->steps);
	free(f->path);
	free(f->index_path);
	free(f);
}

static void
name_step(struct log_file *f, int step, const char *name)
{
	size_t n = f->n_steps;

	if (step < 0 || step >= MAX_STEPS || name == NULL)
		return;
	if ((size_t)step >= n) {
		f->n_steps = (size_t)step + 1;
		f->steps = mem_realloc(f->steps, f->n_steps,
		    sizeof(*f->steps));
		for (; n < f->n_steps; n++)
			f->steps[n] = NULL;
	}
	if (f->steps[step] == NULL)
		f->steps[step] = mem_strdup(name);
}

static const char *
step_name(const struct log_file *f, int step)
{
	return step >= 0 && (size_t)step < f->n_steps &&
	    f->steps[step] != NULL ? f->steps[step] : "";
}

/* --- windows -------------------------------------------------------------------- */

static const char *
window_text(const struct window *w)
{
	return w->text.s + w->used;
}

static size_t
window_len(const struct window *w)
{
	return w->text.len - w->used;
}

static void
window_use(struct window *w, size_t n)
{
	w->used += n;
	if (w->used == w->text.len) {
		/* Who has caught up keeps no memory. */
		str_release(&w->text);
		w->used = 0;
	}
}

/* Read some more of a file: bytes, 0 at its end for now, -1. */
static ssize_t
window_more(struct window *w, int fd, struct err *err)
{
	char buf[READ_BYTES];
	ssize_t n = 0;

	if (w->packed != NULL)
		n = packed_read(w->packed, buf, sizeof(buf), err);
	else if (fd != -1 && (n = pread(fd, buf, sizeof(buf), w->at)) == -1)
		return err_errno(err, "cannot read a log");
	if (n <= 0)
		return n;
	if (w->used > 0) {
		memmove(w->text.s, window_text(w), window_len(w));
		str_cut(&w->text, window_len(w));
		w->used = 0;
	}
	str_add_len(&w->text, buf, (size_t)n);
	w->at += n;
	return n;
}

static void
window_release(struct window *w)
{
	str_release(&w->text);
	packed_close(w->packed);
}

/* --- the index ------------------------------------------------------------------- */

static void
copy_text(char *to, size_t size, json_t *value)
{
	const char *text = json_string_value(value);

	snprintf(to, size, "%s", text != NULL ? text : "");
}

/* A line of the index: true when it begins a span, which is r->next then. */
static bool
index_take(struct line_reader *r, const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, 0, NULL);
	const char *type = json_string_value(json_object_get(o, "type"));
	int step = (int)json_integer_value(json_object_get(o, "step"));
	bool begins = str_equal(type, "output");

	if (str_equal(type, "step-start"))
		name_step(r->file, step,
		    json_string_value(json_object_get(o, "name")));
	if (begins) {
		r->next.from = json_integer_value(json_object_get(o,
		    "offset"));
		r->next.step = step;
		copy_text(r->next.stream, sizeof(r->next.stream),
		    json_object_get(o, "stream"));
		copy_text(r->next.time, sizeof(r->next.time),
		    json_object_get(o, "time"));
		r->has_next = true;
	}
	json_decref(o);
	return begins;
}

/* Read on until the beginning of the next span is known, or the end. */
static int
index_more(struct line_reader *r, struct err *err)
{
	while (!r->has_next) {
		const char *text = window_text(&r->index);
		size_t len = window_len(&r->index);
		const char *nl = memchr(text, '\n', len);
		ssize_t n;

		if (nl != NULL) {
			index_take(r, text, (size_t)(nl - text));
			window_use(&r->index, (size_t)(nl - text) + 1);
			continue;
		}
		if (len > INDEX_LINE_MAX)
			window_use(&r->index, len);
		n = window_more(&r->index, r->file->index_fd, err);
		if (n <= 0)
			return (int)n;
	}
	return 0;
}

/* --- lines ------------------------------------------------------------------------ */

void
line_reader_init(struct line_reader *r, struct log_file *file, int64_t from)
{
	struct err ignored = { 0 };

	memset(r, 0, sizeof(*r));
	r->file = file;
	r->at = r->log.at = from;
	str_init(&r->log.text);
	str_init(&r->index.text);
	snprintf(r->now.stream, sizeof(r->now.stream), "mixed");
	open_files(file);
	if (file->fd != -1)
		return;
	/* None yet, or an old one that was compressed. */
	if (packed_open(file->path, &r->log.packed, &ignored) == -1)
		r->log.packed = NULL;
	else if (packed_open(file->index_path, &r->index.packed,
	    &ignored) == -1)
		r->index.packed = NULL;
	if (r->log.packed != NULL)
		r->log.at = 0;
}

void
line_reader_release(struct line_reader *r)
{
	window_release(&r->log);
	window_release(&r->index);
	log_file_close(r->file);
}

/* A compressed log cannot be entered in its middle. 1 there, 0, -1. */
static int
skip_to_start(struct line_reader *r, struct err *err)
{
	while (r->log.packed != NULL &&
	    r->log.at - (int64_t)window_len(&r->log) < r->at) {
		int64_t left = r->at - r->log.at + (int64_t)window_len(&r->log);
		ssize_t n;

		if (window_len(&r->log) > 0) {
			window_use(&r->log, (size_t)left < window_len(&r->log) ?
			    (size_t)left : window_len(&r->log));
			continue;
		}
		n = window_more(&r->log, -1, err);
		if (n <= 0)
			return (int)n;
	}
	return 1;
}

/* Go to the span in which the byte at `at` stands. */
static int
span_find(struct line_reader *r, int64_t at, struct err *err)
{
	for (;;) {
		if (index_more(r, err) == -1)
			return -1;
		if (!r->has_next || r->next.from > at)
			return 0;
		r->now = r->next;
		r->has_next = false;
	}
}

/* The line's time is that of its first byte. */
static void
note_time(struct line_reader *r)
{
	if (r->time[0] == '\0')
		memcpy(r->time, r->now.time, sizeof(r->time));
}

/* `len` bytes are the line, `skip` more its end. */
static int
give(struct line_reader *r, struct line *out, size_t len, size_t skip)
{
	note_time(r);
	*out = (struct line){ .text = window_text(&r->log), .len = len,
		.offset = r->at, .step = r->now.step,
		.step_name = step_name(r->file, r->now.step),
		.stream = r->now.stream };
	memcpy(out->time, r->time, sizeof(out->time));
	r->time[0] = '\0';
	r->seen = 0;
	r->at += (int64_t)(len + skip);
	r->given = len + skip;
	return 1;
}

static int
give_piece(struct line_reader *r, struct line *out, size_t len)
{
	int rc = give(r, out, len, 0);

	out->more = true;
	return rc;
}

/* Not within a character, if it is UTF-8. */
static size_t
cut_at_character(const char *text, size_t len)
{
	size_t back = 0;

	while (back < 4 && back < len &&
	    ((unsigned char)text[len - back] & 0xc0) == 0x80)
		back++;
	return back < 4 && back < len ? len - back : len;
}

/* Look for a line in what is there: 1, 0 none, -1. */
static int
find_line(struct line_reader *r, struct line *out, struct err *err)
{
	const char *text = window_text(&r->log);
	size_t len = window_len(&r->log);

	while (r->seen < len) {
		size_t end = len;
		const char *nl;

		if (span_find(r, r->at + (int64_t)r->seen, err) == -1)
			return -1;
		if (r->has_next && r->next.from - r->at < (int64_t)len)
			end = (size_t)(r->next.from - r->at);
		nl = memchr(text + r->seen, '\n', end - r->seen);
		if (nl != NULL)
			return give(r, out, (size_t)(nl - text), 1);
		if (end > LINE_MAX_BYTES)
			return give_piece(r, out, cut_at_character(text,
			    LINE_MAX_BYTES));
		if (end < len && (r->next.step != r->now.step ||
		    strcmp(r->next.stream, r->now.stream) != 0))
			return give_piece(r, out, end);
		if (r->seen == 0)
			note_time(r);
		if (end == len)
			return 0;
		r->seen = end;
	}
	return 0;
}

int
line_read(struct line_reader *r, struct line *out, struct err *err)
{
	int rc;

	window_use(&r->log, r->given);
	r->given = 0;
	if (r->log.packed == NULL)
		open_files(r->file);
	if ((rc = skip_to_start(r, err)) != 1)
		return rc;
	for (;;) {
		ssize_t n;

		rc = find_line(r, out, err);
		if (rc != 0)
			return rc;
		n = window_more(&r->log, r->file->fd, err);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
	}
	if (r->over && window_len(&r->log) > 0)
		return give(r, out, window_len(&r->log), 0);
	return 0;
}
