/*
 * links.c - see links.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/links.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/grants.h"
#include "lib/store/passwords.h"
#include "lib/store/token_rows.h"

static const char *const kinds[] = {
	[LINK_SETUP] = "setup",
	[LINK_PASSWORD] = "password",
	[LINK_IDENTITY] = "identity",
};

struct link_row {
	struct link l;
	const char *kind;
};

static const struct field link_fields[] = {
	FIELD(TEXT, link_row, kind),
	{ "user", FIELD_INT64, offsetof(struct link_row, l.user) },
	{ "created_by", FIELD_TEXT, offsetof(struct link_row, l.created_by) },
	{ "expires_at_ms", FIELD_INT64,
	    offsetof(struct link_row, l.expires_at_ms) },
};
static const struct shape link_shape = { link_fields, ARRAY_LEN(link_fields),
	sizeof(struct link_row) };

static int
refuse_setup(struct store *st, struct err *err)
{
	int64_t n;

	if (users_admins(st, &n, err) == -1)
		return -1;
	return n == 0 ? 0 : err_set(err, ERR_CONFLICT, "there is an "
	    "administrator already; \"pawl user link NAME\" lets one in who "
	    "has lost the password");
}

static int
insert(struct store *st, enum link_kind kind, int64_t user, const char *by,
    const char *text, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	int64_t now = clock_now_ms();
	int64_t lasts_s = kind == LINK_IDENTITY ? LINK_IDENTITY_S : LINK_S;

	if (kind == LINK_SETUP && refuse_setup(st, err) == -1)
		return -1;
	token_hash(text, hash);
	if (store_exec(st, SQL_LINK_TRIM, PARAMS(P_INT("now", now)),
	    err) == -1 || store_exec(st, SQL_LINK_DELETE_KIND, PARAMS(
		P_TEXT("kind", kinds[kind]), P_INT_UNLESS("user", user, 0)),
		err) == -1)
		return -1;
	return store_exec(st, SQL_LINK_INSERT, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_TEXT("kind", kinds[kind]),
	    P_INT_UNLESS("user", user, 0), P_INT("now", now),
	    P_TEXT("by", by), P_INT("expires", now + lasts_s * 1000)), err);
}

int
link_keep(struct store *st, enum link_kind kind, int64_t user,
    const char *by, const char *text, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = insert(st, kind, user, by, text, err);
	if (kind == LINK_PASSWORD)
		rc = audit_user(st, rc, "user.link", user, NULL, err);
	else if (kind == LINK_SETUP)
		rc = audit_done(st, rc, "setup.link", 0, err, "first "
		    "administrator");
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
link_make(struct store *st, enum link_kind kind, int64_t user,
    const char *by, struct arena *a, const char **text, struct err *err)
{
	*text = token_random("", a);
	return link_keep(st, kind, user, by, *text, err);
}

int
link_first(struct store *st, struct arena *a, const char **text,
    struct err *err)
{
	int64_t n;

	if (store_number(st, SQL_LINK_NOT_FIRST, PARAMS(P_INT("now",
	    clock_now_ms())), &n, err) == -1)
		return -1;
	if (n > 0)
		return 0;
	return link_make(st, LINK_SETUP, 0, "pawl-workerd", a, text, err) ==
	    -1 ? -1 : 1;
}

const char *
link_address(const char *base_url, const char *text, struct arena *a)
{
	return arena_printf(a, "%s/setup?token=%s", base_url, text);
}

int
link_find(struct store *st, const char *text, struct arena *a,
    struct link *out, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	struct link_row row;
	int found;

	if (strlen(text) > TOKEN_TEXT_MAX)
		return 0;
	token_hash(text, hash);
	found = store_row(st, SQL_LINK_FIND, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_INT("now", clock_now_ms())),
	    &link_shape, a, &row, err);
	if (found != 1)
		return found;
	*out = row.l;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(row.kind, kinds[i]) == 0)
			out->kind = (enum link_kind)i;
	return 1;
}

int
link_take(struct store *st, const char *text, struct arena *a,
    struct link *out, struct err *err)
{
	unsigned char hash[TOKEN_HASH_SIZE];
	int found = link_find(st, text, a, out, err);

	if (found != 1)
		return found;
	token_hash(text, hash);
	return store_exec(st, SQL_LINK_DELETE, PARAMS(
	    P_BLOB("hash", hash, sizeof(hash)), P_INT("now", clock_now_ms())),
	    err);
}

static int
over(struct err *err)
{
	return err_set(err, ERR_DENIED, "this link does not count any more: "
	    "it was used, is older than a day, or another one was made");
}

/* The first administrator. */
static int
add_first(struct store *st, const char *name, struct arena *a, int64_t *id,
    struct err *err)
{
	const struct grant all = { .role = ROLE_ADMIN };

	if (refuse_setup(st, err) == -1 ||
	    user_add(st, name, "setup", id, err) == -1)
		return -1;
	return grant_set(st, *id, &all, "setup", a, err);
}

static int
do_accept(struct store *st, const char *text, const char *name,
    const char *hash, struct arena *a, struct user *out, struct err *err)
{
	struct link link;
	int64_t id;
	int found = link_take(st, text, a, &link, err);

	if (found == -1)
		return -1;
	if (found == 0 || link.kind == LINK_IDENTITY)
		return over(err);
	id = link.user;
	if (link.kind == LINK_SETUP && add_first(st, name, a, &id, err) == -1)
		return -1;
	if (password_set(st, id, hash, 0, err) == -1 ||
	    user_find_id(st, id, a, out, err) != 1)
		return -1;
	/* Nobody has signed in yet: it is the user's own doing. */
	return audit_add(st, &(struct audit_entry){ .actor = out->name,
		.action = link.kind == LINK_SETUP ? "user.add" :
		"user.password", .target = arena_printf(a, "user %s",
		out->name), .detail = "by a link" }, err);
}

int
link_accept(struct store *st, const char *text, const char *name,
    const char *password, struct arena *a, struct user *out,
    struct err *err)
{
	const char *hash;
	struct link link;
	int found = link_find(st, text, a, &link, err);

	if (found != 1)
		return found == 0 ? over(err) : -1;
	/* Before the lock is held: it takes its time. */
	if (password_check(password, name, err) == -1 ||
	    password_hash(password, a, &hash, err) == -1 ||
	    store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_accept(st, text, name, hash, a, out, err),
	    err);
}
