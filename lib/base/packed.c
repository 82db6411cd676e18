/*
 * packed.c - reading finished files that are kept compressed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/mem.h"
#include "lib/base/packed_table.h"
#include "lib/base/str.h"

#define IN_BYTES 32768

struct packed {
	int fd;
	bool plain;
	int64_t file_size;
	int64_t pos;            /* of what packed_read() gives next */
	z_stream z;
	bool raw;               /* begun in the middle: no header, no end */
	bool ended;             /* a member has ended */
	int64_t size, block;    /* of the table; size -1: there is none */
	int64_t *blocks, n_blocks;
	unsigned char in[IN_BYTES];
};

/* Is this a table that packed_write() can have made for such a file? */
static bool
table_fits(struct packed *p, const unsigned char *field, size_t len)
{
	uint64_t size, block;

	if (len < 8 * PACKED_FIXED)
		return false;
	size = packed_get(field, 8);
	block = packed_get(field + 8, 8);
	if (size > INT64_MAX || block > INT64_MAX ||
	    block < (uint64_t)PACKED_MIN_BLOCK)
		return false;
	p->n_blocks = packed_n_blocks((int64_t)size, (int64_t)block);
	if (p->n_blocks > PACKED_MAX_BLOCKS ||
	    len != 8 * (size_t)(PACKED_FIXED + p->n_blocks))
		return false;
	p->size = (int64_t)size;
	p->block = (int64_t)block;
	return true;
}

static void
table_take(struct packed *p, const unsigned char *field, size_t len)
{
	int64_t last = 0;

	if (!table_fits(p, field, len))
		return;
	p->blocks = mem_calloc((size_t)p->n_blocks + 1, sizeof(*p->blocks));
	for (int64_t i = 0; i < p->n_blocks; i++) {
		uint64_t at = packed_get(field + 8 * (PACKED_FIXED + i), 8);

		if (at <= (uint64_t)last || at >= (uint64_t)p->file_size) {
			p->size = -1;
			return;
		}
		p->blocks[i] = last = (int64_t)at;
	}
}

/* Look for our extra field; a file without one is read from its beginning. */
static void
table_read(struct packed *p)
{
	unsigned char head[GZIP_HEAD_BYTES], *extra;
	size_t len, field;

	if (pread(p->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    head[0] != 0x1f || head[1] != 0x8b ||
	    (head[3] & GZIP_EXTRA_FLAG) == 0)
		return;
	len = packed_get(head + 10, 2);
	extra = mem_calloc(1, len + 1);
	if (pread(p->fd, extra, len, GZIP_HEAD_BYTES) == (ssize_t)len) {
		for (size_t at = 0; at + PACKED_FIELD_BYTES <= len;
		    at += PACKED_FIELD_BYTES + field) {
			field = packed_get(extra + at + 2, 2);
			if (field > len - at - PACKED_FIELD_BYTES)
				break;
			if (memcmp(extra + at, PACKED_ID, 2) == 0) {
				table_take(p, extra + at + PACKED_FIELD_BYTES,
				    field);
				break;
			}
		}
	}
	free(extra);
}

static int
open_either(const char *path, bool *plain)
{
	struct str packed = STR_INIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*plain = fd != -1;
	str_addf(&packed, "%s.gz", path);
	if (fd == -1 && errno == ENOENT)
		fd = open(packed.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	str_release(&packed);
	return fd;
}

int
packed_open(const char *path, struct packed **out, struct err *err)
{
	struct packed *p = mem_calloc(1, sizeof(*p));
	struct stat st;

	p->size = -1;
	p->plain = true;
	p->fd = open_either(path, &p->plain);
	if (p->fd == -1 || fstat(p->fd, &st) == -1) {
		err_errno(err, "opening %s", path);
		goto fail;
	}
	p->file_size = st.st_size;
	if (!p->plain && inflateInit2(&p->z, MAX_WBITS + 16) != Z_OK) {
		p->plain = true;
		err_set(err, ERR_IO, "cannot read %s", path);
		goto fail;
	}
	if (!p->plain)
		table_read(p);
	*out = p;
	return 0;
fail:
	packed_close(p);
	return -1;
}

int64_t
packed_size(const struct packed *p)
{
	struct stat st;

	if (!p->plain)
		return p->size;
	return fstat(p->fd, &st) == 0 ? st.st_size : p->file_size;
}

/* More of the compressed bytes: 1, 0 at their end, -1. */
static int
fill(struct packed *p, struct err *err)
{
	ssize_t n;

	if (p->z.avail_in > 0)
		return 1;
	do {
		n = read(p->fd, p->in, sizeof(p->in));
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_errno(err, "reading a compressed file");
	p->z.next_in = p->in;
	p->z.avail_in = (unsigned)n;
	return n > 0;
}

static int
broken(struct err *err, const char *why)
{
	return err_set(err, ERR_IO, "a compressed file cannot be read: %s",
	    why);
}

static ssize_t
inflate_some(struct packed *p, char *buf, size_t size, struct err *err)
{
	unsigned want = size < INT_MAX ? (unsigned)size : INT_MAX;

	p->z.next_out = (unsigned char *)buf;
	p->z.avail_out = want;
	while (want > 0 && p->z.avail_out == want) {
		int rc = p->raw && p->ended ? 0 : fill(p, err);

		if (rc == -1)
			return -1;
		if (rc == 0)
			return p->ended ? 0 : broken(err, "its end is "
			    "missing");
		if (p->ended) { /* what another program put behind it */
			inflateReset(&p->z);
			p->ended = false;
		}
		rc = inflate(&p->z, Z_NO_FLUSH);
		p->ended = rc == Z_STREAM_END;
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return broken(err, p->z.msg != NULL ? p->z.msg :
			    "it is damaged");
	}
	return want - p->z.avail_out;
}

ssize_t
packed_read(struct packed *p, char *buf, size_t size, struct err *err)
{
	ssize_t n;

	if (!p->plain) {
		n = inflate_some(p, buf, size, err);
	} else {
		do {
			n = pread(p->fd, buf, size, p->pos);
		} while (n == -1 && errno == EINTR);
		if (n == -1)
			return err_errno(err, "reading a log");
	}
	if (n > 0)
		p->pos += n;
	return n;
}

/* Begin again at a block; without a table at the first byte. */
static int
restart(struct packed *p, int64_t block, struct err *err)
{
	p->raw = p->size != -1;
	p->ended = false;
	p->z.avail_in = 0;
	if (inflateReset2(&p->z, p->raw ? -MAX_WBITS : MAX_WBITS + 16) !=
	    Z_OK || lseek(p->fd, p->raw ? p->blocks[block] : 0, SEEK_SET) ==
	    -1)
		return broken(err, "it cannot be read from its middle");
	p->pos = p->raw ? block * p->block : 0;
	return 0;
}

int
packed_seek(struct packed *p, int64_t offset, struct err *err)
{
	char skipped[IN_BYTES];
	ssize_t n = 1;

	if (p->plain || (p->size != -1 && offset >= p->size)) {
		p->pos = offset;
		p->ended = p->raw = true;
		return 0;
	}
	if ((offset < p->pos || (p->size != -1 &&
	    offset / p->block != p->pos / p->block)) &&
	    restart(p, p->size != -1 ? offset / p->block : 0, err) == -1)
		return -1;
	while (n > 0 && p->pos < offset) {
		int64_t left = offset - p->pos;

		n = packed_read(p, skipped, left < IN_BYTES ? (size_t)left :
		    IN_BYTES, err);
	}
	return n == -1 ? -1 : 0;
}

void
packed_close(struct packed *p)
{
	if (p == NULL)
		return;
	if (!p->plain)
		inflateEnd(&p->z);
	if (p->fd != -1)
		close(p->fd);
	free(p->blocks);
	free(p);
}
