/*
 * caches.c - see caches.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/caches.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/counters.h"
#include "lib/store/statement.h"

#define PRUNE_ROWS 100 /* at a time */

static const struct field fields[] = {
	FIELD(INT64, cache_row, id),
	FIELD(TEXT, cache_row, scope),
	FIELD(TEXT, cache_row, version),
	FIELD(TEXT, cache_row, key),
	FIELD(TEXT, cache_row, digest),
	FIELD(INT64, cache_row, bytes),
	FIELD(INT64, cache_row, created_at_ms),
	FIELD(INT64, cache_row, used_at_ms),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct cache_row) };

static int
find_in(struct store *st, const struct cache_lookup *l, const char *scope,
    struct arena *a, struct cache_row *out, struct err *err)
{
	static const enum sql_id ways[] = { SQL_CACHE_EXACT,
		SQL_CACHE_PREFIX };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->n_keys; i++)
		for (size_t w = 0; rc == 0 && w < ARRAY_LEN(ways); w++)
			rc = store_row(st, ways[w], PARAMS(
			    P_INT("repo", l->repo),
			    P_TEXT("version", l->version),
			    P_TEXT("scope", scope),
			    P_TEXT("key", l->keys[i])), &shape, a, out, err);
	return rc;
}

static int
set(struct store *st, enum sql_id sql, const struct param *params,
    struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, sql, params, err);
	return store_end(st, rc, err);
}

int
cache_find(struct store *st, const struct cache_lookup *lookup,
    struct arena *a, struct cache_row *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < lookup->n_scopes; i++)
		rc = find_in(st, lookup, lookup->scopes[i], a, out, err);
	if (rc == 1 && set(st, SQL_CACHE_SET_USED, PARAMS(
	    P_INT("id", out->id), P_INT("now", clock_now_ms())), err) == -1)
		return -1;
	return rc;
}

int
cache_has(struct store *st, int64_t repo, const struct cache_row *row,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct cache_row found;
	int rc = store_row(st, SQL_CACHE_EXACT, PARAMS(P_INT("repo", repo),
	    P_TEXT("version", row->version), P_TEXT("scope", row->scope),
	    P_TEXT("key", row->key)), &shape, &a, &found, err);

	arena_release(&a);
	return rc;
}

int
cache_add(struct store *st, int64_t repo, const struct cache_row *row,
    struct err *err)
{
	return set(st, SQL_CACHE_INSERT, PARAMS(P_INT("repo", repo),
	    P_TEXT("scope", row->scope), P_TEXT("version", row->version),
	    P_TEXT("key", row->key), P_TEXT("digest", row->digest),
	    P_INT("bytes", row->bytes), P_INT("now", clock_now_ms())), err);
}

int
cache_remove(struct store *st, int64_t id, struct err *err)
{
	return set(st, SQL_CACHE_DELETE, PARAMS(P_INT("id", id)), err);
}

/* Remove the first of `rows` until at most max_bytes are left. */
static int
prune_rows(struct store *st, const struct cache_row *rows, size_t n,
    int64_t *total, int64_t max_bytes, struct err *err)
{
	int removed = 0;

	for (size_t i = 0; i < n && *total > max_bytes; i++) {
		if (store_exec(st, SQL_CACHE_DELETE, PARAMS(
		    P_INT("id", rows[i].id)), err) == -1)
			return -1;
		*total -= rows[i].bytes;
		removed++;
	}
	return removed;
}

/* One transaction. Returns how many rows went; 0: nothing is left to do. */
static int
do_prune(struct store *st, int64_t repo, int64_t max_bytes, struct arena *a,
    struct err *err)
{
	const struct param *all = PARAMS(P_INT("limit", PRUNE_ROWS));
	const struct param *own = PARAMS(P_INT("repo", repo),
	    P_INT("limit", PRUNE_ROWS));
	struct cache_row *rows;
	int64_t total = 0;
	size_t n;

	if (store_number(st, repo != 0 ? SQL_CACHE_REPO_TOTAL :
	    SQL_CACHE_TOTAL, repo != 0 ? PARAMS(P_INT("repo", repo)) : NULL,
	    &total, err) == -1)
		return -1;
	if (total <= max_bytes)
		return 0;
	if (store_rows(st, repo != 0 ? SQL_CACHE_REPO_OLDEST :
	    SQL_CACHE_OLDEST, repo != 0 ? own : all, &shape, a, &rows, &n,
	    err) == -1)
		return -1;
	return prune_rows(st, rows, n, &total, max_bytes, err);
}

int
cache_prune(struct store *st, int64_t repo, int64_t max_bytes,
    struct err *err)
{
	int removed = 0, rc;

	do {
		struct arena a = ARENA_INIT(0);

		if (store_begin(st, err) == -1)
			return -1;
		rc = store_end(st, do_prune(st, repo, max_bytes, &a, err),
		    err);
		arena_release(&a);
		removed += rc > 0 ? rc : 0;
	} while (rc > 0);
	return rc == -1 ? -1 : removed;
}

int
cache_has_file(struct store *st, const char *digest, struct err *err)
{
	int64_t id;

	return store_number(st, SQL_CACHE_HAS_DIGEST, PARAMS(
	    P_TEXT("digest", digest)), &id, err);
}

int
cache_use_add(struct store *st, int64_t job, int attempt,
    const struct cache_use *use, struct err *err)
{
	const char *result = use->matched == NULL ? "miss" :
	    str_equal(use->matched, use->key) ? "hit" : "partial";
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_CACHE_USE_INSERT, PARAMS(P_INT("job", job),
	    P_INT("attempt", attempt), P_INT("step", use->step),
	    P_TEXT("key", use->key), P_TEXT("matched", use->matched),
	    P_INT("bytes", use->bytes)), err);
	if (rc != -1)
		rc = counter_add(st, NUMBER_CACHE_LOOKUPS,
		    COUNTER_LABELS(result), 1, err);
	return store_end(st, rc, err);
}

int
cache_use_list(struct store *st, int64_t job, struct arena *a,
    struct cache_use **out, size_t *n, struct err *err)
{
	static const struct field use_fields[] = {
		FIELD(INT, cache_use, step),
		FIELD(TEXT, cache_use, key),
		FIELD(TEXT, cache_use, matched),
		FIELD(INT64, cache_use, bytes),
	};
	static const struct shape use_shape = { use_fields,
		ARRAY_LEN(use_fields), sizeof(struct cache_use) };

	return store_rows(st, SQL_CACHE_USE_LIST, PARAMS(P_INT("job", job)),
	    &use_shape, a, out, n, err);
}

int
cache_list(struct store *st, int64_t repo, int limit, int64_t skip,
    struct arena *a, struct cache_row **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_CACHE_LIST, PARAMS(P_INT("repo", repo),
	    P_INT("limit", limit), P_INT("skip", skip)), &shape, a, out, n,
	    err);
}

int
cache_forget(struct store *st, int64_t repo, int64_t id, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_CACHE_FORGET, PARAMS(
	    P_INT("repo", repo), P_INT("id", id)), err), err);
}
