/*
 * why_rules.h - where the rules stand that a job is under: its run's pipeline
 * file, or the one of a workflow that is called, as it was when the run was
 * made.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_WHY_RULES_H
#define PAWL_RENDER_WHY_RULES_H

#include "lib/pipeline/model.h"
#include "lib/render/why.h"

struct why_rules {
	const struct workflow *top;      /* the run's own; NULL: not known */
	const struct workflow *workflow; /* that the job stands in */
	const struct workflow_job *job;  /* NULL: not known, such as of a job
	                                    that another has generated */
};

/* Everything lives in `a`. What cannot be read is not known. */
int
why_rules_read(struct store *st, const struct run *run, const char *key,
    struct arena *a, struct why_rules *out, struct err *err);

/* The place of a value of the job, of its key where it has one. */
void
why_at_value(struct why_line *line, const struct workflow *w,
    const struct value *value);

/* "FILE:LINE:COL", as it is stored; NULL and "" are none. */
void
why_at_text(struct why_line *line, const char *place, struct arena *a);

#endif
