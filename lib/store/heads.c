/*
 * heads.c - see heads.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/heads.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/statement.h"

int
head_list(struct store *st, int64_t repo, struct arena *a, struct head **out,
    size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, head, ref),
		FIELD(TEXT, head, sha),
		FIELD(TEXT, head, found),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct head) };

	return store_rows(st, SQL_HEAD_LIST, PARAMS(P_INT("repo", repo)),
	    &shape, a, out, n, err);
}

int
head_put(struct store *st, int64_t repo, const char *ref, const char *sha,
    struct err *err)
{
	int rc = sha == NULL ?
	    store_exec(st, SQL_HEAD_REMOVE, PARAMS(P_INT("repo", repo),
		P_TEXT("ref", ref)), err) :
	    store_exec(st, SQL_HEAD_PUT, PARAMS(P_INT("repo", repo),
		P_TEXT("ref", ref), P_TEXT("sha", sha)), err);

	return rc == -1 ? -1 : 0;
}

int
head_put_found(struct store *st, int64_t repo, const char *ref,
    const char *sha, struct err *err)
{
	return store_exec(st, SQL_HEAD_PUT_FOUND, PARAMS(P_INT("repo", repo),
	    P_TEXT("ref", ref), P_TEXT("sha", sha)), err) == -1 ? -1 : 0;
}

int
head_take_found(struct store *st, int64_t repo, const char *ref,
    const char *sha, struct err *err)
{
	return store_exec(st, SQL_HEAD_TAKE_FOUND, PARAMS(P_INT("repo", repo),
	    P_TEXT("ref", ref), P_TEXT("sha", sha)), err);
}

int
reconcile_want(struct store *st, int64_t repo, int64_t before_ms,
    const char *by, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_done(st, store_exec(st, SQL_RECONCILE_WANT,
	    PARAMS(P_INT_UNLESS("repo", repo, 0), P_INT("before", before_ms),
	    P_INT("now", clock_now_ms()), P_TEXT("by", by)), err),
	    "repo.reconcile", repo, err, "reconcile"), err);
}

int
reconcile_due(struct store *st, size_t max, struct arena *a, int64_t **repos,
    size_t *n, int64_t *next, struct err *err)
{
	static const struct field fields[] = {
		{ "repo", FIELD_INT64, 0 },
	};
	static const struct shape shape = { fields, 1, sizeof(int64_t) };
	int64_t now = clock_now_ms();

	*next = 0;
	if (store_rows(st, SQL_RECONCILE_DUE, PARAMS(P_INT("now", now),
	    P_INT("max", (int64_t)max)), &shape, a, repos, n, err) == -1)
		return -1;
	return store_number(st, SQL_RECONCILE_NEXT, PARAMS(P_INT("now", now)),
	    next, err) == -1 ? -1 : 0;
}

int
reconcile_read(struct store *st, int64_t repo, struct arena *a,
    struct reconcile *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, reconcile, repo),
		FIELD(INT64, reconcile, wanted_at_ms),
		FIELD(TEXT, reconcile, wanted_by),
		FIELD(INT, reconcile, tries),
		FIELD(INT64, reconcile, done_at_ms),
		FIELD(INT64, reconcile, found),
		FIELD(TEXT, reconcile, problem),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct reconcile) };

	return store_row(st, SQL_RECONCILE_READ, PARAMS(P_INT("repo", repo)),
	    &shape, a, out, err);
}

int
reconcile_must_wait(struct store *st, int64_t repo, struct err *err)
{
	int64_t one;

	return store_number(st, SQL_RECONCILE_WAITS, PARAMS(
	    P_INT("repo", repo)), &one, err);
}

int
reconcile_done(struct store *st, int64_t repo, int64_t found,
    struct err *err)
{
	return store_exec(st, SQL_RECONCILE_DONE, PARAMS(P_INT("repo", repo),
	    P_INT("now", clock_now_ms()), P_INT("found", found)), err) == -1 ?
	    -1 : 0;
}

int
reconcile_failed(struct store *st, int64_t repo, int64_t again_ms,
    const char *problem, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_RECONCILE_FAILED, PARAMS(
	    P_INT("repo", repo), P_INT_UNLESS("again", again_ms, 0),
	    P_TEXT("problem", problem)), err), err) == -1 ? -1 : 0;
}
