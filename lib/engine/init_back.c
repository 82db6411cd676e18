/*
 * init_back.c - pawl-init: give the job's folders to the user of its steps, and
 * back to their owner.
 *
 * Where the engine runs as root and the job's process does not, root's files
 * in them could not be removed outside. Links are not followed, and
 * the walk goes through opened folders, so that nothing outside of
 * them can be reached; when this runs, no step is left, or none has begun.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { STEP_WORKSPACE, STEP_RUNNER };
#define N_FOLDERS (sizeof(folders) / sizeof(folders[0]))

/* Each level holds a descriptor; what lies deeper is moved up to the top,
 * where the next round finds it. It is about to be removed anyway. */
#define MAX_DEPTH 100
#define MOVED_NAME ".pawl-moved-%u"
#define MAX_MOVED 100000

struct owner {
	uid_t uid;
	gid_t gid;
	int top;        /* the folder that is given back */
	unsigned moved; /* folders that were moved to it */
	int number;     /* first errno */
};

static void
note_errno(struct owner *to)
{
	if (to->number == 0)
		to->number = errno;
}

static void
move_up(int parent, const char *name, struct owner *to)
{
	char moved[64];

	while (to->moved < MAX_MOVED) {
		snprintf(moved, sizeof(moved), MOVED_NAME, to->moved++);
		if (renameat(parent, name, to->top, moved) == 0)
			return;
		if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
			break;
	}
	note_errno(to);
}

static void
give_folder(DIR *dir, struct owner *to, int depth);

static void
give_entry(int parent, const char *name, struct owner *to, int depth)
{
	struct stat st;
	DIR *dir = NULL;
	int fd;

	if (fchownat(parent, name, to->uid, to->gid, AT_SYMLINK_NOFOLLOW) ==
		-1 ||
	    fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		note_errno(to);
		return;
	}
	if (!S_ISDIR(st.st_mode))
		return;
	if (depth == MAX_DEPTH) {
		move_up(parent, name, to);
		return;
	}
	fd = openat(parent, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1)
		dir = fdopendir(fd);
	if (dir == NULL) {
		note_errno(to);
		if (fd != -1)
			close(fd);
		return;
	}
	give_folder(dir, to, depth + 1);
	closedir(dir);
}

static void
give_folder(DIR *dir, struct owner *to, int depth)
{
	struct dirent *entry;

	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			give_entry(dirfd(dir), entry->d_name, to, depth);
}

static void
give_tree(const char *path, struct owner *to)
{
	DIR *dir = opendir(path);
	unsigned moved;

	if (dir == NULL) {
		note_errno(to);
		return;
	}
	to->top = dirfd(dir);
	if (fchown(to->top, to->uid, to->gid) == -1)
		note_errno(to);
	do {
		moved = to->moved;
		rewinddir(dir);
		give_folder(dir, to, 0);
	} while (to->moved != moved && to->number == 0);
	closedir(dir);
}

int
init_give(uid_t uid, gid_t gid)
{
	struct owner to = { .uid = uid, .gid = gid };

	for (size_t i = 0; i < N_FOLDERS; i++)
		give_tree(folders[i], &to);
	return to.number;
}

int
init_give_back(const char *folder)
{
	struct stat st;

	if (stat(folder, &st) == -1)
		return errno;
	return init_give(st.st_uid, st.st_gid);
}
