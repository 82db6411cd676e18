/*
 * squeeze.h - a stream of bytes as a zstd file, and back.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BLOB_SQUEEZE_H
#define PAWL_BLOB_SQUEEZE_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"

struct squeeze;

struct squeezed {
	int64_t bytes;   /* of the file */
	int64_t content; /* before */
	char digest[65]; /* SHA-256 of the file */
};

/* A new file. */
int
squeeze_open(const char *path, struct squeeze **out, struct err *err);
int
squeeze_write(struct squeeze *s, const void *data, size_t len,
    struct err *err);
/* Write the rest; frees `s`. Without `out` (NULL): give it up, the file
 * goes. */
int
squeeze_close(struct squeeze *s, struct squeezed *out, struct err *err);

/* Returns 0, or -1 with err. */
typedef int squeeze_fn(void *ctx, const void *data, size_t len,
    struct err *err);

/* All that is in a file, in order, checked by the sums in it: what was damaged
 * ends in an error. */
int
squeeze_read(const char *path, squeeze_fn *fn, void *ctx, struct err *err);

#endif
