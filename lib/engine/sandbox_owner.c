/*
 * sandbox_owner.c - give a tree to the user that the sandbox runs as.
 *
 * A file with a second name may belong to somebody else as well (a checkout
 * can share its files with the mirror): giving it away would let the job
 * write there. It gets a copy of its own instead.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each level holds a descriptor. */
#define MAX_DEPTH 400

#define COPY_NAME ".pawl-copy"

static int
copy_content(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, 1 << 24);
	while (n > 0 || (n == -1 && errno == EINTR));
	return n == 0 ? 0 : -1;
}

/* Replace a file by a copy with this name only. */
static int
separate(int dir, const char *name, const struct stat *st)
{
	int from, to = -1, rc = -1;

	from = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (from == -1)
		return -1;
	to = openat(dir, COPY_NAME,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to == -1)
		goto out;
	if (copy_content(from, to) == 0 &&
	    fchmod(to, st->st_mode & 07777) == 0 &&
	    renameat(dir, COPY_NAME, dir, name) == 0)
		rc = 0;
	else
		unlinkat(dir, COPY_NAME, 0);
out:
	close(from);
	if (to != -1)
		close(to);
	return rc;
}

static int
own_folder(int fd, const struct sandbox_user *user, int depth);

static int
own_entry(int dir, const char *name, const struct sandbox_user *user,
    int depth)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (S_ISREG(st.st_mode) && st.st_nlink > 1 &&
	    separate(dir, name, &st) == -1)
		return -1;
	if (fchownat(dir, name, user->uid, user->gid, AT_SYMLINK_NOFOLLOW) ==
	    -1)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return 0;
	fd = openat(dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd == -1 ? -1 : own_folder(fd, user, depth + 1);
}

/* Takes the descriptor. */
static int
own_folder(int fd, const struct sandbox_user *user, int depth)
{
	DIR *dir = depth < MAX_DEPTH ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL) {
		if (depth >= MAX_DEPTH)
			errno = ENAMETOOLONG;
		close(fd);
		return -1;
	}
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = own_entry(dirfd(dir), entry->d_name, user, depth);
	closedir(dir);
	return rc;
}

int
sandbox_own(const char *path, const struct sandbox_user *user,
    struct err *err)
{
	int fd;

	if (!user->change)
		return 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return err_errno(err, "cannot open \"%s\"", path);
	if (fchown(fd, user->uid, user->gid) == -1) {
		err_errno(err, "cannot give \"%s\" to the sandbox", path);
		close(fd);
		return -1;
	}
	if (own_folder(fd, user, 0) == -1)
		return err_errno(err, "cannot give the files in \"%s\" to the "
		    "sandbox", path);
	return 0;
}
