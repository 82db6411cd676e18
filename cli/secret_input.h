/*
 * secret_input.h - a secret from a file, standard input or the keyboard.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_SECRET_INPUT_H
#define PAWL_CLI_SECRET_INPUT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

/*
 * Read one of at most `max` bytes. `path` NULL or "-" is standard input; on a
 * terminal `name` is asked for, and what is typed is not shown. One newline at
 * the end is dropped. Lives in `a`.
 */
int
secret_input(const char *path, const char *name, size_t max,
    struct arena *a, const char **out, struct err *err);

/* NAME=VALUE lines of a file; see pairs.h for their grammar. */
struct secret_pair {
	const char *name, *value;
};
int
secret_file(const char *path, struct arena *a, struct secret_pair **out,
    size_t *n, struct err *err);

#endif
