/*
 * variables.h - "$NAME", "${NAME}" and "${NAME:-text}" in texts that no shell
 * reads, such as the name of an image. In commands they are the shell's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_VARIABLES_H
#define PAWL_PIPELINE_VARIABLES_H

#include <stdbool.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

/* Of a text with its variables in place. */
#define VARIABLES_MAX_BYTES (64 * 1024)

struct variables {
	/* The value of a name, or NULL: there is none. */
	const char *(*find)(void *ctx, const char *name);
	void *ctx;
	bool strict; /* a name without a value is an error */
};

/*
 * Put values in the place of names ([A-Za-z_][A-Za-z0-9_]*). With ":-text",
 * the text stands for a name that has no value or an empty one; it ends at
 * the first "}". Values are not looked into again. What is not of one of
 * these forms stays as it is, and so does a name without a value, unless
 * `strict`.
 *
 * Returns 0 with `*out` in `a`; or -1 with ERR_INVALID, which lists all names
 * without a value, or ERR_TOO_LARGE.
 */
int
variables_expand(const char *text, const struct variables *v,
    struct arena *a, const char **out, struct err *err);

/* The first "${" that is none of these forms, or NULL: for lint. */
const char *
variables_wrong(const char *text);

#endif
