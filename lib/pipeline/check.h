/*
 * check.h - inside lib/pipeline: mistakes beyond the grammar.
 *
 * check_*.c are errors by GitHub's documentation; lint_*.c are mistakes that
 * it allows, and advice.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_CHECK_H
#define PAWL_PIPELINE_CHECK_H

#include "lib/base/mem.h"
#include "lib/pipeline/reader.h"

struct checker {
	const struct workflow *w;
	struct arena *a;
	struct diags *d;
};

void
check_triggers(struct checker *c);
void
check_jobs(struct checker *c);
void
check_sizes(struct checker *c);

/* Is it a shell that steps can name? NULL, or what to write instead. A text
 * with {0} in it is a command of one's own. */
const char *
check_shell_name(const char *name);

/* Types of expressions: contexts and their members (lint_types.c). */
void
lint_expressions(struct checker *c);
/* Advice: commands, needs, conditions (lint_advice.c). */
void
lint_advice(struct checker *c);

#endif
