/*
 * log_search.c - see log_search.h.
 *
 * SPDX-License-Identifier: ISC
 */
#define _GNU_SOURCE /* memmem() */
#include "config.h"
#include "lib/render/log_search.h"

#include <string.h>

#include "lib/base/line_map.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/render/json.h"

#define CHUNK_BYTES 65536
/* A longer line is searched in pieces. */
#define LINE_BYTES (1024 * 1024)

struct searcher {
	const struct log_search *s;
	struct arena *a;
	struct log_found *out;
	struct str wanted; /* folded when letters do not count */
	struct str text;   /* read, without escape sequences; whole lines of
	                      it are searched */
	struct str folded; /* the same in small letters */
	int64_t offset;    /* in the log of the byte to be read next */
	int64_t line;      /* its number */
	int64_t hit;       /* the last line that was given back */
	int escape;        /* see strip() */
};

static char
small(char c)
{
	/* Without a branch: it is asked of every byte of a log. */
	return (char)(c | ((unsigned char)(c - 'A') < 26) << 5);
}

/* Take out control sequences: ESC, "[", parameters, a letter; of other
 * sequences the ESC and the byte behind it. */
static void
strip(struct searcher *x, const char *p, size_t len)
{
	enum { TEXT, ESC, CONTROL };
	const char *esc = memchr(p, '\033', len);
	char *out;

	if (x->escape == TEXT && esc == NULL) {
		str_add_len(&x->text, p, len);
		return;
	}
	str_reserve(&x->text, len);
	out = x->text.s + x->text.len;
	for (size_t i = 0; i < len; i++) {
		if (x->escape == TEXT && p[i] != '\033')
			*out++ = p[i];
		else if (p[i] == '\n') /* a cut one hides no line */
			*out++ = p[i], x->escape = TEXT;
		else if (x->escape == ESC)
			x->escape = p[i] == '[' ? CONTROL : TEXT;
		else if (x->escape == TEXT)
			x->escape = ESC;
		else if (p[i] >= 0x40 && p[i] <= 0x7e)
			x->escape = TEXT;
	}
	x->text.len = (size_t)(out - x->text.s);
	*out = '\0';
}

static void
fold(struct searcher *x, size_t len)
{
	const char *from = x->text.s;
	char *to;

	str_clear(&x->folded);
	str_reserve(&x->folded, len);
	to = x->folded.s;
	for (size_t i = 0; i < len; i++)
		to[i] = small(from[i]);
	x->folded.len = len;
	x->folded.s[len] = '\0';
}

/* A line around a place in it, as text. */
static const char *
snippet(struct searcher *x, size_t start, size_t end, size_t at)
{
	size_t from = at - start > LOG_SEARCH_SNIPPET / 3 ?
	    at - LOG_SEARCH_SNIPPET / 3 : start;
	size_t len = end - from;

	while (from > start && ((unsigned char)x->text.s[from] & 0xc0) ==
	    0x80)
		from--;
	if (len > LOG_SEARCH_SNIPPET)
		len = utf8_cut_len(x->text.s + from, len, LOG_SEARCH_SNIPPET);
	return arena_strndup(x->a, x->text.s + from, len);
}

/* Look through the first bytes of the text, which are whole lines or a piece
 * of one. Returns false when there are enough hits. */
static bool
look(struct searcher *x, size_t len)
{
	const char *hay = x->text.s;
	size_t at = 0, counted = 0;

	if (!x->s->exact) {
		fold(x, len);
		hay = x->folded.s;
	}
	for (;;) {
		const char *hit = memmem(hay + at, len - at, x->wanted.s,
		    x->wanted.len), *nl, *start;
		size_t end;

		if (hit == NULL)
			break;
		x->line += line_map_count(hay + counted,
		    (size_t)(hit - hay) - counted);
		counted = (size_t)(hit - hay);
		start = memrchr(hay, '\n', counted);
		nl = memchr(hit, '\n', len - counted);
		end = nl != NULL ? (size_t)(nl - hay) : len;
		at = end;
		if (x->line == x->hit)
			continue; /* in an earlier piece of the line */
		if (x->out->n == (size_t)x->s->max_hits)
			return false;
		x->hit = x->line;
		*(struct log_hit *)arena_push(x->a, &x->out->hits,
		    &x->out->n, sizeof(*x->out->hits)) = (struct log_hit){
		    x->line, snippet(x, start != NULL ? (size_t)(start + 1 -
		    hay) : 0, end, counted) };
	}
	x->line += line_map_count(hay + counted, len - counted);
	return true;
}

/* Search what can be: all whole lines, at the end of the log all, of a line
 * that is too long all but what may begin the text. */
static bool
look_at_lines(struct searcher *x, bool all)
{
	const char *nl = x->text.len == 0 ? NULL :
	    memrchr(x->text.s, '\n', x->text.len);
	size_t len = all ? x->text.len : nl != NULL ? (size_t)(nl + 1 -
	    x->text.s) : 0;

	if (len == 0 && x->text.len > LINE_BYTES)
		len = x->text.len - x->wanted.len;
	if (!look(x, len))
		return false;
	memmove(x->text.s, x->text.s + len, x->text.len - len);
	str_cut(&x->text, x->text.len - len);
	return true;
}

/* The next search begins with the line that this one has read in part; when
 * that is all that it has read, in it. */
static int
stop_here(struct searcher *x, struct log_file *f, struct err *err)
{
	if (log_file_find(f, x->line, &x->out->next, err) == -1)
		return -1;
	if (x->out->next <= x->s->from)
		x->out->next = x->offset - (int64_t)x->wanted.len;
	return 0;
}

static int
search(struct searcher *x, struct log_file *f, int64_t to, struct err *err)
{
	char buf[CHUNK_BYTES];
	ssize_t n = 1;

	for (;;) {
		int64_t left = to - x->offset;

		if (left > 0) {
			n = log_file_read(f, x->offset, buf, left <
			    CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, err);
			if (n == -1)
				return -1;
			x->offset += n;
			x->out->read += n;
			strip(x, buf, (size_t)n);
		}
		if (!look_at_lines(x, left <= 0 || n == 0))
			return log_file_find(f, x->hit + 1, &x->out->next,
			    err);
		if (left <= 0 || n == 0)
			return 0;
		if (x->out->read >= x->s->max_bytes && x->offset < to)
			return stop_here(x, f, err);
	}
}

int
log_search(struct log_file *f, const struct log_search *s, struct arena *a,
    struct log_found *out, struct err *err)
{
	struct searcher x = { .s = s, .a = a, .out = out,
		.wanted = STR_INIT, .text = STR_INIT, .folded = STR_INIT,
		.offset = s->from };
	int64_t to = s->to > 0 && s->to < log_file_size(f) ? s->to :
	    log_file_size(f);
	int rc = -1;

	*out = (struct log_found){ .next = -1 };
	for (const char *p = s->text; *p != '\0'; p++)
		str_add_char(&x.wanted, s->exact ? *p : small(*p));
	if (x.wanted.len == 0 || x.wanted.len > LOG_SEARCH_MAX_TEXT)
		err_set(err, ERR_INVALID, "what is looked for has 1 to %d "
		    "bytes", LOG_SEARCH_MAX_TEXT);
	else if (log_file_number(f, s->from, &x.line, err) == 0)
		rc = search(&x, f, to, err);
	str_release(&x.wanted);
	str_release(&x.text);
	str_release(&x.folded);
	return rc;
}

json_t *
log_hit_json(const struct log_hit *hit)
{
	json_t *o = json_object();

	json_object_set_new(o, "line", json_integer(hit->line));
	json_object_set_new(o, "text", json_text_of(hit->text));
	return o;
}
