/*
 * log_marks.h - what stands where in a log: which lines are of which step,
 * groups that can be folded, annotations. For the page of a job and the API.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_LOG_MARKS_H
#define PAWL_RENDER_LOG_MARKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/log_file.h"

/* More of either is not shown: a reader draws them all. */
#define LOG_MARKS_MAX 4000

/* From this line on the log is of this step, up to the next span. */
struct log_span {
	int64_t line, offset;
	int step; /* 0: the job as a whole */
};

struct log_group {
	int64_t from, to; /* its first line and the one behind it; 0: open */
	int step, level;  /* from 0: groups can stand in groups */
	const char *title;
};

struct log_note {
	int64_t line;
	int step;
	const char *level, *title, *file, *at, *text; /* or NULL */
};

struct log_marks {
	int64_t size, lines;  /* of the log */
	int64_t began_ms;     /* 0: not known */
	struct log_span *spans;
	size_t n_spans;
	struct log_group *groups;
	size_t n_groups;
	struct log_note *notes; /* annotations */
	size_t n_notes;
	bool more;            /* than LOG_MARKS_MAX of something */
};

/*
 * Read those of an open log, whose path this is. A log without an index has
 * one span. Everything lives in `a`.
 */
int
log_marks_read(struct log_file *f, const char *log, struct arena *a,
    struct log_marks *out, struct err *err);

json_t *
log_marks_json(const struct log_marks *m);

/*
 * When lines were printed and on which stream: pieces of the log between two
 * offsets, each [offset, milliseconds since 1970, step, stream]. At most
 * LOG_TIMES_MAX; "next" is the offset to go on at, or null.
 */
#define LOG_TIMES_MAX 4096
int
log_times_json(const char *log, int64_t from, int64_t to, json_t **out,
    struct err *err);

#endif
