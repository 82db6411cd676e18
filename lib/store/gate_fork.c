/*
 * gate_fork.c - runs of commits that come from forks.
 *
 * What is approved is one commit of one pull request: not what somebody
 * pushes to it afterwards, and not the same commit elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/gates.h"

#include <string.h>

#include "lib/store/decisions.h"
#include "lib/store/gate_rows.h"

/* Of one pull request some runs are of "merge", some of "head". */
int
gate_list_commit(struct store *st, int64_t repo, const char *commit,
    const char *ref, struct arena *a, struct gate **out, size_t *n,
    struct err *err)
{
	const char *slash = strrchr(ref, '/');
	const char *pull = slash == NULL ? ref : arena_strndup(a, ref,
	    (size_t)(slash + 1 - ref));

	return store_rows(st, SQL_GATE_LIST_COMMIT, PARAMS(
	    P_INT("repo", repo), P_TEXT("name", commit),
	    P_TEXT("pull", pull), P_INT("limit", GATE_LIST_MAX)),
	    &gate_shape, a, out, n, err);
}

/* Was the commit approved for this pull request? 1, 0, -1. */
static int
is_approved(struct store *st, const struct run *run, const char *commit,
    struct arena *a, struct err *err)
{
	struct gate *list = NULL;
	size_t n;

	if (gate_list_commit(st, run->repo, commit, run->ref, a, &list, &n,
	    err) == -1)
		return -1;
	/* The newest word counts: approved ones may be rejected later. */
	for (size_t i = 0; i < n; i++)
		if (list[i].decided_by != NULL)
			return strcmp(list[i].state, "approved") == 0;
	return 0;
}

int
gate_hold_fork(struct store *st, const struct run *run, const char *commit,
    const char *reason, struct err *err)
{
	const struct gate_wish wish = { .kind = GATE_FORK, .name = commit,
		.reason = reason, .self_review = true };
	struct arena a = ARENA_INIT(0);
	int rc = is_approved(st, run, commit, &a, err);

	arena_release(&a);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (gate_open(st, run->repo, run->id, NULL, &wish, err) == -1 ||
	    run_hold(st, run->id, err) == -1)
		return -1;
	return 1;
}

int
gate_supersede_forks(struct store *st, int64_t repo, const char *pull,
    const char *commit, const char *by, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct gate *list = NULL;
	size_t n = 0;
	int rc;

	rc = store_rows(st, SQL_GATE_LIST_OUTDATED, PARAMS(
	    P_INT("repo", repo), P_TEXT("pull", pull), P_TEXT("name", commit),
	    P_INT("limit", GATE_LIST_MAX)), &gate_shape, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = run_end_held(st, list[i].run, by, err);
	arena_release(&a);
	return rc;
}
