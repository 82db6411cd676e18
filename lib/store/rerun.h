/*
 * rerun.h - run it again: the next attempt of a run that has ended.
 *
 * It is a row of its own with the same number, event, files and commit. Jobs
 * that are not run again stand in it with the result and the outputs that
 * they had. What is run again is decided as in any run.
 *
 * docs.github.com, "Re-running workflows and jobs".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_RERUN_H
#define PAWL_STORE_RERUN_H

#include "lib/store/runs.h"

#define RUN_ATTEMPTS_MAX 50 /* as at GitHub */

struct rerun {
	/* With neither: all jobs. Jobs that need one that is run again are,
	 * too. */
	bool failed;     /* those that failed or were cancelled */
	const char *job; /* this one, by its key; or all of a call, by that
	                    of the calling job */
	bool debug;      /* with more to say: RUNNER_DEBUG */
	const char *by;  /* who asks */
};

/*
 * Make the next attempt of a run; it begins by itself. Its id is *out, and
 * *again is how many of the jobs that there were it runs.
 * ERR_CONFLICT: it has not ended, is not the newest, or there is nothing to
 * run; ERR_NOT_FOUND: the run or the job; ERR_INVALID: both are asked for.
 */
int
run_again(struct store *st, int64_t run, const struct rerun *how,
    int64_t *out, size_t *again, struct err *err);

#endif
