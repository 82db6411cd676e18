/*
 * pipeline.c - the pipeline language from the outside: text in, plan out.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/pipeline.h"

#include "lib/pipeline/plan_internal.h"

const char *const pipeline_places[] = {
	".ci.yml",
	".ci/",
	".forgejo/workflows/",
	".gitea/workflows/",
	".github/workflows/",
	NULL
};

struct pipeline *
pipeline_read(const char *text, size_t len, struct arena *a, struct diags *d)
{
	struct pipeline *p = arena_alloc(a, sizeof(*p));
	struct planner pl = { a, d, p, "" };
	const struct workflow *w = workflow_read(text, len, a, d);

	p->a = a;
	p->file = arena_strdup(a, d->file);
	p->workflow = w;
	if (w == NULL)
		return NULL;
	workflow_check(w, a, d);
	/* What cannot be run says little about a file that is wrong. */
	if (d->n_errors == 0) {
		plan_support(&pl, w);
		plan_build(&pl, w);
		plan_order(&pl);
	}
	diags_sort(d);
	return d->n_errors > 0 ? NULL : p;
}

const struct plan *
pipeline_plan(const struct pipeline *p)
{
	return &p->plan;
}

const struct workflow *
pipeline_workflow(const struct pipeline *p)
{
	return p->workflow;
}
