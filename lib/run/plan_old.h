/*
 * plan_old.h - plans as pipeline_plan() makes them, for those who still make
 * them: as a struct job_plan, which is what is executed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_PLAN_OLD_H
#define PAWL_RUN_PLAN_OLD_H

#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/pipeline.h"

/* Lives in `a` and points into `from`. */
void
plan_from_old(const struct plan_job *from, const char *workflow,
    struct arena *a, struct job_plan *out);

/* What the context `github` needs, of a run without one: the names that are
 * not NULL. */
struct old_facts {
	const char *owner, *name, *event, *ref, *sha, *actor, *workflow;
	int64_t run_id, run_number;
	int attempt;
	const char *server_url;
};

struct expr_object *
github_from_old(const struct old_facts *facts, struct arena *a);

#endif
