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
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/repos.h"
#include "lib/store/token_rows.h"

#define RANDOM_BYTES 32
#define USED_STEP_MS (INT64_C(3600) * 1000)

static const char *const roles[] = {
	[ROLE_READER] = "reader",
	[ROLE_WRITER] = "writer",
	[ROLE_ADMIN] = "admin",
};

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
	T_FIELD(TEXT, owner),
	T_FIELD(TEXT, repo),
	T_FIELD(INT64, created_at_ms),
	T_FIELD(TEXT, created_by),
	T_FIELD(INT64, expires_at_ms),
	T_FIELD(INT64, used_at_ms),
};
static const struct shape token_shape = { token_fields,
	ARRAY_LEN(token_fields), sizeof(struct token_row) };

const char *
role_name(enum role role)
{
	return roles[role];
}

bool
role_parse(const char *word, enum role *out)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (strcmp(word, roles[i]) == 0) {
			*out = (enum role)i;
			return true;
		}
	}
	return false;
}

const char *
token_scope_text(const struct token *t, struct arena *a)
{
	if (t->owner == NULL)
		return "everything";
	return t->repo == NULL ? arena_printf(a, "owner %s", t->owner) :
	    arena_printf(a, "%s/%s", t->owner, t->repo);
}

bool
token_allows(const struct token *t, enum role role, const char *owner,
    const char *repo)
{
	if (t->role < role)
		return false;
	if (t->owner == NULL)
		return true;
	if (owner == NULL || strcasecmp(t->owner, owner) != 0)
		return false;
	return t->repo == NULL ||
	    (repo != NULL && strcasecmp(t->repo, repo) == 0);
}

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
	if (!role_parse(row->role, &row->t.role))
		return err_set(err, ERR_CORRUPT, "token \"%s\" has the role "
		    "\"%s\"", row->t.name, row->role);
	return 1;
}

int
token_by(struct store *st, enum sql_id id, const char *text, struct arena *a,
    struct token *out, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	struct token_row row;
	int found;

	if (strlen(text) > TOKEN_TEXT_MAX)
		return 0;
	token_hash(text, hash);
	found = store_row(st, id, PARAMS(P_BLOB("hash", hash, sizeof(hash)),
	    P_INT("now", clock_now_ms())), &token_shape, a, &row, err);
	if (found != 1 || read_role(&row, err) == -1)
		return found == 1 ? -1 : found;
	*out = row.t;
	return 1;
}

int
token_find(struct store *st, const char *text, struct arena *a,
    struct token *out, struct err *err)
{
	return token_by(st, SQL_TOKEN_BY_HASH, text, a, out, err);
}

int
token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct err *err)
{
	struct token_row *rows;

	if (store_rows(st, SQL_TOKEN_LIST, NULL, &token_shape, a, &rows, n,
	    err) == -1)
		return -1;
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++) {
		if (read_role(&rows[i], err) == -1)
			return -1;
		(*out)[i] = rows[i].t;
	}
	return 0;
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

/* Its repository's id, 0 for a wider scope. */
static int
find_repo(struct store *st, const struct token *t, struct arena *a,
    int64_t *id, struct err *err)
{
	struct repo repo;
	int found;

	*id = 0;
	if (t->repo == NULL)
		return 0;
	found = repo_find(st, t->owner, t->repo, a, &repo, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no repository \"%s/%s\"", t->owner, t->repo);
	*id = repo.id;
	return found == 1 ? 0 : -1;
}

static int
insert(struct store *st, const struct token *t, const char *by,
    const char *text, struct arena *a, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	int64_t repo;
	int rc;

	if (find_repo(st, t, a, &repo, err) == -1)
		return -1;
	token_hash(text, hash);
	rc = store_exec(st, SQL_TOKEN_INSERT, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_TEXT("name", t->name),
	    P_TEXT("role", role_name(t->role)),
	    P_TEXT("owner", t->repo == NULL ? t->owner : NULL),
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
	    store_end(st, insert(st, t, by, made, a, err), err) == -1)
		return -1;
	*text = made;
	return 0;
}

int
token_remove(struct store *st, const char *name, struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_TOKEN_DELETE, PARAMS(P_TEXT("name", name)),
	    err);
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
