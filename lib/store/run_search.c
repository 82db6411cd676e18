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
	if (q->repo == 0 && q->sees != NULL)
		rc = store_number(st, SQL_RUN_SEARCH_END_SEEN, PARAMS(window,
		    P_TEXT("sees", q->sees), P_INT("before", before)), end,
		    err);
	else if (q->repo == 0)
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

/* The first run made from a time on; none: more than any. */
static int
first_since(struct store *st, int64_t at_ms, int64_t *id, struct err *err)
{
	int rc = store_number(st, SQL_RUN_SEARCH_SINCE,
	    PARAMS(P_INT("at", at_ms)), id, err);

	if (rc == 0)
		*id = INT64_MAX;
	return rc;
}

/* Which origins are looked at: from *floor on, and before *before. */
static int
find_bounds(struct store *st, const struct run_query *q, int64_t *before,
    int64_t *floor, struct err *err)
{
	int64_t id;

	*before = q->before > 0 ? q->before : INT64_MAX;
	*floor = 0;
	if (q->since_ms != 0 &&
	    first_since(st, q->since_ms, floor, err) == -1)
		return -1;
	if (q->until_ms == 0)
		return 0;
	if (first_since(st, q->until_ms + 1, &id, err) == -1)
		return -1;
	if (id < *before)
		*before = id;
	return 0;
}

#define COMMON P_TEXT("workflow", q->workflow), P_TEXT("state", q->state), \
	P_TEXT("event", q->event), P_TEXT("actor", q->actor), \
	P_TEXT("text", q->text), P_INT("before", before), \
	P_INT("floor", floor), P_INT("skip", q->skip), \
	P_INT("limit", q->limit)

static bool
is_filtered(const struct run_query *q)
{
	return q->branch != NULL || q->workflow != NULL || q->state != NULL ||
	    q->event != NULL || q->actor != NULL || q->text != NULL;
}

/* Steps of the line are for nothing when all that is in it fits. */
static int
search_all(struct store *st, const struct run_query *q, int64_t before,
    int64_t floor, struct arena *a, struct run **out, size_t *n,
    struct err *err)
{
	int64_t window = is_filtered(q) ? RUN_SEARCH_WINDOW :
	    q->skip + q->limit;

	if (q->sees == NULL)
		return store_rows(st, SQL_RUN_SEARCH_ALL, PARAMS(COMMON,
		    P_INT("window", RUN_SEARCH_WINDOW),
		    P_TEXT("branch", q->branch)), &run_list_shape, a, out, n,
		    err);
	return store_rows(st, SQL_RUN_SEARCH_SEEN, PARAMS(COMMON,
	    P_INT("window", window), P_TEXT("sees", q->sees),
	    P_TEXT("branch", q->branch)), &run_list_shape, a, out, n, err);
}

static int
search(struct store *st, const struct run_query *q, int64_t before,
    int64_t floor, struct arena *a, struct run **out, size_t *n, struct err *err)
{
	if (q->repo == 0)
		return search_all(st, q, before, floor, a, out, n, err);
	if (q->branch == NULL)
		return store_rows(st, SQL_RUN_SEARCH_REPO, PARAMS(COMMON,
		    P_INT("window", RUN_SEARCH_WINDOW),
		    P_INT("repo", q->repo)), &run_list_shape, a, out, n, err);
	return store_rows(st, SQL_RUN_SEARCH_BRANCH, PARAMS(COMMON,
	    P_INT("window", RUN_SEARCH_WINDOW),
	    P_INT("repo", q->repo), P_TEXT("branch", q->branch)),
	    &run_list_shape, a, out, n, err);
}

int
run_search(struct store *st, const struct run_query *q, struct arena *a,
    struct run **out, size_t *n, int64_t *next, struct err *err)
{
	int64_t before, floor;

	*next = 0;
	if (find_bounds(st, q, &before, &floor, err) == -1 ||
	    search(st, q, before, floor, a, out, n, err) == -1)
		return -1;
	if (*n == (size_t)q->limit) {
		*next = (*out)[*n - 1].origin;
		return 0;
	}
	if (window_end(st, q, before, next, err) == -1)
		return -1;
	if (*next <= floor)
		*next = 0;
	return 0;
}
