/*
 * run_badge.h - what a badge says of a run or a job: one place for the files
 * and for what a handler draws.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_RUN_BADGE_H
#define PAWL_RENDER_RUN_BADGE_H

#include "lib/base/arena.h"
#include "lib/render/badge.h"
#include "lib/store/runs.h"

/* Of a run, with its problems if it was read whole; NULL: there is none yet.
 * Texts live in `a`, and in the run. */
void
run_badge(const struct run *run, struct arena *a, struct badge *b);

/* Of one of its jobs. */
void
job_badge(const struct run *run, const struct job *job, struct arena *a,
    struct badge *b);

/* Nobody knows: the repository, branch or job is not there, or not to be
 * seen. As htdocs/unknown.svg. */
void
unknown_badge(struct badge *b);

#endif
