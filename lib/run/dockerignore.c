/*
 * dockerignore.c - which files of a folder are not sent to a build.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/dockerignore.h"

#include <string.h>

#include "lib/base/glob.h"
#include "lib/base/str.h"

#define MAX_ROWS 10000

/* "./a//b/" is "a/b"; what leads up stays there. Returns "" for the folder
 * itself. */
static const char *
clean(const char *text, size_t len, struct arena *a)
{
	char *out = arena_strndup(a, text, len);
	size_t n = 0;

	for (size_t i = 0; i < len; i += strcspn(out + i, "/") + 1) {
		size_t part = strcspn(out + i, "/");

		if (part == 0 || (part == 1 && out[i] == '.'))
			continue;
		if (part == 2 && out[i] == '.' && out[i + 1] == '.') {
			while (n > 0 && out[--n] != '/')
				continue;
			continue;
		}
		if (n > 0)
			out[n++] = '/';
		memmove(out + n, out + i, part);
		n += part;
	}
	out[n] = '\0';
	return out;
}

void
dockerignore_read(const char *text, struct arena *a,
    struct dockerignore *out)
{
	struct dockerignore_row row;
	size_t len;

	out->rows = NULL;
	out->n = 0;
	for (; *text != '\0'; text += len + (text[len] != '\0')) {
		const char *end, *at = text;

		len = strcspn(text, "\n");
		if (*text == '#' || out->n == MAX_ROWS)
			continue;
		at += strspn(at, " \t\r");
		end = text + len;
		while (end > at && strchr(" \t\r", end[-1]) != NULL)
			end--;
		row.exception = at < end && *at == '!';
		if (row.exception)
			at++;
		at += at < end ? strspn(at, " \t") : 0;
		if (at >= end)
			continue;
		row.pattern = clean(at, (size_t)(end - at), a);
		if (row.pattern[0] != '\0')
			*(struct dockerignore_row *)arena_push(a, &out->rows,
			    &out->n, sizeof(row)) = row;
	}
}

bool
dockerignore_has(const struct dockerignore *ignore, const char *path)
{
	bool out = false;

	for (size_t i = 0; i < ignore->n; i++)
		if (out == ignore->rows[i].exception &&
		    glob_match(ignore->rows[i].pattern, path))
			out = !out;
	return out;
}
