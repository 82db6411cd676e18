/*
 * line_map.h - where lines begin in a large file that only grows.
 *
 * Beside NAME.log stands NAME.lines: for each whole 64 KiB of the log a number
 * of 8 bytes (the lowest first), how many newlines there are from the
 * beginning of the log to the end of that piece. To find a line, or to number
 * one, a search in these numbers and a look at one piece are enough. The map
 * says nothing that the log does not, so it is never wrong by a kill: what is
 * missing at its end is counted again, half a number is cut off.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LINE_MAP_H
#define PAWL_BASE_LINE_MAP_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

#define LINE_MAP_PIECE ((int64_t)65536)
#define LINE_MAP_ENTRY 8

/* NAME.lines of NAME.log. */
void
line_map_path(struct str *out, const char *log);

/* Who appends to the log counts as it goes. */
struct line_map {
	int fd;         /* -1: there is none */
	int64_t offset; /* bytes of the log that were counted */
	int64_t lines;  /* newlines in them */
};

#define LINE_MAP_INIT { -1, 0, 0 }

/*
 * Continue the map of a log that is open as `log_fd`, has `size` bytes and is
 * called `log`. What the map lacks is counted.
 */
int
line_map_open(struct line_map *m, const char *log, int log_fd, int64_t size,
    struct err *err);

/* These bytes were appended. A map that cannot be written is given up, for
 * readers do without: -1 only says so. */
int
line_map_add(struct line_map *m, const char *data, size_t len,
    struct err *err);

void
line_map_close(struct line_map *m);

/* How many newlines there are. */
int64_t
line_map_count(const char *data, size_t len);

#endif
