/*
 * tar.h - archives in the format of tar (POSIX.1-2001, "pax"), as a stream.
 *
 * Only what Pawl itself puts there: plain files, folders and symbolic links.
 * Whatever else a stream holds is malformed, since it may come from a job.
 * Both ends use it, the job's process and pawl-init, so nothing here needs
 * anything but the C library.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_TAR_H
#define PAWL_BASE_TAR_H

#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK 512
#define TAR_PATH_MAX 4095 /* bytes of a path or a link's target */

enum tar_kind { TAR_FILE, TAR_FOLDER, TAR_LINK };

struct tar_entry {
	enum tar_kind kind;
	unsigned mode;   /* permissions, 0 to 0777 */
	int64_t size;    /* of a file; its bytes follow, then tar_padding() */
	int64_t mtime_s;
	char path[TAR_PATH_MAX + 1]; /* relative, without "/" at its end */
	char target[TAR_PATH_MAX + 1]; /* of a link */
};

/* Bytes to the next whole block. */
size_t
tar_padding(int64_t size);

/* The header of an entry, with all that stands before its bytes. Returns how
 * many of `out` are used. */
#define TAR_HEADER_MAX (2 * TAR_BLOCK + 3 * (TAR_PATH_MAX + 64))
size_t
tar_header(const struct tar_entry *e, unsigned char *out);

/* The end of an archive is so many zero bytes. */
#define TAR_END_BYTES (2 * TAR_BLOCK)

/* Fill `buf` from the stream: 1 when all `len` bytes came, 0 when the stream
 * ended before the first of them, -1 otherwise, with errno. */
typedef int tar_fill_fn(void *ctx, void *buf, size_t len);

/*
 * Read the next header. 1: an entry; its path is one that tar_path_is_safe()
 * takes. 0: the end that the writer has put there. -1 with errno: EPROTO when
 * the stream is malformed or ends too early.
 */
int
tar_next(tar_fill_fn *fill, void *ctx, struct tar_entry *e);

/* A relative path without empty parts, "." and "..". */
int
tar_path_is_safe(const char *path);

#endif
