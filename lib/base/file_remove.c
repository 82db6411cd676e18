/*
 * file_remove.c - rm -rf that follows nothing.
 *
 * Every step is relative to the descriptor of the folder that was opened
 * with O_NOFOLLOW, so a tree that changes under our feet cannot lead out of
 * itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper trees than this are refused: each level holds a descriptor. */
#define MAX_DEPTH 1000

static int
remove_content(DIR *dir, int depth, struct err *err);

/* Open a folder for reading; without the right to, give it to ourselves. */
static DIR *
open_folder(int parent, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	DIR *dir;
	int fd;

	fd = openat(parent, name, flags);
	if (fd == -1 && errno == EACCES &&
	    fchmodat(parent, name, 0700, 0) == 0)
		fd = openat(parent, name, flags);
	if (fd == -1)
		return NULL;
	dir = fdopendir(fd);
	if (dir == NULL)
		close(fd);
	return dir;
}

/* Remove one entry of `parent`; one that is gone already is fine. */
static int
remove_entry(int parent, const char *name, int depth, struct err *err)
{
	DIR *dir;
	int rc;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(err, "cannot remove \"%s\"", name);
	dir = open_folder(parent, name);
	if (dir == NULL)
		return errno == ENOENT ? 0 :
		    err_errno(err, "cannot remove \"%s\"", name);
	rc = remove_content(dir, depth + 1, err);
	closedir(dir);
	if (rc == 0 && unlinkat(parent, name, AT_REMOVEDIR) == -1 &&
	    errno != ENOENT)
		rc = err_errno(err, "cannot remove the folder \"%s\"", name);
	return rc == -1 ? err_wrap(err, "in \"%s\"", name) : 0;
}

static int
remove_content(DIR *dir, int depth, struct err *err)
{
	struct dirent *entry;
	struct stat st;

	if (depth > MAX_DEPTH)
		return err_set(err, ERR_TOO_LARGE,
		    "folders are nested deeper than %d", MAX_DEPTH);
	/* Removing entries needs the right to write here. */
	if (fstat(dirfd(dir), &st) == 0 && (st.st_mode & 0700) != 0700)
		fchmod(dirfd(dir), st.st_mode | 0700);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (remove_entry(dirfd(dir), entry->d_name, depth, err) == -1)
			return -1;
	}
	return 0;
}

int
file_remove_tree(const char *path, struct err *err)
{
	return remove_entry(AT_FDCWD, path, 0, err);
}
