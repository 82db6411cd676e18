/*
 * ops.h - what a backend of lib/blob has to bring. Names have been checked.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BLOB_OPS_H
#define PAWL_BLOB_OPS_H

#include "lib/base/str.h"
#include "lib/blob/blob.h"

struct blob_ops {
	int (*put)(struct blob_store *s, const char *name, const char *file,
	    bool take, struct err *err);
	int (*get)(struct blob_store *s, const char *name, const char *file,
	    struct err *err);
	int (*stat)(struct blob_store *s, const char *name, int64_t *size,
	    struct err *err);
	int (*list)(struct blob_store *s, const char *prefix, blob_fn *fn,
	    void *ctx, struct err *err);
	int (*remove)(struct blob_store *s, const char *name,
	    struct err *err);
	void (*close)(struct blob_store *s);
};

/* The first member of each backend's own. */
struct blob_store {
	const struct blob_ops *ops;
};

/* copy.c: make `to` of `from`, aside and renamed; shares its blocks where the
 * file system can (FICLONE). Folders above are made. */
int
blob_copy(const char *from, const char *to, struct err *err);

/* copy.c: the name that a file has until it is complete. */
void
blob_temporary(struct str *out, const char *file);

/* s3_xml.c: one page of ListObjectsV2 with encoding-type=url. `token` gets the
 * place of the next page, "" at the last. ERR_INVALID when it is none. */
int
blob_s3_list(const char *text, blob_fn *fn, void *ctx, struct str *token,
    struct err *err);

/* s3_xml.c: what an answer says was wrong, "CODE: MESSAGE", or nothing. */
void
blob_s3_problem(const char *text, struct str *out);

#endif
