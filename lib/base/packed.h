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

/* How many bytes it has, before it was compressed; of what another program has
 * compressed -1: reading tells. */
int64_t
packed_size(const struct packed *p);

/*
 * Read on from this byte; beyond the end nothing comes. Of what packed_write()
 * made at most a block in front of it is read; what others made is read from
 * its beginning.
 */
int
packed_seek(struct packed *p, int64_t offset, struct err *err);

#endif
