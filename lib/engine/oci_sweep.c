/*
 * oci_sweep.c - remove images that are not needed, and what was left behind.
 *
 * What somebody uses is known by its lock alone, which ends with the process
 * that holds it. An image is renamed before it is removed, so that half of one
 * is never found under its name.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define TEMPORARY ".tmp-"
#define IMAGE "sha256-"

struct image {
	const char *name;
	struct timespec used;
	int64_t bytes;
};

struct sweep {
	struct oci_store store;
	struct arena arena;
	engine_swept_fn removed;
	void *ctx;
	struct err *err;
	int rc;
	struct image *images;
	size_t n;
	int64_t bytes; /* of all images */
};

/* --- how large ------------------------------------------------------------ */

/*
 * The size is kept beside the image once it is known: a tree of a hundred
 * thousand files is measured once, and never changes. `du` by hand, because
 * its files may be closed to us: what cannot be read is not counted.
 */
static int64_t
measure(int fd, int depth)
{
	DIR *dir = depth < 200 ? fdopendir(fd) : NULL;
	struct dirent *e;
	struct stat st;
	int64_t bytes = 0;
	int below;

	if (dir == NULL) {
		close(fd);
		return 0;
	}
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0 ||
		    fstatat(dirfd(dir), e->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		bytes += (int64_t)st.st_blocks * 512 /
		    (S_ISDIR(st.st_mode) ? 1 : (int64_t)st.st_nlink);
		below = S_ISDIR(st.st_mode) ? openat(dirfd(dir), e->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (below != -1)
			bytes += measure(below, depth + 1);
	}
	closedir(dir);
	return bytes;
}

static int64_t
size_of(const struct sweep *s, const char *name)
{
	struct str path = STR_INIT, text = STR_INIT;
	long long bytes = 0;
	size_t folder;
	int fd;

	str_addf(&path, "%s/%s", s->store.dir.s, name);
	folder = path.len;
	str_add(&path, "/size");
	if (file_read(path.s, 32, &text, NULL) == 0 &&
	    str_to_int64(text.s, 0, INT64_MAX, &bytes))
		goto out;
	str_cut(&path, folder);
	fd = open(path.s, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bytes = fd != -1 ? measure(fd, 0) : 0;
	str_add(&path, "/size");
	str_clear(&text);
	str_addf(&text, "%lld", bytes);
	/* When it cannot be kept it is measured again. */
	file_replace(path.s, text.s, text.len, 0600, false, NULL);
out:
	str_release(&path);
	str_release(&text);
	return bytes;
}

/* --- removing ------------------------------------------------------------- */

/* The lock of a folder, when nobody else holds it; -1 else. */
static int
take_lock(const struct sweep *s, const char *name)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/%s/lock", s->store.dir.s, name);
	fd = oci_lock(path.s, LOCK_EX | LOCK_NB, NULL);
	str_release(&path);
	return fd;
}

static void
remove_folder(struct sweep *s, const char *name)
{
	struct str path = STR_INIT;
	struct err why = { 0 };

	str_addf(&path, "%s/%s", s->store.dir.s, name);
	if (sandbox_ids_remove_tree(&s->store.ids, path.s, &why) == 0) {
		if (s->removed != NULL)
			s->removed(s->ctx, name);
	} else {
		s->rc = err_set(s->err, why.code, "%s", why.text);
	}
	str_release(&path);
}

/* With the store's lock: whoever makes a folder holds that until the folder
 * has a lock of its own. */
static void
sweep_temporary(struct sweep *s, const char *name)
{
	struct str path = STR_INIT;
	int store, fd;

	str_addf(&path, "%s/lock", s->store.dir.s);
	store = oci_lock(path.s, LOCK_EX, NULL);
	fd = store != -1 ? take_lock(s, name) : -1;
	if (store != -1)
		close(store);
	if (fd != -1) {
		remove_folder(s, name);
		close(fd);
	}
	str_release(&path);
}

static bool
remove_image(struct sweep *s, const struct image *image)
{
	struct str from = STR_INIT, to = STR_INIT;
	int fd = take_lock(s, image->name);
	bool gone = false;

	if (fd == -1)
		return false; /* in use */
	str_addf(&from, "%s/%s", s->store.dir.s, image->name);
	str_addf(&to, "%s/" TEMPORARY "%s", s->store.dir.s, image->name);
	if (rename(from.s, to.s) == 0) {
		remove_folder(s, strrchr(to.s, '/') + 1);
		gone = true;
	}
	close(fd);
	str_release(&from);
	str_release(&to);
	return gone;
}

/* --- all of it ------------------------------------------------------------ */

static void
note_image(struct sweep *s, const char *name)
{
	struct str path = STR_INIT;
	struct image *image;
	struct stat st;

	str_addf(&path, "%s/%s/lock", s->store.dir.s, name);
	if (stat(path.s, &st) == 0) {
		image = arena_push(&s->arena, &s->images, &s->n,
		    sizeof(*image));
		image->name = arena_strdup(&s->arena, name);
		image->used = st.st_mtim;
		image->bytes = size_of(s, name);
		s->bytes += image->bytes;
	}
	str_release(&path);
}

static int
by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct image *)a)->used;
	const struct timespec *y = &((const struct image *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static void
sweep_images(struct sweep *s)
{
	int64_t max;

	if (s->n == 0) /* then there may be no store either */
		return;
	max = s->store.config->sandbox_images_max_bytes;
	if (max == 0)
		return;
	qsort(s->images, s->n, sizeof(*s->images), by_use);
	for (size_t i = 0; i < s->n && s->bytes > max; i++)
		if (remove_image(s, &s->images[i]))
			s->bytes -= s->images[i].bytes;
}

int
oci_sweep(const struct config *config, engine_swept_fn removed, void *ctx,
    struct err *err)
{
	struct sweep s = { .store = { .dir = STR_INIT },
		.arena = ARENA_INIT(0), .removed = removed, .ctx = ctx,
		.err = err };
	struct dirent *e;
	DIR *dir;

	/* Where there were no images, there are no folders for them. */
	str_addf(&s.store.dir, "%s/images", config->state_dir);
	if (access(s.store.dir.s, F_OK) == 0)
		s.rc = oci_store_open(&s.store, config, err);
	dir = s.rc == 0 ? opendir(s.store.dir.s) : NULL;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (str_starts_with(e->d_name, TEMPORARY))
			sweep_temporary(&s, e->d_name);
		else if (str_starts_with(e->d_name, IMAGE))
			note_image(&s, e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	sweep_images(&s);
	arena_release(&s.arena);
	oci_store_release(&s.store);
	return s.rc;
}
