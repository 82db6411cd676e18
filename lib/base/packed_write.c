/*
 * packed_write.c - compress a file in its place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/packed_table.h"
#include "lib/base/str.h"

#define CHUNK_BYTES 65536

struct writer {
	int in, out;
	const char *path;
	z_stream z;
	gz_header head;
	unsigned char *table; /* the extra field of the header */
	int64_t size, block, n_blocks;
};

/* Where the compressed file is written aside: ".tmp-PID-NAME.gz". */
static void
aside(const char *path, struct str *out)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	str_add_len(out, path, folder);
	str_addf(out, ".tmp-%ld-%s.gz", (long)getpid(), path + folder);
}

static void
table_begin(struct writer *w, int64_t size, int64_t mtime)
{
	size_t bytes;

	w->size = size;
	w->block = PACKED_MIN_BLOCK;
	while (packed_n_blocks(size, w->block) > PACKED_MAX_BLOCKS)
		w->block *= 2;
	w->n_blocks = packed_n_blocks(size, w->block);
	bytes = (size_t)(8 * (PACKED_FIXED + w->n_blocks));
	w->table = mem_calloc(1, PACKED_FIELD_BYTES + bytes);
	memcpy(w->table, PACKED_ID, 2);
	packed_put(w->table + 2, 2, bytes);
	packed_put(w->table + PACKED_FIELD_BYTES, 8, (uint64_t)size);
	packed_put(w->table + PACKED_FIELD_BYTES + 8, 8, (uint64_t)w->block);
	w->head.extra = w->table;
	w->head.extra_len = (unsigned)(PACKED_FIELD_BYTES + bytes);
	w->head.time = (unsigned long)mtime;
	w->head.os = 3; /* Unix */
}

/* Compress what is in the input's buffer. */
static int
put(struct writer *w, int flush, struct err *err)
{
	unsigned char buf[CHUNK_BYTES];

	do {
		w->z.next_out = buf;
		w->z.avail_out = sizeof(buf);
		if (deflate(&w->z, flush) == Z_STREAM_ERROR)
			return err_set(err, ERR_BUG, "compressing \"%s\"",
			    w->path);
		if (file_write_fd(w->out, (const char *)buf,
		    sizeof(buf) - w->z.avail_out, err) == -1)
			return -1;
	} while (w->z.avail_out == 0);
	return 0;
}

/* One block of the input, which the next one does not need. */
static int
put_block(struct writer *w, int64_t i, struct err *err)
{
	int64_t left = w->size - i * w->block;
	unsigned char buf[CHUNK_BYTES];

	if (left > w->block)
		left = w->block;
	while (left > 0) {
		ssize_t n = read(w->in, buf, left < CHUNK_BYTES ?
		    (size_t)left : CHUNK_BYTES);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "reading \"%s\"", w->path);
		if (n == 0)
			return err_set(err, ERR_IO, "\"%s\" became shorter",
			    w->path);
		w->z.next_in = buf;
		w->z.avail_in = (unsigned)n;
		left -= n;
		if (put(w, left == 0 ? Z_FULL_FLUSH : Z_NO_FLUSH, err) == -1)
			return -1;
	}
	return 0;
}

static int
put_all(struct writer *w, struct err *err)
{
	unsigned char *at = w->table + PACKED_FIELD_BYTES + 8 * PACKED_FIXED;

	for (int64_t i = 0; i < w->n_blocks; i++) {
		packed_put(at + 8 * i, 8, i > 0 ? w->z.total_out :
		    GZIP_HEAD_BYTES + w->head.extra_len);
		if (put_block(w, i, err) == -1)
			return -1;
	}
	if (put(w, Z_FINISH, err) == -1)
		return -1;
	if (pwrite(w->out, w->table, w->head.extra_len, GZIP_HEAD_BYTES) !=
	    (ssize_t)w->head.extra_len)
		return err_errno(err, "cannot write the table of \"%s.gz\"",
		    w->path);
	return 0;
}

static int
compress_file(int in, int out, const struct stat *st, const char *path,
    struct err *err)
{
	const struct timespec times[2] = { st->st_mtim, st->st_mtim };
	struct writer w = { .in = in, .out = out, .path = path };
	int rc = -1;

	table_begin(&w, st->st_size, st->st_mtime);
	if (deflateInit2(&w.z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
	    MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
		err_set(err, ERR_IO, "cannot begin to compress \"%s\"", path);
		goto out;
	}
	if (deflateSetHeader(&w.z, &w.head) == Z_OK)
		rc = put_all(&w, err);
	deflateEnd(&w.z);
	if (rc == 0 && (futimens(out, times) == -1 || fsync(out) == -1))
		rc = err_errno(err, "cannot keep \"%s\"", path);
out:
	free(w.table);
	return rc;
}

int
packed_write(const char *path, struct err *err)
{
	struct str tmp = STR_INIT, to = STR_INIT;
	int in, out = -1, rc = -1;
	struct stat st;

	aside(path, &tmp);
	str_addf(&to, "%s.gz", path);
	in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in == -1 || fstat(in, &st) == -1) {
		err_errno(err, "cannot open \"%s\"", path);
		goto out;
	}
	out = open(tmp.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, st.st_mode & 0777);
	if (out == -1) {
		err_errno(err, "cannot write \"%s\"", tmp.s);
		goto out;
	}
	rc = compress_file(in, out, &st, path, err);
	if (rc == 0 && (rename(tmp.s, to.s) == -1 || unlink(path) == -1))
		rc = err_errno(err, "cannot exchange \"%s\"", path);
	if (rc == -1)
		unlink(tmp.s);
out:
	if (in != -1)
		close(in);
	if (out != -1)
		close(out);
	str_release(&tmp);
	str_release(&to);
	return rc;
}
