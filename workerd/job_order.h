/*
 * job_order.h - a job as it is stored, made an order: for pawl-job, and for
 * whoever executes it once more (pawl repro).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JOB_ORDER_H
#define PAWL_WORKERD_JOB_ORDER_H

#include "lib/run/execute.h"
#include "lib/store/runs.h"
#include "workerd/context.h"

struct stored_job {
	const struct run *run;
	const struct job *job; /* with its plan */
	int attempt;
	struct job_plan plan;
	struct run_context context;
};

/* Read plan and context of s->job. ERR_CORRUPT, ERR_NOT_FOUND without a
 * plan. Lives in `a`. */
int
stored_job_read(struct store *st, struct stored_job *s, struct arena *a,
    struct err *err);

/*
 * Fill what of an order the database knows: run, plan, contexts, source,
 * actions, repositories. Where it works and what it is told is the caller's
 * matter. Points into `s`, lives in `a`.
 */
int
stored_job_order(struct store *st, const struct config *config,
    struct stored_job *s, struct arena *a, struct job_order *o,
    struct err *err);

#endif
