/*
 * evaluate.h - what a value of a workflow comes to, with the expressions in
 * it evaluated.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EVALUATE_H
#define PAWL_PIPELINE_EVALUATE_H

#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/*
 * Evaluate a value with all that is in it; NULL is null. Lists become arrays
 * and maps objects. Problems go to `d` at their place. Returns 0, or -1.
 */
int
value_eval(const struct value *v, const struct expr_env *env,
    struct arena *a, struct diags *d, struct expr_value *out);

/* The same as text; `fallback` when there is no value. NULL: a problem. */
const char *
value_eval_text(const struct value *v, const char *fallback,
    const struct expr_env *env, struct arena *a, struct diags *d);

/* The same as a truth; text must be "true" or "false". -1: a problem. */
int
value_eval_bool(const struct value *v, bool fallback,
    const struct expr_env *env, struct arena *a, struct diags *d, bool *out);

/* A whole number within a range. -1: a problem. */
int
value_eval_number(const struct value *v, double fallback, double min,
    double max, const struct expr_env *env, struct arena *a,
    struct diags *d, double *out);

#endif
