/*
 * kept_make.h - what is left of a failed job for people to look into, without what
 * it knew of secrets. kept.h is how it is found again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_KEPT_MAKE_H
#define PAWL_RUN_KEPT_MAKE_H

#include <stdint.h>
#include "lib/base/err.h"
#include "lib/run/mask.h"

struct kept_scan {
	struct mask *mask;
	int64_t max_bytes;
	void (*tick)(void *ctx); /* now and then: it may take long */
	void *ctx;
	int64_t bytes;    /* that it takes on the disk */
	size_t n_files;
	size_t n_dropped; /* removed, for a secret in them */
};

/*
 * Remove what holds a masked text from a workspace, and the credentials of its
 * .git/config, and count the rest. -1 when it cannot be kept, with the reason:
 * ERR_TOO_LARGE, ERR_UNSUPPORTED.
 */
int
kept_scan(struct kept_scan *s, const char *workspace, struct err *err);

struct job_exec;
struct step_run;

/* A step was started like this: remembered for a job that may be kept. */
void
kept_note_step(struct step_run *s, const char *const *env, const char *cwd);

/*
 * The job is over and its container is gone: keep the workspace, if it has
 * failed by its own fault and may be kept. Returns whether it was moved away;
 * else all of it is the caller's to remove.
 */
bool
kept_make(struct job_exec *x);

#endif
