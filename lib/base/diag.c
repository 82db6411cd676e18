/*
 * diag.c - problems in text that a user wrote.
 *
 * Texts quote what a stranger wrote, so they are bounded and made printable
 * when they are added; the source line is made printable when it is shown.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"

/* Bytes of one message. */
#define TEXT_MAX 400
/* Characters of a source line that are shown, and how many of them before
 * the place when the line is cut. */
#define SHOWN_MAX 100
#define SHOWN_BEFORE 40

static const char *const level_names[] = {
	[DIAG_ERROR] = "error",
	[DIAG_WARNING] = "warning",
};

void
diags_init(struct diags *d, struct arena *arena, const char *file,
    const char *source, size_t source_len)
{
	memset(d, 0, sizeof(*d));
	d->arena = arena;
	d->file = file;
	d->source = source;
	d->source_len = source_len;
}

/* Append a text that may be anything, as printable characters. */
static void
add_printable(struct str *out, const char *s, size_t len)
{
	while (len > 0) {
		size_t n = utf8_char_len(s, len);

		if (*s == '\t')
			str_add_char(out, ' ');
		else if (n == 0 || !utf8_printable(utf8_char(s, n)))
			str_add_char(out, '?');
		else
			str_add_len(out, s, n);
		if (n == 0)
			n = 1;
		s += n;
		len -= n;
	}
}

/* A bounded, printable copy in the arena. */
static const char *
keep_text(struct arena *a, const char *s)
{
	struct str clean = STR_INIT;
	size_t whole = strlen(s), len = utf8_cut_len(s, whole, TEXT_MAX);
	const char *kept;

	add_printable(&clean, s, len);
	if (len < whole)
		str_add(&clean, "...");
	kept = arena_strndup(a, clean.s, clean.len);
	str_release(&clean);
	return kept;
}

/* Warnings take half of the room at most: an error is never dropped for
 * them, so that a refused file always says why. */
static bool
has_room(const struct diags *d, enum diag_level level)
{
	size_t n_warnings = d->n - (d->n_errors < d->n ? d->n_errors : d->n);

	if (d->n >= DIAG_MAX)
		return false;
	return level == DIAG_ERROR || n_warnings < DIAG_MAX / 2;
}

static void
add(struct diags *d, struct diag one, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void
add(struct diags *d, struct diag one, const char *fmt, va_list ap)
{
	char text[TEXT_MAX * 2];
	struct diag *kept;
	bool room = has_room(d, one.level);

	d->last = NULL;
	if (one.level == DIAG_ERROR)
		d->n_errors++;
	if (!room) {
		d->truncated = true;
		return;
	}
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	one.text = keep_text(d->arena, text);
	if (one.hint != NULL)
		one.hint = keep_text(d->arena, one.hint);
	if (one.width < 1)
		one.width = 1;
	kept = arena_push(d->arena, &d->list, &d->n, sizeof(*kept));
	*kept = one;
	d->last = kept;
}

void
diag_value(struct diags *d, struct pos value)
{
	if (d->last != NULL)
		d->last->value = value;
}

int
diag_error(struct diags *d, struct pos pos, int width, const char *rule,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, (struct diag) { .level = DIAG_ERROR, .pos = pos, .width = width,
	    .rule = rule, .hint = hint }, fmt, ap);
	va_end(ap);
	return -1;
}

int
diag_warning(struct diags *d, struct pos pos, int width, const char *rule,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, (struct diag) { .level = DIAG_WARNING, .pos = pos, .width = width,
	    .rule = rule, .hint = hint }, fmt, ap);
	va_end(ap);
	return -1;
}

static bool
is_behind(const struct diag *a, const struct diag *b)
{
	if (a->pos.line != b->pos.line)
		return a->pos.line > b->pos.line;
	return a->pos.col > b->pos.col;
}

static bool
is_same(const struct diag *a, const struct diag *b)
{
	return a->level == b->level && a->pos.line == b->pos.line &&
	    a->pos.col == b->pos.col && strcmp(a->text, b->text) == 0;
}

static void
remove_doubles(struct diags *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		bool seen = false;

		for (size_t j = kept; j > 0 && !seen; j--)
			seen = is_same(&d->list[j - 1], &d->list[i]);
		if (!seen)
			d->list[kept++] = d->list[i];
		else if (d->list[i].level == DIAG_ERROR)
			d->n_errors--;
	}
	d->n = kept;
}

const char *
diags_first_error(const struct diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].level == DIAG_ERROR)
			return arena_printf(d->arena, "%s:%d:%d: %s", d->file,
			    d->list[i].pos.line, d->list[i].pos.col,
			    d->list[i].text);
	return NULL;
}

/* By insertion: stable, and DIAG_MAX is small. */
void
diags_sort(struct diags *d)
{
	for (size_t i = 1; i < d->n; i++) {
		struct diag one = d->list[i];
		size_t at = i;

		for (; at > 0 && is_behind(&d->list[at - 1], &one); at--)
			d->list[at] = d->list[at - 1];
		d->list[at] = one;
	}
	remove_doubles(d);
}

/* Line `line` of the source, without a byte order mark and line end. */
static const char *
source_line(const struct diags *d, int line, size_t *len)
{
	const char *s = d->source, *end;

	if (s == NULL || line < 1)
		return NULL;
	end = s + d->source_len;
	if (end - s >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	for (; line > 1; line--) {
		s = memchr(s, '\n', (size_t)(end - s));
		if (s == NULL)
			return NULL;
		s++;
	}
	const char *newline = memchr(s, '\n', (size_t)(end - s));
	if (newline != NULL)
		end = newline;
	if (end > s && end[-1] == '\r')
		end--;
	*len = (size_t)(end - s);
	return s;
}

/* Bytes of the character at `s`; a byte that is none counts as one. */
static size_t
step(const char *s, size_t len)
{
	size_t n = utf8_char_len(s, len);

	return n > 0 ? n : 1;
}

static size_t
count_chars(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t at = 0; at < len; n++)
		at += step(s + at, len - at);
	return n;
}

/* Bytes of the first `n` characters. */
static size_t
bytes_of(const char *s, size_t len, size_t n)
{
	size_t at = 0;

	for (; n > 0 && at < len; n--)
		at += step(s + at, len - at);
	return at;
}

static void
add_repeated(struct str *out, char c, size_t n)
{
	while (n-- > 0)
		str_add_char(out, c);
}

/* The line and below it the mark; `start` and `end` are bytes of the line. */
static void
print_source(const struct diag *one, const char *line, size_t len,
    struct str *out)
{
	size_t start = (size_t)(one->pos.col - 1) < len ?
	    (size_t)(one->pos.col - 1) : len;
	size_t end = (size_t)one->width < len - start ?
	    start + (size_t)one->width : len;
	size_t before = count_chars(line, start);
	size_t marked = count_chars(line + start, end - start);
	const char *left = "", *right = "";

	if (count_chars(line, len) > SHOWN_MAX) {
		size_t skip = before > SHOWN_BEFORE ? before - SHOWN_BEFORE : 0;
		size_t off = bytes_of(line, len, skip);

		line += off;
		len -= off;
		before -= skip;
		left = skip > 0 ? "..." : "";
		off = bytes_of(line, len, SHOWN_MAX);
		right = off < len ? "..." : "";
		len = off;
		if (marked > SHOWN_MAX - before)
			marked = SHOWN_MAX - before;
	}
	str_addf(out, "%5d | %s", one->pos.line, left);
	add_printable(out, line, len);
	str_addf(out, "%s\n      | ", right);
	add_repeated(out, ' ', strlen(left) + before);
	str_add_char(out, '^');
	add_repeated(out, '~', marked > 1 ? marked - 1 : 0);
	if (one->hint != NULL)
		str_addf(out, "  %s", one->hint);
	str_add_char(out, '\n');
}

void
diag_print(const struct diags *d, const struct diag *one, struct str *out)
{
	const char *line;
	size_t len;

	str_add(out, d->file);
	if (one->pos.line > 0)
		str_addf(out, ":%d:%d", one->pos.line, one->pos.col);
	str_addf(out, ": %s: %s\n", level_names[one->level], one->text);
	line = source_line(d, one->pos.line, &len);
	if (line != NULL && one->pos.col > 0)
		print_source(one, line, len, out);
	else if (one->hint != NULL)
		str_addf(out, "      | %s\n", one->hint);
}

void
diags_print(const struct diags *d, struct str *out)
{
	for (size_t i = 0; i < d->n; i++)
		diag_print(d, &d->list[i], out);
	if (d->truncated)
		str_addf(out, "%s: more problems were found than are shown\n",
		    d->file);
}
