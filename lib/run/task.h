/*
 * task.h - work of our own in a child process, so that the job's process
 * goes on watching its limits meanwhile and can end the work at any moment.
 *
 * A task shares nothing but a pipe: lines of progress come out of it and, at
 * its end, its error.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_TASK_H
#define PAWL_RUN_TASK_H

#include <stdbool.h>
#include "lib/base/err.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"

struct task {
	struct proc proc;
	int fd;        /* polls readable when task_read() has something to
	                  do; -1 when the task is over or was never begun */
	struct str in; /* read, up to an unfinished line */
	bool failed;   /* `error` is set */
	struct err error;
};

#define TASK_INIT { .fd = -1, .in = STR_INIT }

/* What the child does. `say` hands a line of progress to the parent. */
typedef void (*task_say_fn)(void *say_ctx, const char *line);
typedef int (*task_fn)(void *ctx, task_say_fn say, void *say_ctx,
    struct err *err);

/* Fork and run `fn` in the child, which dies with us. */
int
task_start(struct task *t, task_fn fn, void *ctx, struct err *err);

/* Take what has come; `progress` gets each line. Returns 1 when the task has
 * succeeded, 0 when it goes on, -1 with its error when it failed. */
int
task_read(struct task *t, void (*progress)(void *ctx, const char *line),
    void *ctx, struct err *err);

/* End it, if it still runs, and free what it holds. */
void
task_stop(struct task *t);

#endif
