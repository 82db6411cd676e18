/*
 * job_actions.h - where the files of a job's actions are.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_JOB_ACTIONS_H
#define PAWL_WORKERD_JOB_ACTIONS_H

#include "lib/run/execute.h"
#include "lib/store/runs.h"

/*
 * Fill order->actions for order->plan: each action of another repository, at
 * the commit that was taken when the run was made. Lives in `a`. -1 also when
 * such a repository may not be used any more.
 */
int
job_actions(struct store *st, const struct run *run, struct job_order *order,
    struct arena *a, struct err *err);

/* Fill order->repositories, and source.url by the one that the run is of. */
int
job_repositories(struct store *st, const struct run *run,
    struct job_order *order, struct arena *a, struct err *err);

#endif
