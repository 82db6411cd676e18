/*
 * log_index.c - see log_index.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/log_index.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/packed.h"
#include "lib/base/str.h"

#define CHUNK_BYTES 65536
/* A text of 4,096 bytes, each of which is six in JSON, and names. */
#define MAX_LINE_BYTES (64 * 1024)
/* A search ends when so much is left to look through. */
#define NEAR_BYTES 4096
/* Lines of output are at most so far apart, as joblog.c writes them. */
#define OUTPUT_BYTES (64 * 1024)

struct log_index {
	struct packed *file;
	struct str text;  /* that was read; lines of it were given */
	size_t given;
	bool skipping;    /* the rest of a line that is too long */
	bool ended;
};

static const char *const type_names[] = {
	[LOG_EVENT_OUTPUT] = "output", [LOG_EVENT_STEP_START] = "step-start",
	[LOG_EVENT_STEP_END] = "step-end", [LOG_EVENT_NOTE] = "note",
	[LOG_EVENT_ANNOTATION] = "annotation", [LOG_EVENT_GROUP] = "group",
	[LOG_EVENT_ENDGROUP] = "endgroup", [LOG_EVENT_DEBUG] = "debug",
	[LOG_EVENT_KILLED] = "killed", [LOG_EVENT_JOB_END] = "job-end",
};

static const char *const stream_names[] = {
	[LOG_STREAM_STDOUT] = "stdout", [LOG_STREAM_STDERR] = "stderr",
	[LOG_STREAM_PAWL] = "pawl", [LOG_STREAM_MIXED] = "mixed",
};

const char *
log_stream_name(enum log_stream stream)
{
	return stream_names[stream];
}

/* --- one line ----------------------------------------------------------------- */

struct cursor {
	const char *p, *end;
};

static bool
take(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(c->end - c->p) < len || memcmp(c->p, text, len) != 0)
		return false;
	c->p += len;
	return true;
}

/* A number of at most so many digits, which it may have all. */
static bool
take_number(struct cursor *c, int digits, int64_t *out)
{
	const char *start = c->p;

	*out = 0;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9' &&
	    c->p - start < digits)
		*out = *out * 10 + (*c->p++ - '0');
	return c->p > start;
}

/* "2026-11-21T12:00:00.012Z" */
static bool
take_time(struct cursor *c, int64_t *ms)
{
	static const struct { int digits; const char *behind; } parts[] = {
		{ 4, "-" }, { 2, "-" }, { 2, "T" }, { 2, ":" }, { 2, ":" },
		{ 2, "." }, { 3, "Z" },
	};
	int64_t n[ARRAY_LEN(parts)];
	struct tm tm = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!take_number(c, parts[i].digits, &n[i]) ||
		    !take(c, parts[i].behind))
			return false;
	tm.tm_year = (int)n[0] - 1900;
	tm.tm_mon = (int)n[1] - 1;
	tm.tm_mday = (int)n[2];
	tm.tm_hour = (int)n[3];
	tm.tm_min = (int)n[4];
	tm.tm_sec = (int)n[5];
	*ms = (int64_t)timegm(&tm) * 1000 + n[6];
	return true;
}

/* One of these words with its closing quote; the last index when none. */
static size_t
take_word(struct cursor *c, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(c->end - c->p) > len && c->p[len] == '"' &&
		    take(c, words[i]))
			return i;
	}
	return n;
}

bool
log_event_read(const char *line, size_t len, struct log_event *event)
{
	struct cursor c = { line, line + len };
	int64_t step;
	size_t i;

	if (!take(&c, "{\"offset\":") || !take_number(&c, 18,
	    &event->offset) || !take(&c, ",\"time\":\"") ||
	    !take_time(&c, &event->time_ms) ||
	    !take(&c, "\",\"step\":") || !take_number(&c, 9, &step) ||
	    !take(&c, ",\"type\":\""))
		return false;
	event->step = (int)step;
	i = take_word(&c, type_names, ARRAY_LEN(type_names));
	event->type = i < ARRAY_LEN(type_names) ? (enum log_event_type)i :
	    LOG_EVENT_OTHER;
	event->stream = LOG_STREAM_STDOUT;
	if (event->type == LOG_EVENT_OUTPUT) {
		if (!take(&c, "\",\"stream\":\""))
			return false;
		i = take_word(&c, stream_names, ARRAY_LEN(stream_names));
		event->stream = i < ARRAY_LEN(stream_names) ?
		    (enum log_stream)i : LOG_STREAM_MIXED;
	}
	event->line = line;
	event->len = len;
	return true;
}

/* --- the file ----------------------------------------------------------------- */

int
log_index_open(struct log_index **out, const char *log, struct err *err)
{
	struct log_index *x = mem_calloc(1, sizeof(*x));
	struct str path = STR_INIT;
	size_t len = strlen(log);
	int rc;

	str_init(&x->text);
	if (str_ends_with(log, ".log"))
		len -= strlen(".log");
	str_add_len(&path, log, len);
	str_add(&path, ".idx");
	rc = packed_open(path.s, &x->file, err);
	if (rc == -1)
		log_index_close(x);
	else
		*out = x;
	str_release(&path);
	return rc;
}

void
log_index_close(struct log_index *x)
{
	if (x == NULL)
		return;
	packed_close(x->file);
	str_release(&x->text);
	free(x);
}

/* Read on: 1, 0 at the end, -1. */
static int
fill(struct log_index *x, struct err *err)
{
	char buf[CHUNK_BYTES];
	ssize_t n;

	memmove(x->text.s, x->text.s + x->given, x->text.len - x->given);
	str_cut(&x->text, x->text.len - x->given);
	x->given = 0;
	if (x->text.len > MAX_LINE_BYTES) {
		str_clear(&x->text);
		x->skipping = true;
	}
	n = packed_read(x->file, buf, sizeof(buf), err);
	if (n > 0)
		str_add_len(&x->text, buf, (size_t)n);
	return n > 0 ? 1 : (int)n;
}

/* The next line with its newline turned into a NUL: 1, 0, -1. */
static int
next_line(struct log_index *x, char **line, size_t *len, struct err *err)
{
	for (;;) {
		char *at = x->text.s + x->given;
		char *nl = x->text.len > x->given ? memchr(at, '\n',
		    x->text.len - x->given) : NULL;
		int rc;

		if (nl == NULL) {
			rc = fill(x, err);
			if (rc != 1)
				return rc;
			continue;
		}
		x->given = (size_t)(nl + 1 - x->text.s);
		if (x->skipping) {
			x->skipping = false;
			continue;
		}
		*nl = '\0';
		*line = at;
		*len = (size_t)(nl - at);
		return 1;
	}
}

int
log_index_next(struct log_index *x, struct log_event *event, struct err *err)
{
	char *line;
	size_t len;
	int rc;

	while ((rc = next_line(x, &line, &len, err)) == 1)
		if (log_event_read(line, len, event))
			return 1;
	return rc;
}

/* Go on at the first line behind this byte of the index; at 0 with the first
 * of all. */
static int
begin_at(struct log_index *x, int64_t at, struct err *err)
{
	str_clear(&x->text);
	x->given = 0;
	x->skipping = at > 0;
	return packed_seek(x->file, at, err);
}

int
log_index_seek(struct log_index *x, int64_t offset, struct err *err)
{
	int64_t low = 0, high = packed_size(x->file);
	struct log_event event;
	int rc = 0;

	offset -= OUTPUT_BYTES;
	while (rc != -1 && high - low > NEAR_BYTES) {
		int64_t middle = low + (high - low) / 2;

		rc = begin_at(x, middle, err);
		if (rc == 0)
			rc = log_index_next(x, &event, err);
		if (rc == 1 && event.offset < offset)
			low = middle;
		else
			high = middle;
	}
	return rc == -1 ? -1 : begin_at(x, low, err);
}
