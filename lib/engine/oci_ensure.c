/*
 * oci_ensure.c - see to it that an image is here, unpacked.
 *
 * Two locks, in this order: that of the name while it is looked up, and
 * fetched; that of the digest while it is unpacked, because two names may
 * stand for one image.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/engine/image_name.h"

struct ensure {
	struct oci_store store;
	struct oci_source source;
	const struct image_request *request;
	engine_progress_fn progress;
	void *ctx;
	struct oci_ref ref;
	struct oci_temporary temporary;
};

static void
tell(const struct ensure *e, const char *what)
{
	struct str line = STR_INIT;

	str_addf(&line, "%s the image \"%s\"", what, e->request->image);
	if (e->progress != NULL)
		e->progress(e->ctx, line.s);
	str_release(&line);
}

/* Here, and in use by us for a moment, so that nobody removes it before its
 * container starts: the time of its last use is now. */
static bool
is_here(struct ensure *e)
{
	struct oci_image image = OCI_IMAGE_INIT;
	bool here = oci_image_open(&e->store, e->request->image, &image,
	    NULL) == 0;

	oci_image_close(&image);
	return here;
}

static int
ask_digest(void *ctx, struct err *err)
{
	struct ensure *e = ctx;

	return oci_fetch_digest(&e->source, e->temporary.dir.s,
	    e->ref.remote, err);
}

static int
fetch(void *ctx, struct err *err)
{
	struct ensure *e = ctx;

	return oci_fetch(&e->source, e->temporary.dir.s,
	    e->store.config->sandbox_images_max_bytes, e->ref.digest, err);
}

/* The folder of the temporary one that becomes the image. Its lock stands in
 * it from the beginning. */
static int
make_image_folder(const struct ensure *e, struct err *err)
{
	struct str path = STR_INIT;
	int rc, fd;

	str_addf(&path, "%s/image", e->temporary.dir.s);
	rc = file_mkdirs(path.s, 0755, err);
	str_add(&path, "/lock");
	fd = rc == 0 ? oci_lock(path.s, LOCK_SH, err) : -1;
	if (fd != -1)
		close(fd);
	str_release(&path);
	return fd == -1 ? -1 : 0;
}

static int
unpack_as(struct ensure *e, const char *path, struct err *err)
{
	struct str made = STR_INIT;
	int rc;

	if (access(path, F_OK) == 0)
		return 0; /* another name for it, or another attempt */
	tell(e, "unpacking");
	rc = oci_unpack(&e->store, e->temporary.dir.s, err);
	str_addf(&made, "%s/image", e->temporary.dir.s);
	/* Ours again; what is in it keeps its owners. */
	if (rc == 0 && geteuid() == 0 && chown(made.s, 0, 0) == -1)
		rc = err_errno(err, "cannot take back \"%s\"", made.s);
	if (rc == 0 && rename(made.s, path) == -1)
		rc = err_errno(err, "cannot name \"%s\"", path);
	str_release(&made);
	return rc;
}

static int
unpack(struct ensure *e, struct err *err)
{
	struct str path = STR_INIT, lock = STR_INIT;
	int fd, rc = -1;

	oci_store_path(&e->store, e->ref.digest, &path);
	str_addf(&lock, "%s/refs/%s.lock", e->store.dir.s,
	    strrchr(path.s, '/') + 1);
	fd = oci_lock(lock.s, LOCK_EX, err);
	if (fd != -1) {
		rc = unpack_as(e, path.s, err);
		close(fd);
	}
	str_release(&path);
	str_release(&lock);
	return rc;
}

static int
bring(struct ensure *e, struct err *err)
{
	struct oci_ref known;
	bool here = is_here(e), always = e->request->pull == IMAGE_PULL_ALWAYS;
	int rc;

	if (oci_temporary_make(&e->store, &e->temporary, err) == -1 ||
	    make_image_folder(e, err) == -1)
		return -1;
	snprintf(e->ref.remote, sizeof(e->ref.remote), "-");
	if (always && image_fetch_retried(ask_digest, e, e->progress, e->ctx,
	    err) == -1)
		return -1;
	if (here && always && oci_ref_read(&e->store, e->request->image,
	    &known) && strcmp(known.remote, e->ref.remote) == 0)
		return 0;
	tell(e, "pulling");
	rc = image_fetch_retried(fetch, e, e->progress, e->ctx, err);
	if (rc == 0)
		rc = unpack(e, err);
	if (rc == 0)
		rc = oci_ref_write(&e->store, e->request->image, &e->ref,
		    err);
	return rc;
}

static int
ensure_locked(struct ensure *e, struct err *err)
{
	int rc;

	if (e->request->pull != IMAGE_PULL_ALWAYS && is_here(e))
		return 0;
	if (e->request->pull == IMAGE_PULL_NEVER)
		return err_set(err, ERR_NOT_FOUND, "the image \"%s\" is not "
		    "here, and is not to be pulled", e->request->image);
	rc = bring(e, err);
	if (oci_temporary_remove(&e->store, &e->temporary,
	    rc == 0 ? err : NULL) == -1)
		rc = -1;
	return rc;
}

int
oci_ensure(const struct config *config, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct ensure e = { .store = { .dir = STR_INIT },
		.source = { .address = STR_INIT, .arena = ARENA_INIT(0) },
		.request = request, .progress = progress,
		.ctx = ctx, .temporary = { STR_INIT, -1 } };
	int lock = -1, rc = -1;

	if (oci_source_init(&e.source, config, request, err) == 0 &&
	    oci_store_open(&e.store, config, err) == 0)
		lock = oci_ref_lock(&e.store, request->image, err);
	if (lock != -1) {
		rc = ensure_locked(&e, err);
		close(lock);
	}
	oci_source_release(&e.source);
	oci_store_release(&e.store);
	return rc;
}
