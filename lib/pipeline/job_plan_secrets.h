/*
 * job_plan_secrets.h - which secrets a job names, without evaluating anything:
 * it is given those, and no others.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_JOB_PLAN_SECRETS_H
#define PAWL_PIPELINE_JOB_PLAN_SECRETS_H

#include "lib/pipeline/job_plan.h"

struct plan_secrets {
	const char **names; /* each once, as written first; compare without
	                       regard to case */
	size_t n;
	bool all; /* it takes the context as a whole, as in toJSON(secrets), or
	             by a name that is not known before */
};

/* Of the outermost level, through the maps of the calls. Lives in `a`. */
void
job_plan_secrets(const struct job_plan *plan, struct arena *a,
    struct plan_secrets *out);

#endif
