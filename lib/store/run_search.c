/*
 * run_search.c - see run_search.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/run_search.h"

#include "lib/store/rows.h"

/* Where the window ends; *end is 0 when it holds all that is left. */
static int
window_end(struct store *st, const struct run_query *q, int64_t before,
    int64_t *end, struct err *err)
{
	const struct param window = P_INT("window", RUN_SEARCH_WINDOW);
	int rc;

	*end = 0;
	if (q->repo == 0)
		rc = store_number(st, SQL_RUN_SEARCH_END_ALL, PARAMS(window,
		    P_INT("before", before)), end, err);
	else if (q->branch == NULL)
		rc = store_number(st, SQL_RUN_SEARCH_END_REPO, PARAMS(window,
		    P_INT("repo", q->repo), P_INT("before", before)), end,
		    err);
	else
		rc = store_number(st, SQL_RUN_SEARCH_END_BRANCH, PARAMS(
		    window, P_INT("repo", q->repo),
		    P_TEXT("branch", q->branch), P_INT("before", before)),
		    end, err);
	return rc == -1 ? -1 : 0;
}

#define COMMON P_TEXT("workflow", q->workflow), P_TEXT("state", q->state), \
	P_TEXT("event", q->event), P_TEXT("actor", q->actor), \
	P_TEXT("text", q->text), P_INT("before", before), \
	P_INT("window", RUN_SEARCH_WINDOW), P_INT("limit", q->limit)

static int
search(struct store *st, const struct run_query *q, int64_t before,
    struct arena *a, struct run **out, size_t *n, struct err *err)
{
	if (q->repo == 0)
		return store_rows(st, SQL_RUN_SEARCH_ALL, PARAMS(COMMON,
		    P_TEXT("sees", q->sees), P_TEXT("branch", q->branch)),
		    &run_list_shape, a, out, n, err);
	if (q->branch == NULL)
		return store_rows(st, SQL_RUN_SEARCH_REPO, PARAMS(COMMON,
		    P_INT("repo", q->repo)), &run_list_shape, a, out, n, err);
	return store_rows(st, SQL_RUN_SEARCH_BRANCH, PARAMS(COMMON,
	    P_INT("repo", q->repo), P_TEXT("branch", q->branch)),
	    &run_list_shape, a, out, n, err);
}

int
run_search(struct store *st, const struct run_query *q, struct arena *a,
    struct run **out, size_t *n, int64_t *next, struct err *err)
{
	int64_t before = q->before > 0 ? q->before : INT64_MAX;

	*next = 0;
	if (search(st, q, before, a, out, n, err) == -1)
		return -1;
	if (*n == (size_t)q->limit) {
		*next = (*out)[*n - 1].origin;
		return 0;
	}
	return window_end(st, q, before, next, err);
}
