/*
 * events_line.h - one log as its readers want it: line by line, each with the
 * step, the stream and the time that the index (doc/logs.md) has for it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_EVENTS_LINE_H
#define PAWL_CGI_EVENTS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/packed.h"
#include "lib/base/str.h"
#include "lib/base/watch.h"

#define LINE_MAX_BYTES 8192 /* a longer one comes in pieces */

/* A log, shared by all who read it: descriptors, the watch, names of steps. */
struct log_file {
	struct log_file *next;
	struct log_file **list; /* in which it stands */
	int refs;
	char *path;             /* of the log; the index stands beside it */
	char *index_path;
	int fd, index_fd;       /* -1: not there, or compressed */
	struct watch *watch;
	char **steps;           /* names by number; NULL: not known */
	size_t n_steps;
};

/* Find it among those of `list`, or open it; `changed` is called with the
 * file when it has grown. A file that is not there yet is waited for. */
struct log_file *
log_file_open(struct log_file **list, struct watches *watches,
    const char *path, watch_fn changed);
void
log_file_close(struct log_file *f); /* NULL is fine */

/* What was read and not yet used of a file. */
struct window {
	struct str text;
	size_t used;
	int64_t at;           /* of the file: where `text` ends */
	struct packed *packed; /* the compressed file, or NULL */
};

/* Bytes of the log that one step wrote to one stream. */
struct span {
	int64_t from;
	int step;
	char stream[8];
	char time[32];
};

struct line_reader {
	struct log_file *file;
	int64_t at;           /* of the log: behind the last line */
	struct window log, index;
	struct span now, next;
	bool has_next;
	size_t seen;          /* bytes behind `at` without a line's end */
	char time[32];        /* of the line that they begin, or "" */
	size_t given;         /* bytes of the window that line_read() gave */
	bool over;            /* nothing more is written to it */
};

/* Read a file, whose reference this takes over, from an offset on. */
void
line_reader_init(struct line_reader *r, struct log_file *file, int64_t from);
void
line_reader_release(struct line_reader *r);

struct line {
	const char *text; /* without its end; any bytes */
	size_t len;
	int64_t offset;   /* of its first byte in the log */
	int step;
	const char *step_name; /* "" when it has none */
	const char *stream;
	char time[32];    /* RFC 3339, or "" */
	bool more;        /* the line goes on in the next piece */
};

/* The next one, valid until the next call: 1, 0 when there is none yet (none
 * at all, if it is over), -1. */
int
line_read(struct line_reader *r, struct line *out, struct err *err);

#endif
