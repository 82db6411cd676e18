/*
 * dockerignore.c - fuzz: a .dockerignore and a path, with a NUL between.
 *
 * Patterns come out clean, and a row of the other kind for the same path, put
 * behind all others, has the last word.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/glob.h"
#include "lib/run/dockerignore.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_rows(const struct dockerignore *ignore)
{
	for (size_t i = 0; i < ignore->n; i++) {
		const char *p = ignore->rows[i].pattern;

		require(p[0] != '\0' && p[0] != '/');
		require(p[strlen(p) - 1] != '/');
		require(strstr(p, "//") == NULL && strchr(p, '\n') == NULL);
		require(strcmp(p, "..") != 0 && strncmp(p, "../", 3) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	char *text = malloc(size + 2);
	struct dockerignore ignore, more;
	const char *path;
	bool has;

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = text[size + 1] = '\0';
	path = text + strlen(text) + 1;
	dockerignore_read(text, &a, &ignore);
	check_rows(&ignore);
	has = dockerignore_has(&ignore, path);
	more = ignore;
	*(struct dockerignore_row *)arena_push(&a, &more.rows, &more.n,
	    sizeof(*more.rows)) = (struct dockerignore_row){ "**", has };
	if (glob_match("**", path))
		require(dockerignore_has(&more, path) != has);
	free(text);
	arena_release(&a);
	return 0;
}
