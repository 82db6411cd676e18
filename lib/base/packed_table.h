/*
 * packed_table.h - where one can begin to read in a compressed file.
 *
 * packed_write() forgets all it has seen after each block (a full flush), and
 * notes where the next one begins. The table stands in the header of the file,
 * in an extra field of its own (RFC 1952, section 2.3.1.1), so that the file
 * is a gzip file of one member as any other: browsers show only the first
 * member of several.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_PACKED_TABLE_H
#define PAWL_BASE_PACKED_TABLE_H

#include <stdint.h>
#include <string.h>

/* The fixed part of a gzip header with the length of its extra field. */
#define GZIP_HEAD_BYTES 12
#define GZIP_EXTRA_FLAG 4

/* The extra field: two letters, its length, then numbers of 8 bytes, the
 * lowest byte first: the size before, the size of a block, and where each
 * block begins. */
#define PACKED_ID "PW"
#define PACKED_FIELD_BYTES 4
#define PACKED_FIXED 2
/* So that it is no longer than the 65,535 bytes that such a field can have. */
#define PACKED_MAX_BLOCKS 8000
#define PACKED_MIN_BLOCK ((int64_t)128 * 1024)

static inline void
packed_put(unsigned char *to, int bytes, uint64_t n)
{
	for (int i = 0; i < bytes; i++, n >>= 8)
		to[i] = n & 0xff;
}

static inline uint64_t
packed_get(const unsigned char *from, int bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | from[bytes];
	return n;
}

static inline int64_t
packed_n_blocks(int64_t size, int64_t block)
{
	return size == 0 ? 0 : (size - 1) / block + 1;
}

#endif
