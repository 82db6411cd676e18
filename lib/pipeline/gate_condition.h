/*
 * gate_condition.h - conditions of gates: expressions in which each job that
 * is needed has a name of its own.
 *
 * `scan.passed` is the output `passed` of the job `scan`; without such an
 * output it says whether the job has ended well, and `scan.result` how it
 * ended. Outputs that are the words true and false are truths here.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_GATE_CONDITION_H
#define PAWL_PIPELINE_GATE_CONDITION_H

#include "lib/base/str.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/*
 * Is it true? 1 or 0; what it was and came to is appended to `how`, with
 * `before` in front. -1: a problem, in `d`.
 */
int
gate_condition_eval(const struct workflow_job *job, const struct value *v,
    const struct expr_env *env, struct arena *a, struct diags *d,
    const char *before, struct str *how);

/* Can it be understood? What not goes to `d`. */
void
gate_condition_check(const struct workflow_job *job, const struct value *v,
    struct arena *a, struct diags *d);

/* Does it ask for what only a running job knows? */
bool
gate_is_late(const struct value *v);

#endif
