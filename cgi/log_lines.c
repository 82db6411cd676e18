/*
 * log_lines.c - see log_lines.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/log_lines.h"

#include <inttypes.h>
#include <string.h>

#include "lib/render/log_index.h"
#include "lib/web/html.h"
#include "lib/web/log_line.h"

#define CHUNK_BYTES 16384
#define KEPT_BYTES 16384 /* of a line, for its end or its beginning */
#define READ_BYTES ((int64_t)1024 * 1024) /* of a line; the rest is skipped */

struct rows {
	struct str *out;
	struct log_room *room;
	int64_t line, to;    /* the next one to be written, and the end */
	int64_t offset;      /* of its first byte */
	struct ansi ansi;
	struct str kept;     /* of the line so far */
	int64_t whole;       /* bytes of it so far */
	struct log_index *x; /* or NULL */
	struct log_event ahead; /* read from it, not reached */
	bool has_ahead;
	enum log_stream stream; /* of the line */
};

/* On which stream the line was printed. */
static int
find_stream(struct rows *r, struct err *err)
{
	int rc = 1;

	while (r->x != NULL && rc == 1) {
		if (r->has_ahead && r->ahead.offset > r->offset)
			break;
		if (r->has_ahead && r->ahead.type == LOG_EVENT_OUTPUT)
			r->stream = r->ahead.stream;
		rc = log_index_next(r->x, &r->ahead, err);
		r->has_ahead = rc == 1;
	}
	if (rc == 0) {
		log_index_close(r->x);
		r->x = NULL;
	}
	return rc == -1 ? -1 : 0;
}

static int
end_line(struct rows *r, struct err *err)
{
	size_t unused;
	enum log_line_kind kind = log_line_kind(r->kept.s, r->kept.len,
	    &unused);

	if (find_stream(r, err) == -1)
		return -1;
	str_addf(r->out, "<div class=\"row %s%s\" id=\"L%" PRId64 "\"><a "
	    "href=\"#L%" PRId64 "\" class=\"no\">%" PRId64 "</a><code>",
	    log_line_class(kind), r->stream == LOG_STREAM_STDERR ? " err" :
	    r->stream == LOG_STREAM_PAWL ? " own" : "", r->line, r->line, r->line);
	log_line_html(r->out, &r->ansi, r->kept.s, r->kept.len,
	    (size_t)r->whole);
	html_markup(r->out, "</code></div>\n");
	r->room->lines--;
	r->room->bytes -= r->whole < LOG_LINE_SHOWN ? r->whole :
	    LOG_LINE_SHOWN;
	r->line++;
	r->offset += r->whole + 1;
	r->whole = 0;
	str_clear(&r->kept);
	return 0;
}

/* Keep the beginning of a line, or what has overwritten it. */
static void
keep(struct rows *r, const char *text, size_t len)
{
	r->whole += (int64_t)len;
	if (r->kept.len + len > KEPT_BYTES) {
		const char *p = text + len;

		while (p > text && p[-1] != '\r')
			p--;
		if (p > text && p < text + len) {
			str_clear(&r->kept);
			len -= (size_t)(p - text);
			text = p;
		}
		if (len > KEPT_BYTES - r->kept.len)
			len = KEPT_BYTES - r->kept.len;
	}
	str_add_len(&r->kept, text, len);
}

/* A line without an end in sight: go on where the next one begins. */
static int
skip_rest(struct rows *r, struct log_file *f, int64_t *at, struct err *err)
{
	if (log_file_find(f, r->line + 1, at, err) == -1)
		return -1;
	r->whole = *at - r->offset;
	if (r->whole > 0 && *at < log_file_size(f))
		r->whole--; /* its newline */
	return end_line(r, err);
}

static bool
is_full(const struct rows *r)
{
	return r->line >= r->to || r->room->lines <= 0 || r->room->bytes <= 0;
}

static int
write_rows(struct rows *r, struct log_file *f, struct err *err)
{
	char buf[CHUNK_BYTES];
	int64_t at = r->offset;
	ssize_t n;

	while (!is_full(r) && (n = log_file_read(f, at, buf, sizeof(buf),
	    err)) != 0) {
		const char *p = buf, *end = buf + n, *nl;

		if (n == -1)
			return -1;
		at += n;
		while (!is_full(r) && p < end) {
			nl = memchr(p, '\n', (size_t)(end - p));
			keep(r, p, (size_t)((nl != NULL ? nl : end) - p));
			if (nl != NULL && end_line(r, err) == -1)
				return -1;
			p = nl != NULL ? nl + 1 : end;
		}
		if (r->whole > READ_BYTES && skip_rest(r, f, &at, err) == -1)
			return -1;
	}
	return !is_full(r) && r->whole > 0 ? end_line(r, err) : 0;
}

int
log_lines_html(struct str *out, struct log_file *f, const char *path,
    int64_t from, int64_t to, struct log_room *room, int64_t *next,
    struct err *err)
{
	struct rows r = { .out = out, .room = room, .line = from, .to = to,
		.ansi = ANSI_INIT, .kept = STR_INIT };
	struct err none = { 0 };
	int rc = -1;

	if (log_file_find(f, from, &r.offset, err) == -1)
		goto out;
	if (log_index_open(&r.x, path, &none) == -1)
		r.x = NULL;
	else if (log_index_seek(r.x, r.offset, err) == -1)
		goto out;
	rc = write_rows(&r, f, err);
	*next = r.line;
out:
	log_index_close(r.x);
	str_release(&r.kept);
	return rc;
}
