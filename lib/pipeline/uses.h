/*
 * uses.h - what stands behind `uses`: where an action or a workflow that is
 * called lies.
 *
 * docs.github.com, "Workflow syntax", jobs.<job_id>.uses and
 * jobs.<job_id>.steps[*].uses; "Reuse workflows".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_USES_H
#define PAWL_PIPELINE_USES_H

#include <stdbool.h>
#include "lib/base/arena.h"

enum uses_kind {
	USES_WRONG,
	USES_LOCAL,      /* ./path */
	USES_REPOSITORY, /* owner/repo[/path]@ref */
	USES_DOCKER,     /* docker://image */
};

struct uses {
	enum uses_kind kind;
	const char *owner, *name; /* REPOSITORY */
	const char *ref;          /* REPOSITORY: a branch, tag or commit */
	const char *path; /* LOCAL, REPOSITORY: from the top of the repository,
	                     "" being that; no "." and no double "/" */
	const char *image; /* DOCKER */
};

/* Take it apart; texts live in `a`. A path that has ".." is USES_WRONG. */
struct uses
uses_read(const char *text, struct arena *a);

/*
 * The name under which a file is asked for: `uses`, as it stands in `file`.
 * "./path" in a file of another repository ("owner/repo/path@ref") is that
 * repository at that ref; all else is itself. `file` NULL: the run's own.
 */
const char *
uses_within(const char *uses, const char *file, struct arena *a);

/* An action that Pawl brings itself; no file of it is read. */
bool
uses_built_in(const struct uses *uses);

#endif
