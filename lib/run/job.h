/*
 * job.h - one job in the making, for the files of this room that share it:
 * execute.c (its life), prepare.c (workspace, image, container), step.c (one
 * step) and stop.c (everything that ends it early).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_JOB_H
#define PAWL_RUN_JOB_H

#include <poll.h>
#include "lib/base/arena.h"
#include "lib/engine/engine.h"
#include "lib/run/execute.h"
#include "lib/run/joblog.h"
#include "lib/run/mask.h"

/* Why a job ends before its steps do. */
enum job_stop {
	JOB_GOES_ON,
	JOB_STOP_CANCELLED,
	JOB_STOP_TIMED_OUT, /* the job's own limit */
	JOB_STOP_FAILED,    /* job_exec.failure says why */
};

struct job_exec {
	const struct job_order *order;
	const struct job_observer *obs;
	struct job_result *result;
	struct arena arena;
	struct mask *mask;
	struct joblog *log;
	struct engine *engine;
	struct container *container;
	const char *image;         /* NULL: none */
	bool started;              /* obs->started() has been told */
	const char *default_shell; /* the one that this container has */
	int64_t started_ms;        /* monotonic, as all here */
	int64_t until_ms;          /* the job's limit */
	int64_t next_tick_ms;
	enum job_stop stop;
	struct err failure;        /* of the infrastructure */
};

/* stop.c: wait for one of `fds` (at most JOB_MAX_FDS) or until `until_ms` (0:
 * no limit), while the job's own limits are watched: x->stop is set when it
 * has to end. Returns at once when it is set and `heed` says so. */
#define JOB_MAX_FDS 8
void
job_wait(struct job_exec *x, struct pollfd *fds, size_t n, int64_t until_ms,
    bool heed);

/* Tell the caller that we live, when it is time or `now` says so. */
void
job_tick(struct job_exec *x, bool now);

/* The end of the job for a reason that is not the job's: kept once. Always
 * returns -1. */
int
job_fail(struct job_exec *x, const struct err *err);

/* "the job timed out after 2 h (\"job-timeout\")" or what x->stop means. */
void
job_stop_text(const struct job_exec *x, struct str *out);

/* prepare.c: everything up to a container that waits for steps. Returns 0;
 * -1 with err, or with x->stop set. */
int
job_prepare(struct job_exec *x, struct err *err);

/* step.c: how a step ended. */
struct step_outcome {
	const char *on; /* "succeed", "fail", "cancel" */
	int exit_code;  /* -1: none */
	struct str reason;
};

/* Run one step. Returns 0 when it came to an end of any kind; -1 with err
 * when the infrastructure failed. */
int
job_step(struct job_exec *x, const struct plan_step *step,
    struct step_outcome *outcome, struct err *err);

/* step_start.c: start it, with these descriptors as its output; the caller
 * keeps them. An error of the user's kind is the pipeline author's: no such
 * shell, no such folder. */
int
job_step_start(struct job_exec *x, const struct plan_step *step, int out,
    int diag, struct err *err);

#endif
