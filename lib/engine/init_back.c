/*
 * init_back.c - pawl-init: give the workspace back to its owner.
 *
 * Where the engine runs as root and the job's process does not, root's files
 * in the workspace could not be removed outside. Links are not followed, and
 * the walk goes through opened folders, so that nothing outside the
 * workspace can be reached; when this runs, no step is left anyway.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKSPACE "/workspace"
#define MAX_DEPTH 200

struct owner {
	uid_t uid;
	gid_t gid;
	int number; /* first errno */
};

static void
note_errno(struct owner *to)
{
	if (to->number == 0)
		to->number = errno;
}

static void
give_folder(int fd, struct owner *to, int depth)
{
	DIR *dir = depth < MAX_DEPTH ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int sub;

	if (dir == NULL) {
		note_errno(to);
		close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (fchownat(fd, entry->d_name, to->uid, to->gid,
			AT_SYMLINK_NOFOLLOW) == -1)
			note_errno(to);
		sub = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
		if (sub != -1)
			give_folder(sub, to, depth + 1);
		else if (errno != ENOTDIR && errno != ELOOP)
			note_errno(to);
	}
	closedir(dir);
}

int
init_give_back(void)
{
	struct owner to = { 0 };
	struct stat st;
	int fd;

	if (stat(STEP_CTL_DIR, &st) == -1)
		return errno;
	to.uid = st.st_uid;
	to.gid = st.st_gid;
	fd = open(WORKSPACE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return errno;
	give_folder(fd, &to, 0);
	return to.number;
}
