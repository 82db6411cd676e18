/*
 * pattern.c - fuzz: a pattern and a name, divided by the first NUL.
 *
 * Beside crashes it seeks differences: patterns of letters, "*" and "?" only
 * are compared with a matcher that tries all ways.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/reader.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "*", "**" (no "/" behind it), letters with or without "?". */
static bool
tries_all(const char *p, const char *s)
{
	bool many = p[0] == '*' && p[1] == '*';

	if (p[0] == '\0')
		return s[0] == '\0';
	if (p[0] == '*')
		return tries_all(p + 1 + many, s) ||
		    (s[0] != '\0' && (many || s[0] != '/') &&
		    tries_all(p, s + 1));
	if (p[1] == '?')
		return tries_all(p + 2, s) ||
		    (s[0] == p[0] && tries_all(p + 2, s + 1));
	return s[0] == p[0] && tries_all(p + 1, s + 1);
}

static bool
is_simple(const char *p)
{
	if (strlen(p) > 8 || p[strspn(p, "ab/*?")] != '\0' || p[0] == '?')
		return false;
	return strstr(p, "*?") == NULL && strstr(p, "**/") == NULL &&
	    strstr(p, "??") == NULL && strstr(p, "***") == NULL;
}

static char *
copy(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	if (s == NULL)
		abort();
	memcpy(s, data, size);
	s[size] = '\0';
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	char *pattern, *name;
	bool matched;

	if (nul == NULL || size > 4096)
		return 0;
	pattern = copy(data, (size_t)(nul - data));
	name = copy(nul + 1, size - (size_t)(nul - data) - 1);
	matched = pattern_match(pattern, name);
	pattern_check(pattern);
	if (is_simple(pattern) && strlen(name) <= 16 &&
	    matched != tries_all(pattern, name))
		abort();
	free(pattern);
	free(name);
	return 0;
}
