/*
 * log_index.h - reading the index of a log (NAME.idx, doc/logs.md), whole or
 * from a place in the log, plain or compressed, also while it grows.
 *
 * It is written by Pawl, but what it says comes from jobs: every line is
 * bounded, and one that is not as it should be is passed over.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_LOG_INDEX_H
#define PAWL_RENDER_LOG_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"

enum log_event_type {
	LOG_EVENT_OUTPUT, LOG_EVENT_STEP_START, LOG_EVENT_STEP_END, LOG_EVENT_NOTE, LOG_EVENT_ANNOTATION,
	LOG_EVENT_GROUP, LOG_EVENT_ENDGROUP, LOG_EVENT_DEBUG, LOG_EVENT_KILLED, LOG_EVENT_JOB_END,
	LOG_EVENT_OTHER, /* that a later version writes */
};

enum log_stream {
	LOG_STREAM_STDOUT, LOG_STREAM_STDERR, LOG_STREAM_PAWL, LOG_STREAM_MIXED,
};

/* One line of the index. */
struct log_event {
	int64_t offset, time_ms;
	int step;
	enum log_event_type type;
	enum log_stream stream; /* of LOG_EVENT_OUTPUT */
	const char *line;       /* the whole of it as JSON, with a NUL behind;
	                           until the next is read */
	size_t len;
};

struct log_index;

/* `log` is the path of NAME.log. ERR_NOT_FOUND: it has no index. */
int
log_index_open(struct log_index **out, const char *log, struct err *err);
void
log_index_close(struct log_index *x); /* NULL is fine */

/* The next line: 1, 0 at the end, -1. */
int
log_index_next(struct log_index *x, struct log_event *event,
    struct err *err);

/*
 * Go on at a line that stands in front of all that speak of the log from
 * `offset` on, and not far in front of them.
 */
int
log_index_seek(struct log_index *x, int64_t offset, struct err *err);

/* The common members of a line; false when it is none. */
bool
log_event_read(const char *line, size_t len, struct log_event *event);

const char *
log_stream_name(enum log_stream stream);

#endif
