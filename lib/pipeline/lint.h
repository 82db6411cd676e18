/*
 * lint.h - looking for mistakes with the files at hand that a workflow uses.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_LINT_H
#define PAWL_PIPELINE_LINT_H

#include "lib/pipeline/action.h"

/*
 * Where files are: by uses_within() of what stands behind `uses`. Both may
 * say with 1 that a file is not at hand, which is no mistake then.
 */
struct lint_files {
	action_fetch *workflow, *action;
	void *ctx;
};

/*
 * workflow_lint() that knows what called workflows and actions take and give:
 * a call that does not fit, and outputs that are not there, are errors; an
 * action that is not there, or that has no such input, is a warning, because
 * a step may bring it, and GitHub's runner takes it.
 */
void
workflow_lint_files(const struct workflow *w, const struct lint_files *files,
    struct arena *a, struct diags *d);

#endif
