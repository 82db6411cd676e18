/*
 * packed.h - finished files that are kept compressed: NAME.gz in place of
 * NAME (RFC 1952), as nginx serves them under the name without ".gz".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_PACKED_H
#define PAWL_BASE_PACKED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/err.h"

/*
 * Compress a file in its place, its time kept. The new file is complete and on
 * the disk before the old one goes; a kill in between leaves both, or a
 * ".tmp-" file, and the next call mends that.
 */
int
packed_write(const char *path, struct err *err);

/* Read one by the name that it had. ERR_NOT_FOUND: neither is there. What is
 * not compressed is read as it is. */
struct packed;
int
packed_open(const char *path, struct packed **out, struct err *err);
/* Bytes; 0 at the end, -1. */
ssize_t
packed_read(struct packed *p, char *buf, size_t size, struct err *err);
void
packed_close(struct packed *p); /* NULL is fine */

#endif
