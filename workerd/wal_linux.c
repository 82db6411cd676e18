/*
 * wal_linux.c - know of writes to the database without looking at it.
 *
 * In WAL mode every commit writes to the file DATABASE-wal, so inotify on it
 * tells of each, whoever made it. The file exists as long as a connection is
 * open, and ours is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

int
wal_watch(const char *db_path, struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd == -1)
		return err_errno(err, "cannot use inotify");
	str_addf(&path, "%s-wal", db_path);
	if (inotify_add_watch(fd, path.s, IN_MODIFY | IN_DELETE_SELF) == -1) {
		err_errno(err, "cannot watch \"%s\"", path.s);
		close(fd);
		fd = -1;
	}
	str_release(&path);
	return fd;
}

bool
wal_drain(int fd)
{
	char buf[sizeof(struct inotify_event) + NAME_MAX + 1]
	    __attribute__((aligned(__alignof__(struct inotify_event))));
	bool same = true;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (char *p = buf; p < buf + n;) {
			const struct inotify_event *e =
			    (const struct inotify_event *)p;

			if (e->mask & (IN_DELETE_SELF | IN_IGNORED))
				same = false;
			p += sizeof(*e) + e->len;
		}
	return same;
}
