/*
 * identities.c - see identities.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/identities.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/grant_rows.h"

#define NAME_TRIES 100

static const struct field identity_fields[] = {
	FIELD(INT64, identity, id),
	FIELD(TEXT, identity, provider),
	FIELD(TEXT, identity, subject),
	FIELD(INT64, identity, user),
	FIELD(TEXT, identity, login),
	FIELD(BOOL, identity, by_hand),
	FIELD(INT64, identity, created_at_ms),
	FIELD(INT64, identity, used_at_ms),
};
static const struct shape identity_shape = { identity_fields,
	ARRAY_LEN(identity_fields), sizeof(struct identity) };

int
identity_find(struct store *st, const char *provider, const char *subject,
    struct arena *a, struct identity *out, struct err *err)
{
	return store_row(st, SQL_IDENTITY_FIND, PARAMS(
	    P_TEXT("provider", provider), P_TEXT("subject", subject)),
	    &identity_shape, a, out, err);
}

int
identity_list(struct store *st, int64_t user, struct arena *a,
    struct identity **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_IDENTITY_LIST, PARAMS(P_INT("user", user)),
	    &identity_shape, a, out, n, err);
}

/* Their name there, as far as it fits ours. */
static const char *
fit_name(const char *login, struct arena *a)
{
	char *name = arena_strndup(a, login, strnlen(login,
	    USER_NAME_MAX - 4));

	for (char *s = name; *s != '\0'; s++)
		if (strchr(USER_NAME_LETTERS, *s) == NULL)
			*s = '-';
	while (*name == '-' || *name == '.')
		name++;
	return *name != '\0' ? name : "user";
}

static int
add_user(struct store *st, const struct arrival *who, struct arena *a,
    int64_t *id, struct err *err)
{
	const char *base = fit_name(who->login, a), *name = base;

	for (int i = 2; i < NAME_TRIES; i++) {
		int taken = user_name_taken(st, name, err);

		if (taken == -1)
			return -1;
		if (taken == 0)
			return user_add(st, name, who->provider, id, err);
		name = arena_printf(a, "%s-%d", base, i);
	}
	return err_set(err, ERR_CONFLICT, "too many users are called \"%s\"",
	    base);
}

/* The user of the arrival, and the row that says so. */
static int
find_user(struct store *st, const struct arrival *who, struct arena *a,
    int64_t *id, struct err *err)
{
	struct identity known;
	int found = identity_find(st, who->provider, who->subject, a, &known,
	    err);

	if (found == -1)
		return -1;
	if (found == 1 && who->joins != 0 && known.user != who->joins)
		return err_set(err, ERR_CONFLICT, "this account of %s belongs "
		    "to another user already", who->provider);
	*id = found == 1 ? known.user : who->joins;
	if (who->joins == 0 && !who->may_join &&
	    (found == 0 || !known.by_hand))
		return err_set(err, ERR_DENIED, "the rules of \"%s\" do not "
		    "let this account in", who->provider);
	if (*id == 0 && add_user(st, who, a, id, err) == -1)
		return -1;
	return store_exec(st, SQL_IDENTITY_PUT, PARAMS(
	    P_TEXT("provider", who->provider),
	    P_TEXT("subject", who->subject), P_INT("user", *id),
	    P_TEXT("login", who->login), P_INT("by_hand", who->joins != 0),
	    P_INT("now", clock_now_ms())),
	    err) == -1 ? -1 : 0;
}

/* What the rules give now, in place of what they gave before. */
static int
give(struct store *st, const struct arrival *who, int64_t user,
    struct arena *a, struct err *err)
{
	if (store_exec(st, SQL_GRANT_FORGET_SOURCE, PARAMS(
	    P_INT("user", user), P_TEXT("source", who->provider)), err) == -1)
		return -1;
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct grant *g = &who->grants[i];
		struct err no = { 0 };
		int64_t repo;

		if (grant_repo(st, g, a, &repo, &no) == -1) {
			if (no.code == ERR_NOT_FOUND)
				continue;
			return err_set(err, no.code, "%s", no.text);
		}
		if (store_exec(st, SQL_GRANT_GIVE, PARAMS(P_INT("user", user),
		    P_TEXT("role", role_name(g->role)),
		    P_TEXT("owner", g->repo == NULL ? g->owner : NULL),
		    P_INT_UNLESS("repo", repo, 0),
		    P_TEXT("source", who->provider),
		    P_INT("now", clock_now_ms())), err) == -1)
			return -1;
	}
	return 0;
}

static int
do_arrive(struct store *st, const struct arrival *who, struct arena *a,
    struct user *out, struct err *err)
{
	int64_t id;

	if (find_user(st, who, a, &id, err) == -1 ||
	    give(st, who, id, a, err) == -1 ||
	    user_find_id(st, id, a, out, err) != 1)
		return -1;
	if (out->disabled_at_ms != 0)
		return err_set(err, ERR_DENIED, "the user \"%s\" is disabled",
		    out->name);
	if (who->joins == 0)
		return 0;
	return audit_add(st, &(struct audit_entry){ .actor = out->name,
		.action = "user.identity", .target = arena_printf(a,
		"user %s", out->name), .detail = arena_printf(a, "%s: %s",
		who->provider, who->login) }, err);
}

int
identity_arrive(struct store *st, const struct arrival *who, struct arena *a,
    struct user *out, struct err *err)
{
	if (who->subject[0] == '\0' ||
	    strlen(who->subject) > IDENTITY_SUBJECT_MAX)
		return err_set(err, ERR_INVALID, "%s names nobody: an account "
		    "has 1 to %d characters", who->provider,
		    IDENTITY_SUBJECT_MAX);
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_arrive(st, who, a, out, err), err);
}

static int
do_remove(struct store *st, int64_t user, const char *provider,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct identity *list;
	struct user u;
	size_t n;
	int rc = -1;

	if (user_find_id(st, user, &a, &u, err) != 1 ||
	    identity_list(st, user, &a, &list, &n, err) == -1)
		goto out;
	if (!u.has_password && n <= 1) {
		err_set(err, ERR_CONFLICT, "this is the only way to sign in: "
		    "set a password first");
		goto out;
	}
	rc = store_exec(st, SQL_IDENTITY_REMOVE, PARAMS(P_INT("user", user),
	    P_TEXT("provider", provider)), err);
	if (rc == 0)
		rc = err_set(err, ERR_NOT_FOUND, "there is no account of "
		    "\"%s\"", provider);
	if (rc > 0)
		rc = store_exec(st, SQL_GRANT_FORGET_SOURCE, PARAMS(
		    P_INT("user", user), P_TEXT("source", provider)), err);
	if (rc != -1)
		rc = audit_user(st, 0, "user.identity", user, "removed", err);
out:
	arena_release(&a);
	return rc;
}

int
identity_remove(struct store *st, int64_t user, const char *provider,
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_remove(st, user, provider, err), err);
}
