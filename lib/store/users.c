/*
 * users.c - see users.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/users.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/statement.h"

static const struct field user_fields[] = {
	FIELD(INT64, user, id),
	FIELD(TEXT, user, name),
	FIELD(BOOL, user, has_password),
	FIELD(INT64, user, created_at_ms),
	FIELD(TEXT, user, created_by),
	FIELD(INT64, user, disabled_at_ms),
	FIELD(INT64, user, used_at_ms),
};
static const struct shape user_shape = { user_fields,
	ARRAY_LEN(user_fields), sizeof(struct user) };

/* It stands in events, logs, pages and addresses, and is never another one's
 * that looks the same. */
static int
check_name(const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > USER_NAME_MAX)
		return err_set(err, ERR_INVALID, "a user's name has 1 to %d "
		    "characters", USER_NAME_MAX);
	if (strspn(name, USER_NAME_LETTERS) != len || name[0] == '-' || name[0] == '.')
		return err_set(err, ERR_INVALID, "a user's name has letters, "
		    "digits, \"_\", and \"-\" and \".\" behind the first; "
		    "\"%s\" is none", name);
	return 0;
}

static int
is_taken(const char *name, const char *whose, struct err *err)
{
	return err_set(err, ERR_EXISTS, "there is a %s \"%s\" already: take "
	    "another name", whose, name);
}

int
user_name_taken(struct store *st, const char *name, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct user u;
	int64_t n;
	int found = user_find(st, name, &a, &u, err);

	arena_release(&a);
	if (found != 0)
		return found;
	if (store_number(st, SQL_USER_TOKEN_NAMED, PARAMS(P_TEXT("name",
	    name)), &n, err) == -1)
		return -1;
	return n > 0;
}

/* Reviewers are named without saying what they are, so a name is one's. */
static int
insert(struct store *st, const char *name, const char *by, int64_t *id,
    struct err *err)
{
	int64_t n;

	if (store_number(st, SQL_USER_TOKEN_NAMED, PARAMS(P_TEXT("name",
	    name)), &n, err) == -1)
		return -1;
	if (n > 0)
		return is_taken(name, "token", err);
	if (store_number(st, SQL_USER_INSERT, PARAMS(P_TEXT("name", name),
	    P_INT("now", clock_now_ms()), P_TEXT("by", by)), id, err) != -1)
		return 0;
	return err != NULL && err->code == ERR_EXISTS ?
	    is_taken(name, "user", err) : -1;
}

int
user_add(struct store *st, const char *name, const char *by, int64_t *id,
    struct err *err)
{
	if (check_name(name, err) == -1 || store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_done(st, insert(st, name, by, id, err),
	    "user.add", 0, err, "user %s", name), err);
}

int
user_find(struct store *st, const char *name, struct arena *a,
    struct user *out, struct err *err)
{
	return store_row(st, SQL_USER_BY_NAME, PARAMS(P_TEXT("name", name)),
	    &user_shape, a, out, err);
}

int
user_find_id(struct store *st, int64_t id, struct arena *a,
    struct user *out, struct err *err)
{
	return store_row(st, SQL_USER_BY_ID, PARAMS(P_INT("id", id)),
	    &user_shape, a, out, err);
}

int
user_list(struct store *st, const char *after, int64_t limit,
    struct arena *a, struct user **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_USER_LIST, PARAMS(P_TEXT("after", after),
	    P_INT("limit", limit)), &user_shape, a, out, n, err);
}

int
users_admins(struct store *st, int64_t *n, struct err *err)
{
	return store_number(st, SQL_USER_ADMINS, NULL, n, err) == -1 ? -1 : 0;
}

int
users_keep_admin(struct store *st, int64_t before, struct err *err)
{
	int64_t now = 0;

	if (before == 0)
		return 0;
	if (users_admins(st, &now, err) == -1)
		return -1;
	return now > 0 ? 0 : err_set(err, ERR_CONFLICT, "this is the last "
	    "administrator of everything: make another one first");
}

/* Run a statement that takes a user away, in one way or another. */
static int
take_away(struct store *st, enum sql_id id, const struct param *params,
    struct err *err)
{
	int64_t before;
	int n;

	if (users_admins(st, &before, err) == -1 ||
	    (n = store_exec(st, id, params, err)) == -1)
		return -1;
	return n > 0 ? users_keep_admin(st, before, err) :
	    err_set(err, ERR_NOT_FOUND, "there is no such user");
}

int
user_remove(struct store *st, int64_t id, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_user(st, 0, "user.remove", id, NULL, err)
	    == -1 ? -1 : take_away(st, SQL_USER_DELETE, PARAMS(
	    P_INT("id", id)), err), err);
}

int
user_disable(struct store *st, int64_t id, bool disable, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_user(st, take_away(st, SQL_USER_DISABLE,
	    PARAMS(P_INT("id", id), P_INT_UNLESS("at", disable ?
	    clock_now_ms() : 0, 0)), err), disable ? "user.disable" :
	    "user.enable", id, NULL, err), err);
}
