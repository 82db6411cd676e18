/*
 * planner_stored.c - pipelines that are kept in the database (stored.h): their
 * mirror is written instead of fetched.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/store/stored.h"

bool
planner_is_stored(const struct planner *p)
{
	return strcmp(p->repo.forge, STORED_FORGE) == 0;
}

static int
find(struct planner *p, struct stored *s, struct err *err)
{
	int rc = stored_find(p->program.store, p->repo.id, &p->arena, s, err);

	return rc != 0 ? rc : err_set(err, ERR_NOT_FOUND, "the text of the "
	    "pipeline \"%s\" is gone", p->repo.name);
}

int
planner_stored_event(struct planner *p, struct err *err)
{
	struct stored s;

	if (!planner_is_stored(p) ||
	    strcmp(p->event_name, "workflow_dispatch") != 0)
		return 0;
	if (find(p, &s, err) == -1)
		return -1;
	if (!s.by_hand) {
		p->event_name = "push";
		p->inputs = NULL;
	}
	return 0;
}

int
planner_stored_fetch(struct planner *p, struct err *err)
{
	struct git_stored what = { .branch = STORED_BRANCH,
		.path = STORED_FILE };
	struct stored s;

	if (find(p, &s, err) == -1)
		return -1;
	what.text = s.text;
	what.at_ms = s.updated_at_ms;
	/* An id is never given twice, a name may be. */
	what.title = arena_printf(&p->arena, "Revision %" PRId64 " of %s "
	    "(%" PRId64 ")", s.revision, s.name, s.repo);
	return git_mirror_store(p->git, p->mirror, &what, err);
}
