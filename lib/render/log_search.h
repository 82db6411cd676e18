/*
 * log_search.h - lines of a log that contain a text.
 *
 * A search reads a bounded part and says where the next one is to go on, so a
 * log of any size is searched whole by asking often enough. What a program
 * printed to colour its words is no part of them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_LOG_SEARCH_H
#define PAWL_RENDER_LOG_SEARCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/log_file.h"

#define LOG_SEARCH_MAX_TEXT 200 /* bytes of what is looked for */
#define LOG_SEARCH_SNIPPET 300  /* bytes of a line that are given back */

struct log_search {
	const char *text;  /* 1 to LOG_SEARCH_MAX_TEXT bytes */
	bool exact;        /* capital letters count; of ASCII alone */
	int64_t from, to;  /* bytes of the log: beginnings of lines; `to` 0:
	                      its end */
	int64_t max_bytes; /* that may be read: a little more is */
	int max_hits;
};

struct log_hit {
	int64_t line;
	const char *text; /* of it, around the first place; lives in the
	                     arena */
};

struct log_found {
	struct log_hit *hits;
	size_t n;
	int64_t next; /* where to go on, -1: all was read */
	int64_t read; /* bytes */
};

int
log_search(struct log_file *f, const struct log_search *s, struct arena *a,
    struct log_found *out, struct err *err);

json_t *
log_hit_json(const struct log_hit *hit);

#endif
