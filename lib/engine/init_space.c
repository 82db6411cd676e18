/*
 * init_space.c - pawl-init: the job's folders on the host's disk have a limit.
 *
 * No file system here offers quotas to everybody, so the folders are measured.
 * That is done seldom: when the file system holds as much more than at the
 * last measurement as the job had left, and else once in a while (others may
 * free what the job takes), never for more than a fiftieth of the time. A
 * measurement is cut into slices, so that steps start and end meanwhile.
 *
 * Folders that cannot be measured (the job has closed them to itself, or they
 * are too deep) still take room on the file system: when that has grown past
 * the limit and such are about, the job is over it. What is found nowhere
 * (files unlinked while open) meets the last wall: when the file system is
 * nearly full, jobs end before the host does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* Folders of the job. They count only where they stand on the file system
 * of the workspace: in an image others are the image's. */
static const char *const roots[] = { STEP_WORKSPACE, "/home/pawl", "/tmp",
	STEP_RUNNER, STEP_LAYER_DIR };
#define N_ROOTS (sizeof(roots) / sizeof(roots[0]))

#define SLICE_ENTRIES 2000
#define MAX_DEPTH 200
#define ENTRY_BYTES 512 /* a file without content takes room as well */
#define FLOOR_BYTES (64 << 20)
#define REST_MS 10000 /* between measurements without a cause */
#define REST_SHARE 50 /* measurements take at most 1/50 of the time */

struct init_space {
	int64_t max_bytes;
	dev_t dev;
	int64_t used_at_start; /* of the file system */
	int64_t used_at_measure;
	int64_t last_bytes; /* what the last measurement found */
	int64_t next_ms;    /* monotonic: the next one without a cause */

	/* the measurement that is going on */
	bool measuring;
	bool hidden; /* something could not be measured */
	size_t root;
	int depth;
	DIR *dirs[MAX_DEPTH];
	int64_t bytes;
	int64_t began_ms;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The workspace; in a container without one what it writes over its image,
 * where that can be seen. */
static int
first_root(struct stat *st)
{
	if (stat(STEP_WORKSPACE, st) == 0)
		return 0;
	return stat(STEP_LAYER_DIR, st);
}

/* Bytes in use and left on the workspace's file system. */
static int
file_system(int64_t *used, int64_t *left)
{
	struct statvfs fs;

	if (statvfs(STEP_WORKSPACE, &fs) == -1 &&
	    statvfs(STEP_LAYER_DIR, &fs) == -1)
		return -1;
	*used = (int64_t)((fs.f_blocks - fs.f_bfree) * fs.f_frsize);
	*left = (int64_t)(fs.f_bavail * fs.f_frsize);
	return 0;
}

struct init_space *
init_space_new(int64_t max_bytes)
{
	struct init_space *s = calloc(1, sizeof(*s));
	struct stat st;
	int64_t left;

	if (s == NULL || first_root(&st) == -1 ||
	    file_system(&s->used_at_start, &left) == -1) {
		free(s);
		return NULL;
	}
	s->max_bytes = max_bytes;
	s->dev = st.st_dev;
	s->used_at_measure = s->used_at_start;
	s->next_ms = now_ms(); /* what the checkout brought counts too */
	return s;
}

void
init_space_free(struct init_space *s)
{
	while (s->depth > 0)
		closedir(s->dirs[--s->depth]);
	free(s);
}

/* Enter a folder; the descriptor is ours. */
static void
push(struct init_space *s, int fd)
{
	DIR *dir;

	if (fd == -1 || s->depth == MAX_DEPTH ||
	    (dir = fdopendir(fd)) == NULL) {
		s->hidden = true;
		if (fd != -1)
			close(fd);
		return;
	}
	s->dirs[s->depth++] = dir;
}

/* Enter the next root that counts; false when there is none left. */
static bool
next_root(struct init_space *s)
{
	struct stat st;
	int fd;

	while (s->root < N_ROOTS) {
		fd = open(roots[s->root++],
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd == -1)
			continue;
		if (fstat(fd, &st) == 0 && st.st_dev == s->dev) {
			push(s, fd);
			return true;
		}
		close(fd);
	}
	return false;
}

static void
count_entry(struct init_space *s, int dir, const char *name)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return; /* gone meanwhile */
	if (st.st_dev != s->dev)
		return; /* mounted there, not the job's */
	s->bytes += ENTRY_BYTES;
	/* A file with several names is found once at each. */
	if (st.st_nlink > 0 && !S_ISDIR(st.st_mode))
		s->bytes += (int64_t)st.st_blocks * 512 / (int64_t)st.st_nlink;
	if (S_ISDIR(st.st_mode))
		push(s, openat(dir, name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC));
}

/* Measure on for one slice. True when the measurement is complete. */
static bool
measure(struct init_space *s)
{
	struct dirent *entry;
	DIR *dir;

	for (int n = 0; n < SLICE_ENTRIES; n++) {
		if (s->depth == 0 && !next_root(s))
			return true;
		if (s->depth == 0)
			continue;
		dir = s->dirs[s->depth - 1];
		entry = readdir(dir);
		if (entry == NULL) {
			closedir(dir);
			s->depth--;
			continue;
		}
		count_entry(s, dirfd(dir), entry->d_name);
	}
	return false;
}

static void
begin(struct init_space *s, int64_t used)
{
	s->measuring = true;
	s->hidden = false;
	s->root = 0;
	s->bytes = 0;
	s->began_ms = now_ms();
	s->used_at_measure = used;
}

static void
finish(struct init_space *s)
{
	int64_t now = now_ms(), rest = (now - s->began_ms) * REST_SHARE;

	s->measuring = false;
	s->last_bytes = s->bytes;
	s->next_ms = now + (rest > REST_MS ? rest : REST_MS);
}

static int
verdict(const struct init_space *s, int64_t used, int64_t *bytes)
{
	int64_t grown = used - s->used_at_start;

	if (s->bytes > s->max_bytes) {
		*bytes = s->bytes;
		return STEP_OVER_SPACE;
	}
	if (s->measuring || !s->hidden || grown <= s->max_bytes)
		return 0;
	*bytes = grown;
	return STEP_OVER_SPACE;
}

int
init_space_look(struct init_space *s, int64_t *bytes)
{
	int64_t used, left, grown;

	if (file_system(&used, &left) == -1)
		return 0;
	if (left < FLOOR_BYTES) {
		*bytes = left;
		return STEP_DISK_FULL;
	}
	grown = used - s->used_at_measure;
	if (!s->measuring && (now_ms() >= s->next_ms ||
			       grown >= s->max_bytes - s->last_bytes))
		begin(s, used);
	if (!s->measuring)
		return 0;
	if (measure(s))
		finish(s);
	return verdict(s, used, bytes);
}
