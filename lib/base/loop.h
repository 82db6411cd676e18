/*
 * loop.h - one event loop: descriptors, timers and signals become calls.
 *
 * A process without anything to do sleeps in poll(2) without a timeout.
 * Callbacks run one after another on the caller's stack; any of them may add
 * or remove watches, also its own.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LOOP_H
#define PAWL_BASE_LOOP_H

#include <stdint.h>
#include "lib/base/err.h"

struct loop;

/* `events` as poll(2) reported them. */
typedef void (*loop_fd_fn)(struct loop *loop, int fd, short events, void *ctx);
typedef void (*loop_timer_fn)(struct loop *loop, void *ctx);
typedef void (*loop_signal_fn)(struct loop *loop, int signo, void *ctx);

int
loop_new(struct loop **out, struct err *err);
void
loop_free(struct loop *loop); /* closes nothing that was watched */

/* Watch a descriptor for POLLIN and/or POLLOUT; watching it again changes
 * the events, the function and the context. */
void
loop_watch(struct loop *loop, int fd, short events, loop_fd_fn fn, void *ctx);
void
loop_unwatch(struct loop *loop, int fd);

/* Call once after `delay_ms`; returns an id > 0. */
int
loop_after(struct loop *loop, int64_t delay_ms, loop_timer_fn fn, void *ctx);
void
loop_cancel(struct loop *loop, int timer); /* an id that has fired is fine */

/* Call `fn` in the loop, not in the handler. One function per signal, one
 * loop per process. */
int
loop_signal(struct loop *loop, int signo, loop_signal_fn fn, void *ctx,
    struct err *err);

/* Run until loop_stop(). One turn only: wait for and deliver what is ready,
 * at most timeout_ms (< 0: until something happens). */
int
loop_run(struct loop *loop, struct err *err);
int
loop_turn(struct loop *loop, int64_t timeout_ms, struct err *err);
void
loop_stop(struct loop *loop);

#endif
