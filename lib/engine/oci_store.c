/*
 * oci_store.c - the folders, names and locks of the images.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/programs.h"

bool
oci_possible(void)
{
	return program_installed("skopeo") && program_installed("umoci");
}

int
oci_store_open(struct oci_store *s, const struct config *config,
    struct err *err)
{
	struct str refs = STR_INIT;
	int rc;

	s->config = config;
	str_clear(&s->dir);
	sandbox_ids_find(config, &s->ids);
	if (config->state_dir == NULL)
		return err_set(err, ERR_INVALID, "images need a state "
		    "directory: set \"state-dir\" in the configuration");
	str_addf(&s->dir, "%s/images", config->state_dir);
	str_addf(&refs, "%s/refs", s->dir.s);
	rc = file_mkdirs(refs.s, 0700, err);
	str_release(&refs);
	return rc;
}

void
oci_store_release(struct oci_store *s)
{
	str_release(&s->dir);
}

bool
oci_digest_valid(const char *digest)
{
	return str_starts_with(digest, "sha256:") &&
	    strlen(digest) == OCI_DIGEST_SIZE - 1 &&
	    strspn(digest + 7, "0123456789abcdef") == 64;
}

/* Files unpacked for other ids are of no use to us. */
void
oci_store_path(const struct oci_store *s, const char *digest,
    struct str *out)
{
	const struct sandbox_ids *ids = &s->ids;

	str_addf(out, "%s/sha256-%s.%lu", s->dir.s, digest + 7,
	    (unsigned long)ids->uid);
	if (ids->way == SANDBOX_IDS_HELPER)
		str_addf(out, "-%" PRId64, ids->first_uid);
	else if (ids->way == SANDBOX_IDS_ONE)
		str_add(out, "-one");
}

int
oci_lock(const char *path, int how, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		return err_errno(err, "cannot open \"%s\"", path);
	while (flock(fd, how) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_BUSY, "\"%s\" is in use", path);
		else
			err_errno(err, "cannot lock \"%s\"", path);
		close(fd);
		return -1;
	}
	return fd;
}

/* --- names ---------------------------------------------------------------- */

static void
ref_path(const struct oci_store *s, const char *name, struct str *out)
{
	str_addf(out, "%s/refs/", s->dir.s);
	path_add_component(out, name);
}

bool
oci_ref_read(const struct oci_store *s, const char *name,
    struct oci_ref *ref)
{
	struct str path = STR_INIT, text = STR_INIT;
	bool good;

	ref_path(s, name, &path);
	good = file_read(path.s, 256, &text, NULL) == 0 &&
	    sscanf(text.s, "%71s %71s", ref->digest, ref->remote) == 2 &&
	    oci_digest_valid(ref->digest);
	str_release(&path);
	str_release(&text);
	return good;
}

int
oci_ref_write(const struct oci_store *s, const char *name,
    const struct oci_ref *ref, struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	ref_path(s, name, &path);
	str_addf(&text, "%s %s\n", ref->digest, ref->remote);
	rc = file_replace(path.s, text.s, text.len, 0600, true, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

int
oci_ref_lock(const struct oci_store *s, const char *name, struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	ref_path(s, name, &path);
	str_add(&path, ".lock");
	fd = oci_lock(path.s, LOCK_EX, err);
	str_release(&path);
	return fd;
}

/* --- temporary folders ---------------------------------------------------- */

/* The lock of the store is held, so that nobody takes the folder for a
 * leftover before it has its own. */
static int
make_locked(struct oci_temporary *t, struct err *err)
{
	struct str lock = STR_INIT;

	if (mkdtemp(t->dir.s) == NULL)
		return err_errno(err, "cannot make \"%s\"", t->dir.s);
	str_addf(&lock, "%s/lock", t->dir.s);
	t->lock = oci_lock(lock.s, LOCK_EX | LOCK_NB, err);
	str_release(&lock);
	return t->lock == -1 ? -1 : 0;
}

int
oci_temporary_make(const struct oci_store *s, struct oci_temporary *t,
    struct err *err)
{
	struct str path = STR_INIT;
	int store, rc;

	str_init(&t->dir);
	t->lock = -1;
	str_addf(&path, "%s/lock", s->dir.s);
	store = oci_lock(path.s, LOCK_EX, err);
	str_release(&path);
	if (store == -1)
		return -1;
	str_addf(&t->dir, "%s/.tmp-XXXXXX", s->dir.s);
	rc = make_locked(t, err);
	close(store);
	return rc;
}

int
oci_temporary_remove(const struct oci_store *s, struct oci_temporary *t,
    struct err *err)
{
	int rc = 0;

	if (t->dir.len > 0)
		rc = sandbox_ids_remove_tree(&s->ids, t->dir.s, err);
	if (t->lock != -1)
		close(t->lock);
	t->lock = -1;
	str_release(&t->dir);
	return rc;
}

/* --- images in use -------------------------------------------------------- */

int
oci_image_open(struct oci_store *s, const char *name, struct oci_image *image,
    struct err *err)
{
	struct str dir = STR_INIT, lock = STR_INIT;
	struct oci_ref ref;
	int rc = -1;

	if (!oci_ref_read(s, name, &ref))
		goto none;
	oci_store_path(s, ref.digest, &dir);
	str_addf(&lock, "%s/lock", dir.s);
	/* The lock file is made with the image: never by us. */
	if (access(lock.s, F_OK) == -1)
		goto none;
	image->lock = oci_lock(lock.s, LOCK_SH, err);
	if (image->lock == -1)
		goto out;
	/* It may have been removed while we waited. */
	if (access(lock.s, F_OK) == -1)
		goto none;
	futimens(image->lock, NULL); /* used now; the order is all it is for */
	image->dir = str_detach(&dir);
	rc = 0;
	goto out;
none:
	err_set(err, ERR_NOT_FOUND, "the image \"%s\" is not here", name);
out:
	if (rc == -1)
		oci_image_close(image);
	str_release(&dir);
	str_release(&lock);
	return rc;
}

void
oci_image_close(struct oci_image *image)
{
	if (image->lock != -1)
		close(image->lock);
	image->lock = -1;
	free(image->dir);
	image->dir = NULL;
}
