/*
 * oci.h - images for the sandbox: fetched by skopeo, unpacked by umoci, and
 * kept as plain folders that many containers share.
 *
 * Below STATE/images:
 *
 *	lock           held while temporary folders begin and are looked for
 *	refs/NAME      what an image's name stands for: its digest here and
 *	               that of the registry; NAME.lock while it is fetched
 *	sha256-...     an unpacked image: root/ (its files, with the ids of
 *	               sandbox_ids.h), config.json, lock (shared while a
 *	               container uses it; its time is that of the last use)
 *	logins/NAME    image_login.h
 *	.tmp-...       one on its way; its lock is held as long as somebody
 *	               works on it
 *
 * An image appears by rename, whole. Whoever dies leaves a .tmp- folder that
 * oci_sweep() finds.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_OCI_H
#define PAWL_ENGINE_OCI_H

#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"
#include "lib/engine/sandbox_ids.h"

struct oci_store {
	const struct config *config;
	struct sandbox_ids ids;
	struct str dir; /* STATE/images */
};

/* Find the store and make its folders. Free it in any case. */
int
oci_store_open(struct oci_store *s, const struct config *config,
    struct err *err);
void
oci_store_release(struct oci_store *s);

/* Are the programs here that images need? */
bool
oci_possible(void);

/* oci_ensure.c: as engine_ensure_image(). */
int
oci_ensure(const struct config *config, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err);

/* An image in use: nobody removes it before oci_image_close(), or the end of
 * this process. */
struct oci_image {
	char *dir; /* the unpacked image; NULL: none */
	int lock;
};
#define OCI_IMAGE_INIT { NULL, -1 }

/* oci_store.c: the image of this name, which oci_ensure() has brought;
 * ERR_NOT_FOUND when it has not. */
int
oci_image_open(struct oci_store *s, const char *name, struct oci_image *image,
    struct err *err);
void
oci_image_close(struct oci_image *image);

/* oci_config.c: what it says of itself. As engine_image_about(). */
int
oci_image_about(const struct oci_image *image, struct arena *a,
    struct image_about *out, struct err *err);

/*
 * oci_sweep.c: remove what nobody works on any more, and images, those first
 * that were not used for longest, until all together are within
 * "sandbox-images-max-bytes". Told of each folder that was removed; `err` is
 * that of the last one that could not be.
 */
int
oci_sweep(const struct config *config, engine_swept_fn removed, void *ctx,
    struct err *err);

/* --- for the files of the store ------------------------------------------- */

#define OCI_DIGEST_SIZE 72 /* "sha256:", 64 digits, NUL */
#define OCI_MAX_JSON (4u << 20)

/* Is this a digest as above? It becomes part of a path. */
bool
oci_digest_valid(const char *digest);

/* Where the image of a digest lies, with the ids of the store. */
void
oci_store_path(const struct oci_store *s, const char *digest,
    struct str *out);

/* Open and lock a file, which is made; `how` is for flock(2). The descriptor,
 * or -1 with err: ERR_BUSY when `how` says not to wait. */
int
oci_lock(const char *path, int how, struct err *err);

/* What a name stands for; `remote` is "-" when nobody asked the registry. */
struct oci_ref {
	char digest[OCI_DIGEST_SIZE];
	char remote[OCI_DIGEST_SIZE];
};
bool
oci_ref_read(const struct oci_store *s, const char *name,
    struct oci_ref *ref);
int
oci_ref_write(const struct oci_store *s, const char *name,
    const struct oci_ref *ref, struct err *err);
int
oci_ref_lock(const struct oci_store *s, const char *name, struct err *err);

/* A .tmp- folder of ours. */
struct oci_temporary {
	struct str dir;
	int lock;
};
int
oci_temporary_make(const struct oci_store *s, struct oci_temporary *t,
    struct err *err);
int
oci_temporary_remove(const struct oci_store *s, struct oci_temporary *t,
    struct err *err);

/* oci_fetch.c: what skopeo is to be asked for. */
struct oci_source {
	const char *image;  /* as the job names it */
	struct str address; /* as skopeo takes it: "docker://..." */
	bool registry;      /* one is asked */
	bool plain;         /* it may speak HTTP: it is on this host */
	const struct registry_login *login; /* NULL: none */
	struct registry_login found; /* of the configuration */
	struct arena arena;          /* of that */
};
int
oci_source_init(struct oci_source *src, const struct config *config,
    const struct image_request *request, struct err *err);
void
oci_source_release(struct oci_source *src);

/* Ask for the digest; copy to DIR/layout, with what it says of itself in
 * DIR/config.json, and tell the digest it has here. */
int
oci_fetch_digest(const struct oci_source *src, const char *dir,
    char digest[OCI_DIGEST_SIZE], struct err *err);
int
oci_fetch(const struct oci_source *src, const char *dir, int64_t max_bytes,
    char digest[OCI_DIGEST_SIZE], struct err *err);

/* oci_unpack.c: unpack DIR/layout to DIR/image/root. */
int
oci_unpack(const struct oci_store *s, const char *dir, struct err *err);

#endif
