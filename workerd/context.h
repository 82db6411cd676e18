/*
 * context.h - what the expressions of a run see, as it is stored with it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_CONTEXT_H
#define PAWL_WORKERD_CONTEXT_H

#include <stdint.h>
#include "lib/pipeline/expr.h"
#include "lib/store/decisions.h"

struct run_context {
	struct expr_object *github; /* with run_id and the like */
	struct expr_object *inputs;
	struct expr_object *vars;
};

/* As JSON, for runs.context. A NULL context is an empty one. */
void
run_context_write(const struct run_context *c, struct str *out);

/* And back, from a run that has one. What it did not know is added: run_id
 * (that of the first attempt), run_number, run_attempt (`tries` of a job
 * before this one count, too), and triggering_actor of a re-run. Lives in `a`.
 * ERR_CORRUPT. */
int
run_context_read(const struct decision_snapshot *run, int tries,
    struct arena *a, struct run_context *out, struct err *err);

#endif
