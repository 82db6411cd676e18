/*
 * watch.c - see watch.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/watch.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/watch_kernel.h"

#define LOOK_MS 1000 /* at what the kernel does not tell of */

/* By which a file is known to be as before. */
struct looks {
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct watch {
	struct watches *set;
	struct watch *next;
	char *path;
	watch_fn fn;
	void *ctx;
	int number; /* the kernel's; -1: it is looked at */
	struct looks seen;
	bool told; /* to be called in this round */
};

struct watches {
	struct loop *loop;
	struct watch *first;
	int fd;    /* -1: the kernel tells nothing */
	int timer; /* 0: nothing has to be looked at */
};

static struct looks
look_at(const char *path)
{
	struct looks l;
	struct stat st;

	memset(&l, 0, sizeof(l));
	if (stat(path, &st) == 0) {
		l.ino = st.st_ino;
		l.size = st.st_size;
		l.changed = st.st_mtim;
	}
	return l;
}

static bool
looks_same(const struct looks *a, const struct looks *b)
{
	return a->ino == b->ino && a->size == b->size &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Any of them may end, or begin others, in its call: so one at a time, from
 * the beginning. */
static void
call_told(struct watches *set)
{
	struct watch *w;

	do {
		for (w = set->first; w != NULL && !w->told; w = w->next)
			continue;
		if (w != NULL) {
			w->told = false;
			w->fn(w->ctx);
		}
	} while (w != NULL);
}

static void
ask_kernel(struct watch *w)
{
	if (w->set->fd != -1)
		w->number = watch_kernel_add(w->set->fd, w->path);
}

static void
look(struct loop *loop, void *ctx)
{
	struct watches *set = ctx;
	bool again = false;

	set->timer = 0;
	for (struct watch *w = set->first; w != NULL; w = w->next) {
		struct looks now;

		if (w->number != -1)
			continue;
		/* In this order: what is written after the look is told. */
		ask_kernel(w);
		now = look_at(w->path);
		w->told = !looks_same(&w->seen, &now);
		w->seen = now;
		again = again || w->number == -1;
	}
	if (again)
		set->timer = loop_after(loop, LOOK_MS, look, set);
	call_told(set);
}

static void
on_told(void *ctx, int number, int gone)
{
	struct watches *set = ctx;

	for (struct watch *w = set->first; w != NULL; w = w->next) {
		if (w->number != number)
			continue;
		w->told = true;
		if (gone) {
			w->number = -1;
			w->seen = look_at(w->path);
		}
		if (gone && set->timer == 0)
			set->timer = loop_after(set->loop, LOOK_MS, look, set);
	}
}

static void
on_kernel(struct loop *loop, int fd, short events, void *ctx)
{
	(void)loop;
	(void)events;
	watch_kernel_read(fd, on_told, ctx);
	call_told(ctx);
}

struct watches *
watches_new(struct loop *loop)
{
	struct watches *set = mem_calloc(1, sizeof(*set));

	set->loop = loop;
	set->fd = watch_kernel_open();
	if (set->fd != -1)
		loop_watch(loop, set->fd, POLLIN, on_kernel, set);
	return set;
}

void
watches_free(struct watches *set)
{
	if (set == NULL)
		return;
	while (set->first != NULL)
		watch_end(set->first);
	if (set->timer != 0)
		loop_cancel(set->loop, set->timer);
	if (set->fd != -1) {
		loop_unwatch(set->loop, set->fd);
		close(set->fd);
	}
	free(set);
}

struct watch *
watch_begin(struct watches *set, const char *path, watch_fn fn, void *ctx)
{
	struct watch *w = mem_calloc(1, sizeof(*w));

	w->set = set;
	w->path = mem_strdup(path);
	w->fn = fn;
	w->ctx = ctx;
	w->number = -1;
	w->next = set->first;
	set->first = w;
	ask_kernel(w);
	if (w->number == -1) {
		w->seen = look_at(path);
		if (set->timer == 0)
			set->timer = loop_after(set->loop, LOOK_MS, look, set);
	}
	return w;
}

void
watch_end(struct watch *w)
{
	struct watch **at;

	if (w == NULL)
		return;
	for (at = &w->set->first; *at != w; at = &(*at)->next)
		continue;
	*at = w->next;
	if (w->number != -1)
		watch_kernel_remove(w->set->fd, w->number);
	free(w->path);
	free(w);
}
