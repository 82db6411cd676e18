/*
 * git_sweep.c - remove mirrors that nobody has used for a long time.
 *
 * When one was used is the time of its lock, which stays when the mirror has
 * gone half, so whoever is killed here leaves work for the next one. A mirror
 * is moved away by one rename before it is removed: nobody finds half of it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"

#define LOCK ".lock"
#define GONE ".gone"

/* Under its lock. */
static int
remove_one(const char *mirror, const char *lock, struct err *err)
{
	struct str gone = STR_INIT;
	int rc = 0;

	str_addf(&gone, "%s" GONE, mirror);
	if (file_remove_tree(gone.s, err) == -1)
		rc = -1;
	else if (rename(mirror, gone.s) == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot move \"%s\" away", mirror);
	else if (file_remove_tree(gone.s, err) == -1)
		rc = -1;
	else if (unlink(lock) == -1)
		rc = err_errno(err, "cannot remove \"%s\"", lock);
	str_release(&gone);
	return rc;
}

/* 1: it is in use, or was not long ago. */
static int
look_at(const char *lock, int64_t age_s, bool act, struct err *err)
{
	struct str mirror = STR_INIT;
	struct stat st;
	int fd, rc = 1;

	fd = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return 1;
	str_add_len(&mirror, lock, strlen(lock) - strlen(LOCK));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > age_s)
		rc = act ? remove_one(mirror.s, lock, err) : 0;
	str_release(&mirror);
	close(fd);
	return rc;
}

int
git_mirrors_sweep(const char *folder, int64_t age_s, bool act,
    git_swept_fn *swept, void *ctx, struct err *err)
{
	DIR *dir = opendir(folder);
	struct str lock = STR_INIT;
	struct dirent *e;
	int rc;

	if (dir == NULL)
		return errno == ENOENT ? 0 : err_errno(err,
		    "cannot read \"%s\"", folder);
	while ((e = readdir(dir)) != NULL) {
		struct err why = { 0 };

		if (!str_ends_with(e->d_name, ".git" LOCK))
			continue;
		str_clear(&lock);
		str_addf(&lock, "%s/%s", folder, e->d_name);
		rc = look_at(lock.s, age_s, act, &why);
		if (rc != 1)
			swept(ctx, e->d_name, rc, &why);
	}
	closedir(dir);
	str_release(&lock);
	return 0;
}
