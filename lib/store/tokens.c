/*
 * tokens.c - see tokens.h.
 *
 * Tokens are found by their hash in an index. How long that takes tells about
 * the hash of what was sent, from which nothing follows for a token.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/tokens.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/grant_rows.h"
#include "lib/store/token_rows.h"
#include "lib/store/users.h"

#define RANDOM_BYTES 32
#define USED_STEP_MS (INT64_C(3600) * 1000)

/* A row; its role is a word still. */
struct token_row {
	struct token t;
	const char *role;
};

#define T_FIELD(type, member) \
	{ #member, FIELD_##type, offsetof(struct token_row, t.member) }

static const struct field token_fields[] = {
	T_FIELD(INT64, id),
	T_FIELD(TEXT, name),
	FIELD(TEXT, token_row, role),
	{ "owner", FIELD_TEXT, offsetof(struct token_row, t.grant.owner) },
	{ "repo", FIELD_TEXT, offsetof(struct token_row, t.grant.repo) },
	T_FIELD(INT64, user),
	T_FIELD(TEXT, user_name),
	T_FIELD(INT64, created_at_ms),
	T_FIELD(TEXT, created_by),
	T_FIELD(INT64, expires_at_ms),
	T_FIELD(INT64, used_at_ms),
};
static const struct shape token_shape = { token_fields,
	ARRAY_LEN(token_fields), sizeof(struct token_row) };

const char *
token_random(const char *prefix, struct arena *a)
{
	unsigned char random[RANDOM_BYTES];
	char text[sodium_base64_ENCODED_LEN(RANDOM_BYTES,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(text, sizeof(text), random, sizeof(random),
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_printf(a, "%s%s", prefix, text);
}

void
token_hash(const char *text, unsigned char hash[TOKEN_HASH_SIZE])
{
	crypto_generichash(hash, TOKEN_HASH_SIZE, (const unsigned char *)text,
	    strlen(text), NULL, 0);
}

static int
read_role(struct token_row *row, struct err *err)
{
	if (!role_parse(row->role, &row->t.grant.role))
		return err_set(err, ERR_CORRUPT, "token \"%s\" has the role "
		    "\"%s\"", row->t.name, row->role);
	return 1;
}

/* The one row of a statement. */
static int
find(struct store *st, enum sql_id id, const struct param *params,
    struct arena *a, struct token *out, struct err *err)
{
	struct token_row row;
	int found = store_row(st, id, params, &token_shape, a, &row, err);

	if (found != 1 || read_role(&row, err) == -1)
		return found == 1 ? -1 : found;
	*out = row.t;
	return 1;
}

int
token_find(struct store *st, const char *text, struct arena *a,
    struct token *out, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];

	if (strlen(text) > TOKEN_TEXT_MAX)
		return 0;
	token_hash(text, hash);
	return find(st, SQL_TOKEN_BY_HASH, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_INT("now", clock_now_ms())),
	    a, out, err);
}

int
token_find_id(struct store *st, int64_t id, struct arena *a,
    struct token *out, struct err *err)
{
	return find(st, SQL_TOKEN_BY_ID, PARAMS(P_INT("id", id),
	    P_INT("now", clock_now_ms())), a, out, err);
}

static int
list(struct store *st, enum sql_id id, const struct param *params,
    struct arena *a, struct token **out, size_t *n, struct err *err)
{
	struct token_row *rows;

	if (store_rows(st, id, params, &token_shape, a, &rows, n, err) == -1)
		return -1;
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++) {
		if (read_role(&rows[i], err) == -1)
			return -1;
		(*out)[i] = rows[i].t;
	}
	return 0;
}

int
token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct err *err)
{
	return list(st, SQL_TOKEN_LIST, NULL, a, out, n, err);
}

int
token_list_user(struct store *st, int64_t user, struct arena *a,
    struct token **out, size_t *n, struct err *err)
{
	return list(st, SQL_TOKEN_LIST_USER, PARAMS(P_INT("user", user)), a,
	    out, n, err);
}

/* It stands in events, logs and pages. */
static int
check_name(const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > TOKEN_NAME_MAX)
		return err_set(err, ERR_INVALID, "a token's name has 1 to %d "
		    "characters", TOKEN_NAME_MAX);
	if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.@ ") != len || name[0] == ' ' || name[0] == '-' ||
	    name[len - 1] == ' ')
		return err_set(err, ERR_INVALID, "a token's name has letters, "
		    "digits, \"_\", \".\", \"@\", and \"-\" and blanks inside; "
		    "\"%s\" is none", name);
	return 0;
}

/* Reviewers are named without saying what they are, so a name is one's. */
static int
check_free(struct store *st, const struct token *t, struct err *err)
{
	int64_t n = 0;

	if (t->user == 0) {
		if (store_number(st, SQL_TOKEN_USER_NAMED, PARAMS(
		    P_TEXT("name", t->name)), &n, err) == -1)
			return -1;
		return n == 0 ? 0 : err_set(err, ERR_EXISTS, "there is a "
		    "user \"%s\" already: take another name", t->name);
	}
	if (store_number(st, SQL_TOKEN_COUNT, PARAMS(P_INT("user", t->user)),
	    &n, err) == -1)
		return -1;
	return n < TOKENS_MAX ? 0 : err_set(err, ERR_TOO_LARGE, "a user has "
	    "%d tokens at most: remove one first", TOKENS_MAX);
}

/* Of a token of a user, or of nobody. */
static int
note(struct store *st, int rc, const char *action, int64_t user,
    const char *name, const char *detail, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct user u = { .name = "" };

	if (rc != -1 && user != 0 && user_find_id(st, user, &a, &u, err) == -1)
		rc = -1;
	if (rc != -1 && audit_note(st, action, arena_printf(&a, "token %s%s%s",
	    u.name, user != 0 ? "/" : "", name), NULL, detail, err) == -1)
		rc = -1;
	arena_release(&a);
	return rc;
}

static int
insert(struct store *st, const struct token *t, const char *by,
    const char *text, struct arena *a, struct err *err)
{
	const struct grant *g = &t->grant;
	unsigned char hash[TOKEN_HASH_SIZE];
	int64_t repo;
	int rc;

	if (check_free(st, t, err) == -1 ||
	    grant_repo(st, g, a, &repo, err) == -1)
		return -1;
	token_hash(text, hash);
	rc = store_exec(st, SQL_TOKEN_INSERT, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_TEXT("name", t->name),
	    P_INT_UNLESS("user", t->user, 0),
	    P_TEXT("role", role_name(g->role)),
	    P_TEXT("owner", g->repo == NULL ? g->owner : NULL),
	    P_INT_UNLESS("repo", repo, 0), P_INT("now", clock_now_ms()),
	    P_TEXT("by", by),
	    P_INT_UNLESS("expires", t->expires_at_ms, 0)), err);
	if (rc == -1 && err != NULL && err->code == ERR_EXISTS)
		err_set(err, ERR_EXISTS, "there is a token \"%s\" already: "
		    "remove it first, or take another name", t->name);
	return rc;
}

int
token_add(struct store *st, const struct token *t, const char *by,
    struct arena *a, const char **text, struct err *err)
{
	const char *made = token_random(TOKEN_PREFIX, a);

	if (check_name(t->name, err) == -1)
		return -1;
	if (t->expires_at_ms != 0 && t->expires_at_ms <= clock_now_ms())
		return err_set(err, ERR_INVALID, "a token cannot end in the "
		    "past");
	if (store_begin(st, err) == -1 ||
	    store_end(st, note(st, insert(st, t, by, made, a, err),
		"token.add", t->user, t->name, grant_text(&t->grant, a),
		err), err) == -1)
		return -1;
	*text = made;
	return 0;
}

int
token_remove(struct store *st, int64_t user, const char *name,
    struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_TOKEN_DELETE, PARAMS(P_INT("user", user),
	    P_TEXT("name", name)), err);
	if (n > 0)
		n = note(st, n, "token.remove", user, name, NULL, err);
	if (store_end(st, n, err) == -1)
		return -1;
	return n > 0 ? 0 : err_set(err, ERR_NOT_FOUND,
	    "there is no token \"%s\"; \"pawl token list\" shows them", name);
}

int
token_used(struct store *st, const struct token *t, struct err *err)
{
	int64_t now = clock_now_ms(), before = now - USED_STEP_MS;

	if (t->used_at_ms >= before)
		return 0;
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_TOKEN_USED, PARAMS(
	    P_INT("id", t->id), P_INT("now", now), P_INT("before", before)),
	    err), err) == -1 ? -1 : 0;
}
