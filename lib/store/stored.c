/*
 * stored.c - see stored.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/stored.h"

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/repos.h"
#include "lib/store/statement.h"

static const struct field fields[] = {
	FIELD(INT64, stored, repo),
	FIELD(TEXT, stored, owner),
	FIELD(TEXT, stored, name),
	FIELD(TEXT, stored, description),
	FIELD(TEXT, stored, text),
	FIELD(BOOL, stored, by_hand),
	FIELD(INT64, stored, revision),
	FIELD(INT64, stored, updated_at_ms),
	FIELD(TEXT, stored, updated_by),
	FIELD(INT64, stored, created_at_ms),
};
static const struct shape shape = { fields, ARRAY_LEN(fields),
	sizeof(struct stored) };

int
stored_find(struct store *st, int64_t repo, struct arena *a,
    struct stored *out, struct err *err)
{
	return store_row(st, SQL_STORED_FIND, PARAMS(P_INT("repo", repo)),
	    &shape, a, out, err);
}

int
stored_list(struct store *st, int64_t after, int limit, const char *sees,
    struct arena *a, struct stored **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_STORED_LIST, PARAMS(P_INT("after", after),
	    P_INT("limit", limit), P_TEXT("sees", sees)), &shape, a, out, n,
	    err);
}

static int
add(struct store *st, struct stored *s, const struct repo *repo,
    const char *by, struct err *err)
{
	return repo_add(st, repo, NULL, &s->repo, err) == -1 ||
	    store_exec(st, SQL_STORED_INSERT, PARAMS(P_INT("repo", s->repo),
	    P_TEXT("description", s->description), P_TEXT("text", s->text),
	    P_INT("by_hand", s->by_hand), P_INT("now", clock_now_ms()),
	    P_TEXT("by", by)), err) == -1 ? -1 : 0;
}

int
stored_add(struct store *st, struct stored *s, bool is_private,
    const char *by, struct err *err)
{
	struct str url = STR_INIT;
	struct repo repo = { .forge = STORED_FORGE, .owner = STORED_OWNER,
		.name = s->name, .default_branch = STORED_BRANCH,
		.is_private = is_private };
	int rc;

	str_addf(&url, STORED_FORGE ":%s", s->name);
	repo.clone_url = url.s;
	rc = store_begin(st, err);
	if (rc == 0)
		rc = store_end(st, add(st, s, &repo, by, err), err);
	str_release(&url);
	return rc;
}

int
stored_change(struct store *st, const struct stored *s, const char *by,
    struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_end(st, store_exec(st, SQL_STORED_UPDATE, PARAMS(
	    P_INT("repo", s->repo), P_TEXT("description", s->description),
	    P_TEXT("text", s->text), P_INT("by_hand", s->by_hand),
	    P_INT("now", clock_now_ms()), P_TEXT("by", by)), err), err);
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such "
		    "pipeline");
	return n == -1 ? -1 : 0;
}
