/*
 * reporting.c - how forges are told of runs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/reporting.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/internal.h"
#include "lib/store/seal.h"
#include "lib/store/statement.h"

const char *
reporting_place_repo(int64_t repo, struct arena *a)
{
	return arena_printf(a, "repo:%" PRId64, repo);
}

const char *
reporting_place_forge(const char *forge, struct arena *a)
{
	return arena_printf(a, "forge:%s", forge);
}

/* --- sealing ---------------------------------------------------------------- */

/* A key that is lost is not replaced in silence. */
static int
make_key(struct store *st, struct err *err)
{
	int rc = seal_has_key(st->path, SEAL_NOTIFY, err);
	int64_t sealed;

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (store_number(st, SQL_REPORTING_SEALED, NULL, &sealed, err) == -1)
		return -1;
	if (sealed > 0)
		return err_set(err, ERR_IO, "\"keys/notify.key\" beside \"%s\" "
		    "is missing, and %" PRId64 " tokens are sealed with it: "
		    "restore it from the backup, or remove what is set first",
		    st->path, sealed);
	return seal_make_key(st->path, SEAL_NOTIFY, err);
}

int
reporting_seal(struct store *st, const char *about, const char *text,
    struct arena *a, unsigned char **out, size_t *len, struct err *err)
{
	if (make_key(st, err) == -1)
		return -1;
	return seal_close(st->path, SEAL_NOTIFY, about, text, a, out, len,
	    err);
}

/* --- setting ---------------------------------------------------------------- */

static int
set_token(struct store *st, const char *place, const char *token,
    struct arena *a, struct err *err)
{
	unsigned char *sealed;
	size_t len;

	if (reporting_seal(st, place, token, a, &sealed, &len, err) == -1)
		return -1;
	return store_exec(st, SQL_REPORTING_SET_TOKEN, PARAMS(
	    P_TEXT("place", place), P_BLOB("token", sealed, len),
	    P_INT("now", clock_now_ms())), err) == -1 ? -1 : 0;
}

int
reporting_set(struct store *st, const char *place, int64_t repo,
    const struct reporting *r, const char *token, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_REPORTING_INSERT, PARAMS(
	    P_TEXT("place", place), P_INT_UNLESS("repo", repo, 0),
	    P_INT("now", clock_now_ms())), err);
	if (rc != -1)
		rc = store_exec(st, SQL_REPORTING_SET, PARAMS(
		    P_TEXT("place", place), P_TEXT("api_url", r->api_url),
		    P_TEXT("statuses", r->statuses),
		    P_INT_UNLESS("ignored", r->ignored, -1),
		    P_INT_UNLESS("comments", r->comments, -1),
		    P_INT("now", clock_now_ms())), err);
	if (rc != -1 && token != NULL)
		rc = set_token(st, place, token, &a, err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
reporting_forget(struct store *st, const char *place, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_REPORTING_DELETE, PARAMS(
	    P_TEXT("place", place)), err);
	if (rc == 0)
		rc = err_set(err, ERR_NOT_FOUND, "nothing is set there");
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

/* --- reading ---------------------------------------------------------------- */

int
reporting_find(struct store *st, const char *place, struct arena *a,
    struct reporting *out, struct err *err)
{
	struct row {
		const char *place;
		struct reporting r;
	} row;
	static const struct field fields[] = {
		FIELD(TEXT, row, place),
		{ "api_url", FIELD_TEXT, offsetof(struct row, r.api_url) },
		{ "statuses", FIELD_TEXT, offsetof(struct row, r.statuses) },
		{ "ignored", FIELD_INT, offsetof(struct row, r.ignored) },
		{ "comments", FIELD_INT, offsetof(struct row, r.comments) },
		{ "has_token", FIELD_BOOL, offsetof(struct row, r.has_token) },
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct row) };
	int rc = store_row(st, SQL_REPORTING_FIND, PARAMS(
	    P_TEXT("place", place)), &shape, a, &row, err);

	if (rc == 1)
		*out = row.r;
	return rc;
}

/* What is not set yet is as the other place says. */
static void
inherit(struct reporting *r, const struct reporting *from)
{
	if (r->api_url == NULL)
		r->api_url = from->api_url;
	if (r->statuses == NULL)
		r->statuses = from->statuses;
	if (r->ignored == -1)
		r->ignored = from->ignored;
	if (r->comments == -1)
		r->comments = from->comments;
	r->has_token = r->has_token || from->has_token;
}

int
reporting_of(struct store *st, const struct repo *repo, struct arena *a,
    struct reporting *out, struct err *err)
{
	static const struct reporting standard = { NULL, "workflow", 0, 0,
		false };
	struct reporting own = REPORTING_NONE, forge = REPORTING_NONE;

	if (reporting_find(st, reporting_place_repo(repo->id, a), a, &own,
		err) == -1 || reporting_find(st, reporting_place_forge(
		repo->forge, a), a, &forge, err) == -1)
		return -1;
	inherit(&own, &forge);
	inherit(&own, &standard);
	*out = own;
	return 0;
}

static int
token_at(struct store *st, const char *place, struct arena *a,
    const char **token, struct err *err)
{
	struct sealed {
		const char *sealed;
		size_t sealed_len;
	} row;
	static const struct field fields[] = {
		FIELD(TEXT, sealed, sealed),
		FIELD(SIZE, sealed, sealed_len),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct sealed) };
	int rc = store_row(st, SQL_REPORTING_TOKEN, PARAMS(
	    P_TEXT("place", place)), &shape, a, &row, err);

	if (rc == 1 && seal_open(st->path, SEAL_NOTIFY, place,
		(const unsigned char *)row.sealed, row.sealed_len, a, token,
		err) == -1)
		return err_wrap(err, "the token of %s", place);
	return rc;
}

int
reporting_token(struct store *st, const struct repo *repo, struct arena *a,
    const char **token, struct err *err)
{
	int rc = token_at(st, reporting_place_repo(repo->id, a), a, token,
	    err);

	return rc != 0 ? rc : token_at(st, reporting_place_forge(repo->forge,
	    a), a, token, err);
}

int
reporting_newest(struct store *st, int64_t run, struct arena *a,
    int64_t *newest, const char **sha, struct err *err)
{
	struct row {
		int64_t newest;
		const char *sha;
	} row;
	static const struct field fields[] = {
		FIELD(INT64, row, newest),
		FIELD(TEXT, row, sha),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct row) };
	int rc = store_row(st, SQL_REPORTING_NEWEST, PARAMS(
	    P_INT("run", run)), &shape, a, &row, err);

	if (rc == 1) {
		*newest = row.newest;
		*sha = row.sha;
	}
	return rc;
}
