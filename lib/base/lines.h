/*
 * lines.h - where the lines of a text start, so that a byte becomes a line
 * and a column, and back, without reading the text again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LINES_H
#define PAWL_BASE_LINES_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/pos.h"

struct lines {
	const char *text; /* borrowed */
	size_t len;
	uint32_t *starts; /* offset of each line; lines end with "\n" */
	size_t n;         /* at least 1 */
};

/* The text must be shorter than 2 GiB. Release with lines_release(). */
void
lines_init(struct lines *l, const char *text, size_t len);
void
lines_release(struct lines *l);

/* The place of a byte; an offset beyond the end gives the end. */
struct pos
lines_pos(const struct lines *l, size_t offset);

/* The line `line` (from 1) without its line end; NULL when there is none. */
const char *
lines_get(const struct lines *l, int line, size_t *len);

#endif
