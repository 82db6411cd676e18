/*
 * mem.c - memory that does not fail: the one place that ends the process for
 * the lack of it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
out_of_memory(void)
{
	static const char text[] = "pawl: out of memory\n";
	ssize_t ignored;

	ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	abort();
}

void *
mem_calloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
mem_realloc(void *p, size_t n, size_t size)
{
	if (size == 0 || n > SIZE_MAX / size)
		out_of_memory();
	p = realloc(p, n > 0 ? n * size : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

char *
mem_strdup(const char *s)
{
	return s == NULL ? NULL : mem_strndup(s, strlen(s));
}

char *
mem_strndup(const char *s, size_t len)
{
	char *copy = mem_calloc(1, len + 1);

	memcpy(copy, s, len);
	return copy;
}
