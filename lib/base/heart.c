/*
 * heart.c - signs of life in a locked file: the time of the start inside, the
 * time of the last look as its own.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/heart.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"

#define TEXT_MAX 64

int
heart_begin(int fd, struct err *err)
{
	char text[TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%" PRId64 "\n",
	    clock_now_ms());

	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)len, 0) != len)
		return err_errno(err, "cannot write \"%s\"", HEART_FILE);
	return 0;
}

void
heart_beat(int fd)
{
	(void)futimens(fd, NULL);
}

static int
read_open(int fd, struct heart *out, struct err *err)
{
	char text[TEXT_MAX] = "";
	long long started;
	struct stat sb;
	ssize_t n;

	/* Whoever begins meanwhile tries again: state_dir.c. */
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		(void)flock(fd, LOCK_UN);
	else if (errno == EWOULDBLOCK)
		out->alive = true;
	else
		return err_errno(err, "cannot lock \"%s\"", HEART_FILE);
	n = pread(fd, text, sizeof(text) - 1, 0);
	if (n == -1 || fstat(fd, &sb) == -1)
		return err_errno(err, "cannot read \"%s\"", HEART_FILE);
	text[n] = '\0';
	if (n > 0 && text[n - 1] == '\n')
		text[n - 1] = '\0';
	if (str_to_int64(text, 1, INT64_MAX, &started)) {
		out->started_at_ms = started;
		out->looked_at_ms = (int64_t)sb.st_mtim.tv_sec * 1000 +
		    sb.st_mtim.tv_nsec / 1000000;
	}
	return 0;
}

int
heart_read(const char *state_dir, struct heart *out, struct err *err)
{
	struct str path = STR_INIT;
	int fd, rc = 0;

	*out = (struct heart){ false, 0, 0 };
	str_addf(&path, "%s/" HEART_FILE, state_dir);
	fd = open(path.s, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot open \"%s\"", path.s);
	if (fd != -1) {
		rc = read_open(fd, out, err);
		close(fd);
	}
	str_release(&path);
	return rc;
}
