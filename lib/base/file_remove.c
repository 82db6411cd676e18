/*
 * file_remove.c - rm -rf that follows nothing.
 *
 * Every step is relative to the descriptor of the folder that was opened
 * with O_NOFOLLOW, so a tree that changes under our feet cannot lead out of
 * itself.
 *
 * Each level holds a descriptor, and a tree may be deeper than there are
 * descriptors: a folder below MAX_DEPTH is moved up to the top, where its own
 * turn comes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 100

/* The folder that is being removed. */
struct removal {
	int top;          /* its descriptor; -1 while it is not open */
	unsigned n_moved; /* folders that were moved up to it */
};

static int
remove_content(struct removal *r, DIR *dir, int depth, struct err *err);

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

/* Move a folder that is too deep up to the top, under a name that nothing has
 * there. Its ".." changes with that, which needs the right to write to it. */
static int
move_up(struct removal *r, int parent, const char *name, struct err *err)
{
	char to[32];
	bool opened = false;

	for (;;) {
		snprintf(to, sizeof(to), ".deep-%u", r->n_moved++);
		if (renameat(parent, name, r->top, to) == 0 ||
		    errno == ENOENT)
			return 0;
		if (errno == EACCES && !opened) {
			opened = true;
			if (fchmodat(parent, name, 0700, 0) == 0)
				continue;
		}
		if (errno != EEXIST && errno != ENOTEMPTY &&
		    errno != ENOTDIR)
			return err_errno(err, "cannot move the folder \"%s\" "
			    "to remove it", name);
	}
}

/* Remove one entry of `parent`; one that is gone already is fine. */
static int
remove_entry(struct removal *r, int parent, const char *name, int depth,
    struct err *err)
{
	DIR *dir;
	int rc;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(err, "cannot remove \"%s\"", name);
	if (depth == MAX_DEPTH)
		return move_up(r, parent, name, err);
	dir = open_folder(parent, name);
	if (dir == NULL)
		return errno == ENOENT ? 0 :
		    err_errno(err, "cannot remove \"%s\"", name);
	if (depth == 0)
		r->top = dirfd(dir);
	rc = remove_content(r, dir, depth + 1, err);
	closedir(dir);
	if (rc == 0 && unlinkat(parent, name, AT_REMOVEDIR) == -1 &&
	    errno != ENOENT)
		rc = err_errno(err, "cannot remove the folder \"%s\"", name);
	return rc == -1 ? err_wrap(err, "in \"%s\"", name) : 0;
}

/* Remove what readdir() tells of. */
static int
remove_entries(struct removal *r, DIR *dir, int depth, struct err *err)
{
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (remove_entry(r, dirfd(dir), entry->d_name, depth, err) ==
		    -1)
			return -1;
	}
	return 0;
}

static int
remove_content(struct removal *r, DIR *dir, int depth, struct err *err)
{
	struct stat st;
	unsigned before;

	/* Removing entries needs the right to write here. */
	if (fstat(dirfd(dir), &st) == 0 && (st.st_mode & 0700) != 0700)
		fchmod(dirfd(dir), st.st_mode | 0700);
	do {
		before = r->n_moved;
		if (remove_entries(r, dir, depth, err) == -1)
			return -1;
		/* What was moved here meanwhile need not have been listed. */
		rewinddir(dir);
	} while (dirfd(dir) == r->top && r->n_moved != before);
	return 0;
}

int
file_remove_tree(const char *path, struct err *err)
{
	struct removal r = { .top = -1 };

	return remove_entry(&r, AT_FDCWD, path, 0, err);
}
