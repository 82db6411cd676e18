/*
 * term.c - text for people on a terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

static const char *const style_codes[] = {
	[TERM_PLAIN] = "",
	[TERM_BOLD] = "\033[1m",
	[TERM_DIM] = "\033[2m",
	[TERM_RED] = "\033[31m",
	[TERM_GREEN] = "\033[32m",
	[TERM_YELLOW] = "\033[33m",
	[TERM_BLUE] = "\033[34m",
};

/* Words of runs, jobs, steps and deliveries; those left out are plain. */
static const struct {
	const char *state;
	enum term_style style;
} state_styles[] = {
	{ "succeeded", TERM_GREEN },
	{ "planned", TERM_GREEN },
	{ "failed", TERM_RED },
	{ "running", TERM_BLUE },
	{ "assigned", TERM_BLUE },
	{ "completing", TERM_BLUE },
	{ "cancelled", TERM_YELLOW },
	{ "skipped", TERM_DIM },
	{ "ignored", TERM_DIM },
	{ "blocked", TERM_DIM },
};

struct term_cell {
	enum term_style style;
	const char *text;
};

/* The value of a variable that is set and not empty, or NULL. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

bool
term_color(int fd)
{
	const char *force = variable("CLICOLOR_FORCE");
	const char *term = variable("TERM"), *wish = variable("CLICOLOR");

	if (variable("NO_COLOR") != NULL)
		return false;
	if (force != NULL && strcmp(force, "0") != 0)
		return true;
	if (wish != NULL && strcmp(wish, "0") == 0)
		return false;
	return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

/* May the character of `len` bytes be shown? C0, DEL and C1 (U+0080 to
 * U+009F) steer terminals. U+200E, U+200F, U+202A to U+202E and U+2066 to
 * U+2069 make what stands beside them look like something else. */
static bool
harmless(const unsigned char *s, size_t len)
{
	if (len == 1)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (len == 3 && s[0] == 0xe2 && s[1] == 0x80)
		return s[2] != 0x8e && s[2] != 0x8f &&
		    !(s[2] >= 0xaa && s[2] <= 0xae);
	if (len == 3 && s[0] == 0xe2 && s[1] == 0x81)
		return !(s[2] >= 0xa6 && s[2] <= 0xa9);
	return !(len == 2 && s[0] == 0xc2 && s[1] < 0xa0);
}

static void
add_harmless(struct str *out, const char *text, size_t left)
{
	while (left > 0) {
		size_t len = utf8_char_len(text, left);

		if (len > 0 && harmless((const unsigned char *)text, len)) {
			str_add_len(out, text, len);
		} else {
			str_add_char(out, '?');
			len = len ? len : 1;
		}
		text += len;
		left -= len;
	}
}

void
term_text(struct str *out, const char *text)
{
	add_harmless(out, text, text ? strlen(text) : 0);
}

void
term_lines(struct str *out, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		add_harmless(out, text, len);
		str_add_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

void
term_styled(struct str *out, bool color, enum term_style style,
    const char *text)
{
	if (!color || style == TERM_PLAIN) {
		str_add(out, text);
		return;
	}
	str_addf(out, "%s%s\033[0m", style_codes[style], text);
}

enum term_style
term_state_style(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(state_styles); i++)
		if (!strcmp(state_styles[i].state, state))
			return state_styles[i].style;
	return TERM_PLAIN;
}

void
term_table_init(struct term_table *t, struct arena *a, size_t columns)
{
	*t = (struct term_table){ .arena = a, .columns = columns };
}

void
term_cell(struct term_table *t, enum term_style style, const char *fmt, ...)
{
	struct term_cell *cell =
	    arena_push(t->arena, &t->cells, &t->n, sizeof(*cell));
	struct str raw = STR_INIT, safe = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&raw, fmt, ap);
	va_end(ap);
	term_text(&safe, raw.s);
	cell->style = style;
	cell->text = arena_strdup(t->arena, safe.s);
	str_release(&raw);
	str_release(&safe);
}

/* --- columns -------------------------------------------------------------- */

/* Of the character of `len` bytes. */
static size_t
char_width(const char *s, size_t len)
{
	mbstate_t state = { 0 };
	wchar_t c;
	int width;

	if (mbrtowc(&c, s, len, &state) != len)
		return 1; /* another locale */
	width = wcwidth(c);
	return width < 0 ? 1 : (size_t)width;
}

size_t
term_width(const char *text)
{
	size_t width = 0, left = strlen(text), len;

	for (; left > 0; text += len, left -= len) {
		len = utf8_char_len(text, left);
		len = len > 0 ? len : 1;
		width += char_width(text, len);
	}
	return width;
}

void
term_cut(struct str *out, const char *text, size_t columns)
{
	size_t left = strlen(text), at = 0, len, width;

	if (term_width(text) <= columns) {
		str_add(out, text);
		return;
	}
	for (; left > 0; text += len, left -= len) {
		len = utf8_char_len(text, left);
		len = len > 0 ? len : 1;
		width = char_width(text, len);
		if (at + width + 1 > columns)
			break;
		str_add_len(out, text, len);
		at += width;
	}
	if (columns > 0)
		str_add(out, "\xe2\x80\xa6"); /* U+2026 */
}

void
term_size(int *columns, int *lines)
{
	struct winsize size;

	*columns = *lines = 0;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ==
	    0) {
		*columns = size.ws_col;
		*lines = size.ws_row;
	}
}

/* A cell behind `owed` blanks, as far as there is room; returns the columns
 * that it took. */
static size_t
add_cell(struct str *out, const struct term_cell *cell, bool color,
    size_t owed, size_t room)
{
	struct str text = STR_INIT;
	size_t width;

	if (owed >= room)
		return 0;
	term_cut(&text, cell->text, room - owed);
	width = term_width(text.s);
	str_addf(out, "%*s", (int)owed, "");
	term_styled(out, color, cell->style, text.s);
	str_release(&text);
	return owed + width;
}

static void
add_row(struct str *out, const struct term_table *t, size_t first,
    const size_t *widths, bool color, size_t room)
{
	size_t owed = 0;

	for (size_t i = 0; i < t->columns; i++) {
		const struct term_cell *cell = &t->cells[first + i];
		size_t took;

		/* Blanks are owed until something stands behind them. */
		if (*cell->text != '\0') {
			took = add_cell(out, cell, color, owed, room);
			room = took == 0 || took > room ? 0 : room - took;
			owed = 0;
		}
		owed += widths[i] - term_width(cell->text) + 2;
	}
	str_add_char(out, '\n');
}

void
term_table_add(const struct term_table *t, bool color, size_t room,
    struct str *out)
{
	size_t *widths = mem_calloc(t->columns, sizeof(*widths));

	for (size_t i = 0; i < t->n; i++) {
		size_t width = term_width(t->cells[i].text);

		if (width > widths[i % t->columns])
			widths[i % t->columns] = width;
	}
	for (size_t i = 0; i + t->columns <= t->n; i += t->columns)
		add_row(out, t, i, widths, color, room);
	free(widths);
}

void
term_table_print(const struct term_table *t, bool color, FILE *to)
{
	struct str out = STR_INIT;
	int columns, lines;

	term_size(&columns, &lines);
	term_table_add(t, color, columns > 0 && to == stdout ?
	    (size_t)columns : SIZE_MAX, &out);
	fputs(out.s, to);
	str_release(&out);
}

const char *
term_ago(struct arena *a, int64_t at_ms, int64_t now_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (at_ms == 0)
		return "";
	if (now_ms - at_ms < 1000)
		return "now";
	return arena_printf(a, "%s ago", clock_duration(now_ms - at_ms, text));
}

const char *
term_span(struct arena *a, int64_t start_ms, int64_t end_ms, int64_t now_ms)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t end = end_ms ? end_ms : now_ms;

	if (start_ms == 0)
		return "";
	return arena_strdup(a,
	    clock_duration(end > start_ms ? end - start_ms : 0, text));
}
