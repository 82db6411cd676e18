/*
 * job_plan_maker.h - between the files that make a job's plan.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_JOB_PLAN_MAKER_H
#define PAWL_PIPELINE_JOB_PLAN_MAKER_H

#include "lib/pipeline/job_plan.h"

struct maker {
	const struct planned_job *from;
	bool rehearsal;
	struct expr_env env; /* what the job's own keys see */
	struct arena *a;
	struct diags *d;     /* of the file that the job stands in */
	struct job_plan *plan;
};

/* --- job_plan_value.c --------------------------------------------------------- */

/* Does it ask for needs that a rehearsal does not know? */
bool
maker_is_open(const struct maker *m, const struct value *v);

/*
 * Lists and maps that are one expression are evaluated, so that their parts
 * have names; all others, and what is open, stay. NULL: there is nothing, or
 * a mistake that is in `d`.
 */
const struct value *
maker_expand(struct maker *m, const struct value *v);

/* A literal text that stands where `like` does. */
const struct value *
maker_text(struct maker *m, const char *text, const struct value *like);

/* An expression of ours that stands where `like` does. */
const struct value *
maker_expression(struct maker *m, const char *text,
    const struct value *like);

/* timeout-minutes or, in its absence, a timeout with its unit, in ms; 0 when
 * neither is there, or what it comes to is not known yet. -1: a mistake. */
int64_t
maker_timeout(struct maker *m, const struct value *minutes,
    const struct value *duration);

/* --- job_plan_gate.c ----------------------------------------------------------- */

void
maker_environment(struct maker *m);
void
maker_gates(struct maker *m);

/* --- job_plan_support.c ------------------------------------------------------- */

/* What the language has and this version cannot run, into `d`. */
void
maker_check_support(struct maker *m);

/* --- job_plan_step.c ---------------------------------------------------------- */

/* Steps and actions of the job. -1: a mistake. */
int
maker_steps(struct maker *m, action_fetch *fetch, void *ctx);

#endif
