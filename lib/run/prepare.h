/*
 * prepare.h - the folders of a job, for who prepares it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_PREPARE_H
#define PAWL_RUN_PREPARE_H

#include "lib/run/job.h"
#include "lib/run/task.h"

/* Make the workspace and the runner's folder and open them, into `x`. */
int
prepare_folders(struct job_exec *x, struct err *err);

/* A task_fn, of which `ctx` is the job: fill both. */
int
prepare_fill(void *ctx, task_say_fn say, void *say_ctx, struct err *err);

#endif
