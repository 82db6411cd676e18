/*
 * sessions.c - see sessions.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/sessions.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/token_rows.h"

#define USED_STEP_MS (INT64_C(3600) * 1000)

static const struct field session_fields[] = {
	FIELD(INT64, session, id),
	FIELD(INT64, session, token),
	FIELD(INT64, session, user),
	FIELD(TEXT, session, provider),
	FIELD(TEXT, session, address),
	FIELD(TEXT, session, browser),
	FIELD(INT64, session, created_at_ms),
	FIELD(INT64, session, used_at_ms),
	FIELD(INT64, session, expires_at_ms),
};
static const struct shape session_shape = { session_fields,
	ARRAY_LEN(session_fields), sizeof(struct session) };

static int
do_begin(struct store *st, const struct session *s, const char *value,
    struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	int64_t now = clock_now_ms();

	token_hash(value, hash);
	if (store_exec(st, SQL_SESSION_TRIM, PARAMS(P_INT("now", now)),
	    err) == -1)
		return -1;
	return store_exec(st, SQL_SESSION_INSERT, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)),
	    P_INT_UNLESS("token", s->token, 0),
	    P_INT_UNLESS("user", s->user, 0),
	    P_TEXT("provider", s->provider != NULL ? s->provider : ""),
	    P_TEXT("address", s->address != NULL ? s->address : ""),
	    P_TEXT("browser", s->browser != NULL ? s->browser : ""),
	    P_INT("now", now),
	    P_INT("expires", now + SESSION_S * INT64_C(1000))), err);
}

int
session_begin(struct store *st, const struct session *s, struct arena *a,
    const char **value, struct err *err)
{
	*value = token_random("", a);
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_begin(st, s, *value, err), err) == -1 ? -1 : 0;
}

int
session_find(struct store *st, const char *value, struct arena *a,
    struct session *out, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];

	if (strlen(value) > TOKEN_TEXT_MAX)
		return 0;
	token_hash(value, hash);
	return store_row(st, SQL_SESSION_BY_HASH, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_INT("now", clock_now_ms())),
	    &session_shape, a, out, err);
}

int
session_list(struct store *st, int64_t user, struct arena *a,
    struct session **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_SESSION_LIST, PARAMS(P_INT("user", user),
	    P_INT("now", clock_now_ms())), &session_shape, a, out, n, err);
}

int
session_used(struct store *st, const struct session *s, struct err *err)
{
	int64_t now = clock_now_ms(), before = now - USED_STEP_MS;

	if (s->used_at_ms >= before)
		return 0;
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_SESSION_USED, PARAMS(
	    P_INT("id", s->id), P_INT("now", now)), err), err) == -1 ? -1 : 0;
}

/* In a transaction: how many rows it changed. */
static int
change(struct store *st, enum sql_id id, const struct param *params,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, id, params, err), err);
}

int
session_end_one(struct store *st, int64_t user, int64_t id, struct err *err)
{
	int n = change(st, SQL_SESSION_DELETE_ONE, PARAMS(P_INT("id", id),
	    P_INT("user", user)), err);

	return n != 0 ? (n == -1 ? -1 : 0) : err_set(err, ERR_NOT_FOUND,
	    "there is no such session: it is over");
}

int
session_end_others(struct store *st, int64_t user, int64_t but,
    struct err *err)
{
	return change(st, SQL_SESSION_DELETE_OTHERS, PARAMS(
	    P_INT("user", user), P_INT("but", but)), err) == -1 ? -1 : 0;
}

int
session_end(struct store *st, const char *value, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];

	token_hash(value, hash);
	return change(st, SQL_SESSION_DELETE, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash))), err) == -1 ? -1 : 0;
}

void
session_form(const char *value, char out[SESSION_FORM_SIZE])
{
	static const char what[] = "form";
	unsigned char mac[TOKEN_HASH_SIZE];

	/* Keyed by the value, which the database does not hold. */
	crypto_generichash(mac, sizeof(mac), (const unsigned char *)what,
	    sizeof(what), (const unsigned char *)value,
	    strnlen(value, crypto_generichash_KEYBYTES_MAX));
	sodium_bin2hex(out, SESSION_FORM_SIZE, mac, sizeof(mac));
}
