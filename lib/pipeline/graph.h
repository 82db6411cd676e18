/*
 * graph.h - which jobs wait for which: needs and stages.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_GRAPH_H
#define PAWL_PIPELINE_GRAPH_H

#include <stddef.h>
#include "lib/base/diag.h"
#include "lib/pipeline/model.h"

/*
 * A job, or the end of a stage: stages have a node of their own, so that two
 * stages of 500 jobs do not make 250,000 edges.
 */
struct graph_node {
	const struct workflow_job *job; /* NULL: the end of a stage */
	const char *name;               /* of the job or the stage */
	size_t *needs;                  /* nodes; of a job without `needs` the
	                                   stage before its own */
	size_t n_needs;
};

struct graph {
	struct graph_node *nodes; /* jobs in order of the file, then stages */
	size_t n;
	size_t *order; /* every node behind all that it needs */
};

/*
 * Needs may name jobs in any case. Unknown jobs and stages, and circles
 * ("a -> b -> a"), are errors in `d`; -1 then. Costs as much as there are
 * jobs and needs.
 */
int
graph_build(const struct workflow *w, struct arena *a, struct diags *d,
    struct graph *out);

#endif
