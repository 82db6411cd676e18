/*
 * dag_internal.h - what the files of dag.h share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_DAG_INTERNAL_H
#define PAWL_RENDER_DAG_INTERNAL_H

#include "lib/render/dag.h"

/* With more calls than this, who needs one is drawn behind all of its jobs,
 * for finding the last ones costs edges times calls. */
#define DAG_CALLS_MAX 64

/* The edges of each unit: those of `u` are edges[first[u]] up to before
 * edges[first[u + 1]], as indices. */
struct dag_out {
	size_t *first, *edges;
};

void
dag_out_init(struct dag_out *out, const struct dag *g, struct arena *a);

/* The key of the unit that a job stands in, with this detail. */
const char *
dag_base(const char *key, enum dag_detail detail, struct arena *a);

#endif
