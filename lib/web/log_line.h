/*
 * log_line.h - one line of a job's log, as HTML: commands are shown as what
 * they mean, the rest as a terminal would (ansi.h).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_LOG_LINE_H
#define PAWL_WEB_LOG_LINE_H

#include <stddef.h>
#include "lib/base/str.h"
#include "lib/web/ansi.h"

/* Longer lines are shown up to here, and say how much is missing. */
#define LOG_LINE_SHOWN 2000

/* What a line is: the name is the class of its row. */
enum log_line_kind {
	LOG_LINE_TEXT, LOG_LINE_GROUP, LOG_LINE_ENDGROUP, LOG_LINE_ERROR,
	LOG_LINE_WARNING, LOG_LINE_NOTICE, LOG_LINE_DEBUG, LOG_LINE_COMMAND,
};

const char *
log_line_class(enum log_line_kind kind); /* "text", "group" ... */

/* The kind of a line without its newline, and where its text begins. */
enum log_line_kind
log_line_kind(const char *line, size_t len, size_t *text);

/*
 * Append what a line says. `len` is all that was read of it, `whole` how long
 * it is.
 */
void
log_line_html(struct str *out, struct ansi *state, const char *line,
    size_t len, size_t whole);

#endif
