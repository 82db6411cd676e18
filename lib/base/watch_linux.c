/*
 * watch_linux.c - inotify(7).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/watch_kernel.h"

#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

int
watch_kernel_open(void)
{
	return inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

int
watch_kernel_add(int fd, const char *path)
{
	return inotify_add_watch(fd, path, IN_MODIFY | IN_DELETE_SELF);
}

void
watch_kernel_remove(int fd, int number)
{
	inotify_rm_watch(fd, number);
}

void
watch_kernel_read(int fd, watch_kernel_fn *changed, void *ctx)
{
	char buf[4096] __attribute__((aligned(__alignof__(
	    struct inotify_event))));
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (char *p = buf; p < buf + n;) {
			const struct inotify_event *e =
			    (const struct inotify_event *)p;

			changed(ctx, e->wd, (e->mask & IN_IGNORED) != 0);
			p += sizeof(*e) + e->len;
		}
}
