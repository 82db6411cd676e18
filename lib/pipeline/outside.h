/*
 * outside.h - what strangers may write of the github context.
 *
 * Whoever can open a pull request, push a branch or write a comment chooses
 * these texts. What is evaluated from them carries expr_value.outside, which
 * keeps it from becoming part of a command; lint warns of those that are a
 * known way in.
 *
 * docs.github.com, "Secure use reference", untrusted input.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_OUTSIDE_H
#define PAWL_PIPELINE_OUTSIDE_H

#include <stdbool.h>
#include "lib/pipeline/expr.h"

/*
 * Mark what is outside of a github context: its members that stand in the
 * table, with all that is in them. A context that was stored as JSON has lost
 * its marks; doing it twice does no harm.
 */
void
github_mark_outside(struct expr_object *github);

/* Does lint warn of this path in a command? "*" stands for an index:
 * "github.event.commits.*.message". */
bool
outside_is_risky(const char *path);

/* The paths of outside_is_risky(), the n-th; NULL behind the last. */
const char *
outside_risky_at(size_t n);

#endif
