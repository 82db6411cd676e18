/*
 * board.c - see board.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/board.h"

#include <inttypes.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/rows.h"

static const struct field waits_fields[] = {
	FIELD(INT64, board_waits, jobs),
	FIELD(INT64, board_waits, people),
};
static const struct shape waits_shape = { waits_fields,
	ARRAY_LEN(waits_fields), sizeof(struct board_waits) };

static const struct field broken_fields[] = {
	FIELD(TEXT, board_broken, owner),
	FIELD(TEXT, board_broken, name),
	FIELD(TEXT, board_broken, branch),
	FIELD(TEXT, board_broken, workflow),
	FIELD(TEXT, board_broken, file),
	FIELD(INT64, board_broken, number),
	FIELD(TEXT, board_broken, title),
	FIELD(TEXT, board_broken, actor),
	FIELD(TEXT, board_broken, sha),
	FIELD(INT64, board_broken, at_ms),
	FIELD(INT64, board_broken, since_ms),
	FIELD(INT64, board_broken, since_number),
	FIELD(TEXT, board_broken, since_sha),
	FIELD(TEXT, board_broken, since_title),
	FIELD(TEXT, board_broken, since_actor),
	FIELD(TEXT, board_broken, job),
	FIELD(TEXT, board_broken, job_title),
	FIELD(TEXT, board_broken, reason),
	FIELD(TEXT, board_broken, problems),
	FIELD(TEXT, board_broken, message),
};
static const struct shape broken_shape = { broken_fields,
	ARRAY_LEN(broken_fields), sizeof(struct board_broken) };

static const struct field repo_fields[] = {
	FIELD(INT64, board_repo, id),
	FIELD(TEXT, board_repo, owner),
	FIELD(TEXT, board_repo, name),
	FIELD(TEXT, board_repo, default_branch),
	FIELD(INT64, board_repo, newest),
	FIELD(INT64, board_repo, failing),
};
static const struct shape repo_shape = { repo_fields, ARRAY_LEN(repo_fields),
	sizeof(struct board_repo) };

static const struct field bar_fields[] = {
	FIELD(INT64, board_bar, repo),
	FIELD(INT64, board_bar, number),
	FIELD(TEXT, board_bar, workflow),
	FIELD(TEXT, board_bar, title),
	FIELD(RUN, board_bar, state),
	FIELD(INT64, board_bar, created_at_ms),
	FIELD(INT64, board_bar, started_at_ms),
	FIELD(INT64, board_bar, finished_at_ms),
};
static const struct shape bar_shape = { bar_fields, ARRAY_LEN(bar_fields),
	sizeof(struct board_bar) };

static const struct field branch_fields[] = {
	FIELD(TEXT, board_branch, branch),
	FIELD(TEXT, board_branch, file),
	FIELD(TEXT, board_branch, workflow),
	FIELD(RUN, board_branch, state),
	FIELD(INT64, board_branch, at_ms),
	FIELD(INT64, board_branch, since_ms),
	FIELD(INT64, board_branch, number),
	FIELD(TEXT, board_branch, title),
	FIELD(TEXT, board_branch, sha),
	FIELD(TEXT, board_branch, actor),
};
static const struct shape branch_shape = { branch_fields,
	ARRAY_LEN(branch_fields), sizeof(struct board_branch) };

int
board_waits(struct store *st, const char *sees, struct board_waits *out,
    struct err *err)
{
	return store_row(st, SQL_BOARD_WAITS, PARAMS(P_TEXT("sees", sees)),
	    &waits_shape, NULL, out, err) == -1 ? -1 : 0;
}

int
board_active(struct store *st, const char *sees, int limit, struct arena *a,
    struct run **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_BOARD_ACTIVE, PARAMS(P_TEXT("sees", sees),
	    P_INT("limit", limit)), &run_list_shape, a, out, n, err);
}

int
board_broken(struct store *st, const char *sees, int limit, struct arena *a,
    struct board_broken **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_BOARD_BROKEN, PARAMS(P_TEXT("sees", sees),
	    P_INT("limit", limit)), &broken_shape, a, out, n, err);
}

int
board_repos(struct store *st, const char *sees, const char *owner, int limit,
    int64_t skip, struct arena *a, struct board_repo **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_BOARD_REPOS, PARAMS(P_TEXT("sees", sees),
	    P_TEXT("owner", owner), P_INT("limit", limit),
	    P_INT("skip", skip)), &repo_shape, a, out, n, err);
}

int
board_history(struct store *st, const struct board_repo *repos, size_t n_repos,
    int limit, struct arena *a, struct board_bar **out, size_t *n,
    struct err *err)
{
	struct str ids = STR_INIT;
	int rc;

	str_add_char(&ids, '[');
	for (size_t i = 0; i < n_repos; i++)
		str_addf(&ids, i > 0 ? ",%" PRId64 : "%" PRId64, repos[i].id);
	str_add_char(&ids, ']');
	rc = store_rows(st, SQL_BOARD_HISTORY, PARAMS(P_TEXT("repos", ids.s),
	    P_INT("limit", limit)), &bar_shape, a, out, n, err);
	str_release(&ids);
	return rc;
}

int
board_branch_history(struct store *st, int64_t repo, const char *branch,
    int limit, struct arena *a, struct board_bar **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_BOARD_BRANCH_HISTORY, PARAMS(
	    P_INT("repo", repo), P_TEXT("branch", branch),
	    P_INT("limit", limit)), &bar_shape, a, out, n, err);
}

int
board_branches(struct store *st, int64_t repo, int limit, struct arena *a,
    struct board_branch **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_BOARD_BRANCHES, PARAMS(P_INT("repo", repo),
	    P_INT("limit", limit)), &branch_shape, a, out, n, err);
}

int
board_workflows(struct store *st, int64_t repo, const char *branch, int limit,
    struct arena *a, struct board_branch **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_BOARD_WORKFLOWS, PARAMS(
	    P_INT("repo", repo), P_TEXT("branch", branch),
	    P_INT("limit", limit)), &branch_shape, a, out, n, err);
}

int
board_projects(struct store *st, const char *sees, int limit, struct arena *a,
    struct board_project **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, board_project, repo),
		FIELD(TEXT, board_project, owner),
		FIELD(TEXT, board_project, name),
		FIELD(TEXT, board_project, branch),
		FIELD(TEXT, board_project, file),
		FIELD(TEXT, board_project, workflow),
		FIELD(RUN, board_project, state),
		FIELD(INT64, board_project, at_ms),
		FIELD(INT64, board_project, number),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct board_project) };

	return store_rows(st, SQL_BOARD_PROJECTS, PARAMS(P_TEXT("sees", sees),
	    P_INT("limit", limit)), &shape, a, out, n, err);
}
