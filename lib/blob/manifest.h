/*
 * manifest.h - what an artifact holds, as JSON beside its files.
 *
 *	{"version":1,"name":"dist","files":[
 *	{"path":"bin/a","address":"bin/a","size":5,"mode":"0755",
 *	"sha256":"...","crc32":"..."}]}
 *
 * A name is bytes: `address` is exact (percent-encoded, as nginx serves it),
 * `path` for people. The SHA-256 of the manifest is the artifact's digest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BLOB_MANIFEST_H
#define PAWL_BLOB_MANIFEST_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define MANIFEST_MAX_BYTES (64 * 1024 * 1024)
#define MANIFEST_MAX_FILES 1000000

struct manifest_file {
	const char *path; /* exact */
	int64_t size;
	unsigned mode;    /* permissions */
	uint32_t crc32;
	char sha256[65];
};

struct manifest {
	const char *name;
	struct manifest_file *files;
	size_t n;
};

void
manifest_begin(struct str *out, const char *name);
void
manifest_add(struct str *out, const struct manifest_file *file);
void
manifest_end(struct str *out);

/* Read what was written. ERR_CORRUPT: paths that lead out are, too. */
int
manifest_read(const char *text, size_t len, struct arena *a,
    struct manifest *out, struct err *err);
int
manifest_load(const char *file, struct arena *a, struct manifest *out,
    struct err *err);

#endif
