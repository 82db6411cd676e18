/*
 * term.h - text for people on a terminal: colours where they are wanted,
 * columns, and nothing from outside that could steer the terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_TERM_H
#define PAWL_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "lib/base/arena.h"
#include "lib/base/str.h"

enum term_style {
	TERM_PLAIN,
	TERM_BOLD,
	TERM_DIM,
	TERM_RED,
	TERM_GREEN,
	TERM_YELLOW,
	TERM_BLUE,
};

/* Does this descriptor take colours? Only a terminal does, and neither with
 * NO_COLOR set (https://no-color.org) nor with TERM=dumb; CLICOLOR=0 says no,
 * CLICOLOR_FORCE also without a terminal yes (https://bixense.com/clicolors). */
bool
term_color(int fd);

/* Append text from outside (titles, branches, names) with every control
 * character, also those that UTF-8 can spell, every one that turns the
 * direction of the text around, and every byte that is no UTF-8 shown as "?". Newlines count as control characters. */
void
term_text(struct str *out, const char *text);

/* The same line by line: newlines stand for themselves, and the last line
 * gets one. Nothing for NULL and "". */
void
term_lines(struct str *out, const char *text);

/* Append it in a style; plain when `color` is false. */
void
term_styled(struct str *out, bool color, enum term_style style,
    const char *text);

/* The style that a state's word is shown in. */
enum term_style
term_state_style(const char *state);

/* Columns that a text takes on a terminal: 2 for wide characters, 0 for what
 * combines. It has passed term_text(). */
size_t
term_width(const char *text);

/* Append as much of it as fits into `columns`, with an ellipsis at its end when
 * that is not all. */
void
term_cut(struct str *out, const char *text, size_t columns);

/* Columns and lines of the terminal on standard output; 0: it is none. */
void
term_size(int *columns, int *lines);

/* Columns. Cells are copied, made harmless by term_text() and padded to the
 * widest of their column. On a terminal a line that is too long is cut. */
struct term_table {
	struct arena *arena;
	size_t columns;
	struct term_cell *cells;
	size_t n;
};

void
term_table_init(struct term_table *t, struct arena *a, size_t columns);
void
term_cell(struct term_table *t, enum term_style style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void
term_table_print(const struct term_table *t, bool color, FILE *to);

/* The same as text, in lines of at most `room` columns. */
void
term_table_add(const struct term_table *t, bool color, size_t room,
    struct str *out);

/* How long ago, or from when to when, for lists: "3 min ago"; "" for 0. */
const char *
term_ago(struct arena *a, int64_t at_ms, int64_t now_ms);

/* From start to end, or to now while there is no end; "" before a start. */
const char *
term_span(struct arena *a, int64_t start_ms, int64_t end_ms, int64_t now_ms);

#endif
