/*
 * glob.c - patterns of files.
 *
 * All positions of the pattern that the path so far may have led to are kept
 * at once, so no pattern makes it try one way after the other.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/glob.h"

#include <stddef.h>
#include <string.h>

/* Where a "[...]" ends, or NULL: then "[" is itself. */
static const char *
class_end(const char *p)
{
	const char *q = p + 1;

	if (*q == '!' || *q == '^')
		q++;
	if (*q == ']')
		q++;
	while (*q != '\0' && *q != ']')
		q++;
	return *q == ']' ? q : NULL;
}

static bool
in_class(const char *p, const char *end, char c)
{
	bool negated = p[1] == '!' || p[1] == '^', found = false;

	for (p += negated ? 2 : 1; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			found = found || ((unsigned char)c >=
			    (unsigned char)p[0] && (unsigned char)c <=
			    (unsigned char)p[2]);
			p += 2;
		} else {
			found = found || *p == c;
		}
	}
	return found != negated;
}

/* Mark a position, and those that are reached from it by nothing. */
static void
reach(const char *pattern, bool *at, size_t i)
{
	while (!at[i]) {
		at[i] = true;
		if (pattern[i] != '*')
			return;
		if (pattern[i + 1] != '*') {
			i++;
		} else if (pattern[i + 2] == '/') {
			reach(pattern, at, i + 3); /* "**" slash: nothing */
			return;
		} else {
			i += 2;
		}
	}
}

/* All positions behind one more byte. */
static void
step(const char *pattern, const bool *from, bool *to, size_t n, char c)
{
	const char *end;

	memset(to, 0, (n + 1) * sizeof(*to));
	for (size_t i = 0; i < n; i++) {
		if (!from[i])
			continue;
		if (pattern[i] == '*' && pattern[i + 1] == '*') {
			to[i] = true;
			if (pattern[i + 2] != '/' || c == '/')
				reach(pattern, to, i + 2 +
				    (pattern[i + 2] == '/'));
		} else if (pattern[i] == '*') {
			if (c != '/')
				reach(pattern, to, i);
		} else if (pattern[i] == '?') {
			if (c != '/')
				reach(pattern, to, i + 1);
		} else if (pattern[i] == '[' &&
		    (end = class_end(pattern + i)) != NULL) {
			if (c != '/' && in_class(pattern + i, end, c))
				reach(pattern, to,
				    (size_t)(end - pattern) + 1);
		} else if (pattern[i] == '\\' && pattern[i + 1] != '\0') {
			if (pattern[i + 1] == c)
				reach(pattern, to, i + 2);
		} else if (pattern[i] == c) {
			reach(pattern, to, i + 1);
		}
	}
}

bool
glob_match(const char *pattern, const char *path)
{
	bool sets[2][GLOB_MAX_BYTES + 4] = { 0 };
	size_t n = strlen(pattern), now = 0;

	while (n > 1 && pattern[n - 1] == '/')
		n--; /* a folder */
	if (n > GLOB_MAX_BYTES)
		return false;
	reach(pattern, sets[now], 0);
	for (; *path != '\0'; path++) {
		if (*path == '/' && sets[now][n])
			return true;
		step(pattern, sets[now], sets[1 - now], n, *path);
		now = 1 - now;
	}
	return sets[now][n];
}
