/*
 * words.h - how a run or a job does, in one sentence: for commit statuses and
 * notifications.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_WORDS_H
#define PAWL_RENDER_WORDS_H

#include "lib/store/runs.h"

/* "3 of 4 jobs succeeded in 2 min, 1 skipped", "build failed: exit code 2; 1
 * of 4 jobs failed in 12 s". Texts of jobs are in it as they are: one line, but
 * to be escaped by who shows it. Lives in `a`. */
const char *
words_run(const struct run *run, const struct job *jobs, size_t n,
    struct arena *a);

/* The same of a job: "failed: exit code 2 after 12 s". */
const char *
words_job(const struct job *job, struct arena *a);

#endif
