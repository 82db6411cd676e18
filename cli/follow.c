/*
 * follow.c - a file that grows, copied to a descriptor as it grows.
 *
 * inotify(7) only shortens the wait: a host without a free watch is slower,
 * not wrong.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "lib/base/file.h"

int
follow_open(struct follow *f, const char *path, struct err *err)
{
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd == -1)
		return packed_open(path, &f->packed, err);
	f->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->watch != -1 &&
	    inotify_add_watch(f->watch, path, IN_MODIFY) == -1) {
		close(f->watch);
		f->watch = -1;
	}
	return 0;
}

void
follow_close(struct follow *f)
{
	if (f->fd != -1)
		close(f->fd);
	if (f->watch != -1)
		close(f->watch);
	packed_close(f->packed);
	f->packed = NULL;
	f->fd = f->watch = -1;
}

static int
unpack(struct follow *f, int out, struct err *err)
{
	char buf[64 * 1024];
	ssize_t n;

	while ((n = packed_read(f->packed, buf, sizeof(buf), err)) > 0)
		if (file_write_fd(out, buf, (size_t)n, err) == -1)
			return -1;
	return n == -1 ? -1 : 0;
}

int
follow_copy(struct follow *f, int out, struct err *err)
{
	char buf[64 * 1024];
	ssize_t n;

	if (f->packed != NULL)
		return unpack(f, out, err);
	if (f->fd == -1)
		return 0;
	while ((n = read(f->fd, buf, sizeof(buf))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "reading the log");
		if (file_write_fd(out, buf, (size_t)n, err) == -1)
			return -1;
	}
	return 0;
}

void
follow_wait(struct follow *f, int timeout_ms)
{
	struct pollfd p = { .fd = f->watch, .events = POLLIN };
	char events[4096];

	if (poll(&p, 1, timeout_ms) != 1)
		return;
	while (read(f->watch, events, sizeof(events)) > 0)
		continue; /* that it has grown is all there is to know */
}
