/*
 * planner_sources.h - repositories that files are taken from, for
 * planner_sources.c and planner_origin.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_PLANNER_SOURCES_H
#define PAWL_WORKERD_PLANNER_SOURCES_H

#include "lib/pipeline/uses.h"
#include "workerd/planner.h"

/* What one workflow may take together. */
#define SOURCES_MAX_FILES 256
#define SOURCES_MAX_BYTES (8 * 1024 * 1024)
/* Other repositories of one commit's workflows. */
#define SOURCES_MAX_ORIGINS 64

/* A repository at a branch, tag or commit, as it was when it was first asked
 * for; the same for all workflows of a delivery. */
struct plan_origin {
	const char *owner, *name, *ref; /* as written */
	const char *mirror;
	char sha[GIT_SHA_SIZE];
	const char *problem; /* NULL: there is a commit */
	bool fetched;        /* the mirror, for it */
	bool registered;     /* else "allow-actions" has let it pass */
};

/*
 * The origin of an action or workflow: the run's own commit for "./", else
 * the registered repository, whose mirror is brought up to date. What cannot
 * be had has a `problem`. -1: the infrastructure failed, try again.
 */
int
planner_origin(struct planner *p, const struct uses *uses,
    const struct plan_origin **out, struct err *err);

/* Is a failure the user's, or one of the infrastructure that was tried often
 * enough? Then it is told where it matters, and the rest goes on. */
bool
planner_tell(const struct planner *p, const struct err *err);

#endif
