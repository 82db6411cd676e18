/*
 * context.h - what the expressions of a run see, as it is stored with it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_CONTEXT_H
#define PAWL_WORKERD_CONTEXT_H

#include <stdint.h>
#include "lib/pipeline/expr.h"

struct run_context {
	struct expr_object *github; /* with run_id and the like */
	struct expr_object *inputs;
	struct expr_object *vars;
};

/* As JSON, for runs.context. A NULL context is an empty one. */
void
run_context_write(const struct run_context *c, struct str *out);

/* And back; run_id (that of the first attempt), run_number and run_attempt
 * (with the tries of a job before this one) are added. Lives in `a`.
 * ERR_CORRUPT. */
int
run_context_read(const char *json, int64_t run, int64_t number, int attempt,
    struct arena *a, struct run_context *out, struct err *err);

#endif
