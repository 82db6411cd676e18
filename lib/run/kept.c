/*
 * kept.c - workspaces of failed jobs: listed, locked, removed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/engine/engine.h"

static int
open_about(const char *path)
{
	struct str about = STR_INIT;
	int fd;

	str_addf(&about, "%s/" KEPT_ABOUT, path);
	fd = open(about.s, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	str_release(&about);
	return fd;
}

int
kept_lock(const char *path, struct err *err)
{
	struct stat opened, there;
	struct str about = STR_INIT;
	int fd = open_about(path), rc = -1;

	if (fd == -1)
		return err_set(err, ERR_NOT_FOUND, "the workspace is not kept "
		    "(any more)");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		err_set(err, errno == EWOULDBLOCK ? ERR_CONFLICT : ERR_IO,
		    "somebody is looking into the workspace already");
		goto out;
	}
	/* It may have been removed before we had the lock. */
	str_addf(&about, "%s/" KEPT_ABOUT, path);
	if (stat(about.s, &there) == 0 && fstat(fd, &opened) == 0 &&
	    there.st_ino == opened.st_ino)
		rc = 0;
	else
		err_set(err, ERR_NOT_FOUND, "the workspace is not kept any "
		    "more");
out:
	str_release(&about);
	if (rc == 0)
		return fd;
	close(fd);
	return -1;
}

bool
kept_is_locked(const char *path)
{
	int fd = open_about(path);
	bool locked;

	if (fd == -1)
		return false;
	locked = flock(fd, LOCK_EX | LOCK_NB) == -1;
	close(fd);
	return locked;
}

static int
by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->until_ms < y->until_ms ? -1 : x->until_ms > y->until_ms;
}

/* A folder of this kind, or something else? */
static bool
read_name(const char *name, int64_t *job, int *attempt)
{
	int used = 0;

	return sscanf(name, "%" SCNd64 "-%d%n", job, attempt, &used) == 2 &&
	    name[used] == '\0';
}

/* All folders; what cannot be read has no run. */
static int
list(const char *state_dir, struct arena *a, struct kept **out, size_t *n,
    struct err *err)
{
	const char *folder = arena_printf(a, "%s/" KEPT_FOLDER, state_dir);
	DIR *dir = opendir(folder);
	struct dirent *entry;

	*out = NULL;
	*n = 0;
	if (dir == NULL)
		return errno == ENOENT ? 0 : err_errno(err,
		    "cannot read the folder \"%s\"", folder);
	while ((entry = readdir(dir)) != NULL) {
		struct err ignored = { 0 };
		struct kept k = { 0 }, *one;
		int64_t job;
		int attempt;

		if (!read_name(entry->d_name, &job, &attempt))
			continue;
		one = arena_push(a, out, n, sizeof(*one));
		*one = (struct kept) { 0 };
		if (kept_read(arena_printf(a, "%s/%s", folder,
		    entry->d_name), a, &k, &ignored) == 0)
			*one = k;
		one->path = arena_printf(a, "%s/%s", folder, entry->d_name);
		one->job = job;
		one->attempt = attempt;
	}
	closedir(dir);
	if (*n > 1)
		qsort(*out, *n, sizeof(**out), by_age);
	return 0;
}

int
kept_list(const char *state_dir, struct arena *a, struct kept **out,
    size_t *n, struct err *err)
{
	size_t good = 0;

	if (list(state_dir, a, out, n, err) == -1)
		return -1;
	for (size_t i = 0; i < *n; i++)
		if ((*out)[i].run != NULL)
			(*out)[good++] = (*out)[i];
	*n = good;
	return 0;
}

/* Nobody may come to use it meanwhile. */
static int
remove_one(const struct config *config, const struct kept *k, struct err *err)
{
	struct err why = { 0 };
	int fd = k->run != NULL ? kept_lock(k->path, &why) : -1, rc;

	if (k->run != NULL && fd == -1)
		return why.code == ERR_NOT_FOUND ? 0 : 1;
	rc = engine_remove_folder(config, k->path, err);
	if (fd != -1)
		close(fd);
	return rc;
}

int
kept_sweep(const struct config *config, int64_t max_bytes, kept_removed_fn fn,
    void *ctx, struct err *err)
{
	int64_t now = clock_now_ms(), total = 0;
	struct arena a = ARENA_INIT(0);
	struct kept *all;
	size_t n;
	int rc = list(config->state_dir, &a, &all, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		total += all[i].bytes;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (all[i].until_ms > now && total <= max_bytes)
			continue;
		rc = remove_one(config, &all[i], err);
		if (rc == 0) {
			total -= all[i].bytes;
			if (fn != NULL)
				fn(ctx, all[i].job, all[i].attempt);
		}
		rc = rc == -1 ? -1 : 0;
	}
	/* While it is there, pawl-workerd has it looked after. */
	(void)rmdir(arena_printf(&a, "%s/" KEPT_FOLDER, config->state_dir));
	arena_release(&a);
	return rc;
}
