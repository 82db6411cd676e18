/*
 * zip.h - plain files as one zip archive, made while it is sent.
 *
 * Nothing is compressed, so the length is known before the first byte, and
 * what an archive of large files costs is the reading of them. Its form:
 * PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4, without zip64.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_ZIP_H
#define PAWL_RENDER_ZIP_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"

struct zip_entry {
	const char *path; /* in the archive */
	const char *file; /* on the disk */
	int64_t size;
	uint32_t crc32;
	unsigned mode;    /* permissions */
};

/* Bytes of the whole. ERR_TOO_LARGE: over 4 GiB, or 65,535 files. */
int
zip_length(const struct zip_entry *entries, size_t n, int64_t *bytes,
    struct err *err);

/* Write it; `put` returns -1 to end it. A file that has changed meanwhile is
 * an error: what was sent then is short, and no archive. */
typedef int zip_put_fn(void *to, const char *data, size_t len);
int
zip_write(const struct zip_entry *entries, size_t n, zip_put_fn *put,
    void *to, struct err *err);

#endif
