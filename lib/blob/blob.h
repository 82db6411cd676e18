/*
 * blob.h - files under names, kept for long: in a folder, or in a bucket of an
 * S3 service, behind one table of functions.
 *
 * Names are relative paths without "." and "..". A name has all of its bytes
 * or is not there: whatever is under way is not seen.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BLOB_BLOB_H
#define PAWL_BLOB_BLOB_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"

#define BLOB_NAME_MAX_BYTES 1024 /* S3's */

struct blob_store;

struct blob_info {
	const char *name;
	int64_t size;
};
/* Returns 0, or -1 to stop. */
typedef int blob_fn(void *ctx, const struct blob_info *info);

/* A folder; it is made when it is not there. */
int
blob_open_folder(const char *path, struct blob_store **out, struct err *err);

/* What the configuration says of S3. ERR_INVALID names the key that is
 * missing. */
int
blob_open_s3(const struct config *config, struct blob_store **out,
    struct err *err);

void
blob_close(struct blob_store *s); /* NULL is fine */

/*
 * Keep a file under a name, over one that is there. With `take` the file may
 * be moved; it is gone afterwards, unless this fails.
 *
 * S3: what is the network's fault is tried 5 times, with pauses of 1, 2, 4 and
 * 8 s; a file has at most 5 GiB (ERR_TOO_LARGE). ERR_UNAVAILABLE, ERR_DENIED.
 */
int
blob_put(struct blob_store *s, const char *name, const char *file, bool take,
    struct err *err);

/* Make a file of it, whole or not at all; its folder is made. ERR_NOT_FOUND. */
int
blob_get(struct blob_store *s, const char *name, const char *file,
    struct err *err);

/* 1 and its size, or 0: it is not there. */
int
blob_stat(struct blob_store *s, const char *name, int64_t *size,
    struct err *err);

/* All whose names begin so, in no order. */
int
blob_list(struct blob_store *s, const char *prefix, blob_fn *fn, void *ctx,
    struct err *err);

/* One that is not there is success. */
int
blob_remove(struct blob_store *s, const char *name, struct err *err);

#endif
