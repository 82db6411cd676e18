/*
 * require.h - for fuzz targets: what must hold whatever the input is; the
 * line is printed before the crash that libFuzzer records.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FUZZ_REQUIRE_H
#define PAWL_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define require(condition) require_at(condition, #condition, __LINE__)

static inline void
require_at(bool holds, const char *condition, int line)
{
	if (holds)
		return;
	fprintf(stderr, "line %d: does not hold: %s\n", line, condition);
	abort();
}

/* Places in a text must lie within its lines. */
static inline int
count_lines(const char *text, size_t len)
{
	int n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

#endif
