/*
 * log_lines.h - lines of a log as rows of a page.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_LOG_LINES_H
#define PAWL_CGI_LOG_LINES_H

#include "lib/base/log_file.h"
#include "lib/base/str.h"

/* What is left of the page for text; rows end when one of them is used up. */
struct log_room {
	int64_t bytes, lines;
};

/*
 * Append lines from `from` up to `to` (not itself). `path` is that of the log,
 * for its index. Returns the line behind the last one that was written in
 * `*next`.
 */
int
log_lines_html(struct str *out, struct log_file *f, const char *path,
    int64_t from, int64_t to, struct log_room *room, int64_t *next,
    struct err *err);

#endif
