/*
 * planner_sources.c - the files that a workflow uses: called workflows and
 * actions, as they are when the run is made.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

int
planner_sources(struct planner *p, struct plan_file *f, struct err *err)
{
	(void)p;
	(void)err;
	f->sources = NULL;
	f->n_sources = 0;
	return 0;
}
