/*
 * dockerignore.h - which files of a folder are not sent to a build.
 *
 * docs.docker.com, "Build context", .dockerignore files.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_DOCKERIGNORE_H
#define PAWL_RUN_DOCKERIGNORE_H

#include <stdbool.h>
#include "lib/base/arena.h"

struct dockerignore {
	struct dockerignore_row {
		const char *pattern;
		bool exception; /* "!": what it matches is sent after all */
	} *rows;
	size_t n;
};

#define DOCKERIGNORE_MAX_BYTES (256 * 1024)

/* Read the text of a file; it lives in `a`. */
void
dockerignore_read(const char *text, struct arena *a,
    struct dockerignore *out);

/* Is `path`, relative to the folder, left out? The last row that matches it,
 * or a folder that it lies in, says so. */
bool
dockerignore_has(const struct dockerignore *ignore, const char *path);

#endif
