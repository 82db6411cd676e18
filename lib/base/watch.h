/*
 * watch.h - be called when a file has changed, in an event loop.
 *
 * The kernel tells where it can (watch_linux.c). A file that it cannot tell of
 * (there is none yet, no watch is free, another system) is looked at once a
 * second until it can. A call says "look", not "it has changed": there may be
 * one too many, and several changes may be one call.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_WATCH_H
#define PAWL_BASE_WATCH_H

#include "lib/base/err.h"
#include "lib/base/loop.h"

struct watch;
struct watches;

typedef void (*watch_fn)(void *ctx);

/* The loop is borrowed until watches_free(), which ends all of them. */
struct watches *
watches_new(struct loop *loop);
void
watches_free(struct watches *set); /* NULL is fine */

/* At most one watch for a file: the kernel knows files, not paths. */
struct watch *
watch_begin(struct watches *set, const char *path, watch_fn fn, void *ctx);
void
watch_end(struct watch *w); /* also in its own call; NULL is fine */

#endif
