/*
 * lines.c - where the lines of a text start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/lines.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

static size_t
count_newlines(const char *text, size_t len)
{
	size_t n = 0;

	for (const char *at = text, *end = text + len; len > 0 &&
	    (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		n++;
	return n;
}

void
lines_init(struct lines *l, const char *text, size_t len)
{
	l->text = text;
	l->len = len;
	l->starts = mem_calloc(count_newlines(text, len) + 1,
	    sizeof(*l->starts));
	l->n = 1;
	for (const char *at = text, *end = text + len; len > 0 &&
	    (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		l->starts[l->n++] = (uint32_t)(at + 1 - text);
}

void
lines_release(struct lines *l)
{
	free(l->starts);
	memset(l, 0, sizeof(*l));
}

struct pos
lines_pos(const struct lines *l, size_t offset)
{
	size_t low = 0, high = l->n;

	if (offset > l->len)
		offset = l->len;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (l->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return (struct pos) {
		.line = (int)low + 1,
		.col = (int)(offset - l->starts[low]) + 1,
	};
}

const char *
lines_get(const struct lines *l, int line, size_t *len)
{
	size_t start, end;

	if (line < 1 || (size_t)line > l->n)
		return NULL;
	start = l->starts[line - 1];
	end = (size_t)line < l->n ? l->starts[line] - 1 : l->len;
	if (end > start && l->text[end - 1] == '\r')
		end--;
	*len = end - start;
	return l->text + start;
}
