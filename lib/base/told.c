/*
 * told.c - see told.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/told.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/str.h"

#define WIDTH 20 /* always as many bytes: a write is seen whole */

static int
open_file(const char *run_dir, const char *name, int flags)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/%s", run_dir, name);
	fd = open(path.s, flags | O_CLOEXEC, 0644);
	str_release(&path);
	return fd;
}

int
told_open(const char *run_dir, const char *name)
{
	int fd = open_file(run_dir, name, O_RDWR | O_CREAT);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

void
told_set(int fd, int64_t number)
{
	char text[WIDTH + 2];
	ssize_t ignored;

	if (fd == -1)
		return;
	snprintf(text, sizeof(text), "%*" PRId64 "\n", WIDTH, number);
	ignored = pwrite(fd, text, WIDTH + 1, 0);
	(void)ignored; /* the next number may get there */
}

int64_t
told_read(const char *run_dir, const char *name)
{
	int fd = open_file(run_dir, name, O_RDONLY);
	char text[WIDTH + 1];
	int64_t number = 0;

	if (fd == -1)
		return 0;
	if (flock(fd, LOCK_SH | LOCK_NB) == -1 &&
	    pread(fd, text, WIDTH, 0) == WIDTH) {
		text[WIDTH] = '\0';
		if (sscanf(text, "%" SCNd64, &number) != 1)
			number = 0;
	}
	close(fd);
	return number;
}
