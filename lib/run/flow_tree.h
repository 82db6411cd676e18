/*
 * flow_tree.h - the steps of a job as a tree, for flow.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_FLOW_TREE_H
#define PAWL_RUN_FLOW_TREE_H

#include "lib/run/job.h"

struct flow;

struct item {
	const struct job_plan_step *step;     /* or */
	const struct job_plan_action *action; /* this one, or the job */
	bool background;
	struct item **items; /* of an action or of `parallel` */
	size_t n;
	struct flow *flow;   /* its own, when it has one */
};

/* Fill `root`, which is the job, from its plan; lives in the job's arena. */
void
flow_tree_build(struct job_exec *x, struct item *root);

#endif
