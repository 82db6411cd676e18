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
#include <unistd.h>
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

bool
term_color(int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(fd) && term && strcmp(term, "dumb");
}

/* May the character of `len` bytes be shown? C0, DEL and C1 (U+0080 to
 * U+009F) steer terminals. */
static bool
harmless(const unsigned char *s, size_t len)
{
	if (len == 1)
		return s[0] >= 0x20 && s[0] != 0x7f;
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

/* Characters of a text that is valid UTF-8. */
static size_t
width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void
term_table_print(const struct term_table *t, bool color, FILE *to)
{
	size_t *widths = mem_calloc(t->columns, sizeof(*widths));
	struct str out = STR_INIT;
	size_t owed = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t width = width_of(t->cells[i].text);

		if (width > widths[i % t->columns])
			widths[i % t->columns] = width;
	}
	for (size_t i = 0; i < t->n; i++) {
		const char *text = t->cells[i].text;
		size_t column = i % t->columns;

		/* Blanks are owed until something stands behind them. */
		if (*text) {
			str_addf(&out, "%*s", (int)owed, "");
			term_styled(&out, color, t->cells[i].style, text);
			owed = 0;
		}
		owed += widths[column] - width_of(text) + 2;
		if (column + 1 == t->columns) {
			str_add_char(&out, '\n');
			owed = 0;
		}
	}
	fputs(out.s, to);
	str_release(&out);
	free(widths);
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
