/*
 * grants.c - see grants.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/grants.h"

#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/grant_rows.h"
#include "lib/store/users.h"

static const char *const roles[] = {
	[ROLE_READER] = "reader",
	[ROLE_WRITER] = "writer",
	[ROLE_ADMIN] = "admin",
};

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
grant_scope_text(const struct grant *g, struct arena *a)
{
	if (g->owner == NULL)
		return "everything";
	return g->repo == NULL ? arena_printf(a, "owner %s", g->owner) :
	    arena_printf(a, "%s/%s", g->owner, g->repo);
}

const char *
grant_text(const struct grant *g, struct arena *a)
{
	return arena_printf(a, "%s of %s", role_name(g->role),
	    grant_scope_text(g, a));
}

int
grant_parse_scope(const char *text, struct arena *a, struct grant *out,
    struct err *err)
{
	const char *slash = strrchr(text, '/');

	out->owner = out->repo = NULL;
	if (strcmp(text, "everything") == 0)
		return 0;
	if (strncmp(text, "owner ", 6) == 0 && text[6] != '\0') {
		out->owner = arena_strdup(a, text + 6);
		return 0;
	}
	if (slash == NULL || slash == text || slash[1] == '\0')
		return err_set(err, ERR_INVALID, "\"%.100s\" is no scope: "
		    "write everything, \"owner NAME\" or OWNER/NAME", text);
	out->owner = arena_strndup(a, text, (size_t)(slash - text));
	out->repo = arena_strdup(a, slash + 1);
	return 0;
}

/* Is whatever has the one scope in the other, too? */
static bool
is_within(const char *owner, const char *repo, const struct grant *g)
{
	if (g->owner == NULL)
		return true;
	if (owner == NULL || strcasecmp(g->owner, owner) != 0)
		return false;
	return g->repo == NULL ||
	    (repo != NULL && strcasecmp(g->repo, repo) == 0);
}

bool
grant_allows(const struct grant *g, enum role role, const char *owner,
    const char *repo)
{
	return g->role >= role && is_within(owner, repo, g);
}

bool
grant_both(const struct grant *g, const struct grant *h, struct grant *out)
{
	const struct grant *narrow = is_within(g->owner, g->repo, h) ? g : h;
	const struct grant *wide = narrow == g ? h : g;

	if (!is_within(narrow->owner, narrow->repo, wide))
		return false;
	*out = *narrow;
	if (wide->role < narrow->role)
		out->role = wide->role;
	return true;
}

struct grant *
grants_within(const struct grant *list, size_t *n, const struct grant *limit,
    struct arena *a)
{
	struct grant *out = arena_alloc(a, (*n + 1) * sizeof(*out));
	size_t left = 0;

	for (size_t i = 0; i < *n; i++)
		left += grant_both(&list[i], limit, &out[left]);
	*n = left;
	return out;
}

/* --- grants of users ------------------------------------------------------ */

struct grant_row {
	const char *role, *owner, *repo;
};

static const struct field grant_fields[] = {
	FIELD(TEXT, grant_row, role),
	FIELD(TEXT, grant_row, owner),
	FIELD(TEXT, grant_row, repo),
};
static const struct shape grant_shape = { grant_fields,
	ARRAY_LEN(grant_fields), sizeof(struct grant_row) };

int
grant_list(struct store *st, int64_t user, struct arena *a,
    struct grant **out, size_t *n, struct err *err)
{
	struct grant_row *rows;

	if (store_rows(st, SQL_GRANT_LIST, PARAMS(P_INT("user", user)),
	    &grant_shape, a, &rows, n, err) == -1)
		return -1;
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++) {
		struct grant *g = &(*out)[i];

		g->owner = rows[i].owner;
		g->repo = rows[i].repo;
		if (!role_parse(rows[i].role, &g->role))
			return err_set(err, ERR_CORRUPT, "user %lld has the "
			    "role \"%s\"", (long long)user, rows[i].role);
	}
	return 0;
}

int
grant_repo(struct store *st, const struct grant *g, struct arena *a,
    int64_t *id, struct err *err)
{
	struct repo repo;
	int found;

	*id = 0;
	if (g->repo == NULL)
		return 0;
	found = repo_find(st, g->owner, g->repo, a, &repo, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no repository \"%s/%s\"", g->owner, g->repo);
	*id = repo.id;
	return found == 1 ? 0 : -1;
}

static int
check_room(struct store *st, int64_t user, struct err *err)
{
	int64_t n;

	if (store_number(st, SQL_GRANT_COUNT, PARAMS(P_INT("user", user)), &n,
	    err) == -1)
		return -1;
	return n <= GRANTS_MAX ? 0 : err_set(err, ERR_TOO_LARGE,
	    "a user has %d grants at most: give him one of an owner or of "
	    "everything", GRANTS_MAX);
}

static int
do_set(struct store *st, int64_t user, const struct grant *g, const char *by,
    struct arena *a, struct err *err)
{
	int64_t repo, admins;

	if (grant_repo(st, g, a, &repo, err) == -1 ||
	    users_admins(st, &admins, err) == -1 ||
	    store_exec(st, SQL_GRANT_SET, PARAMS(P_INT("user", user),
		P_TEXT("role", role_name(g->role)),
		P_TEXT("owner", g->repo == NULL ? g->owner : NULL),
		P_INT_UNLESS("repo", repo, 0), P_INT("now", clock_now_ms()),
		P_TEXT("by", by)), err) == -1)
		return -1;
	if (check_room(st, user, err) == -1)
		return -1;
	return users_keep_admin(st, admins, err);
}

int
grant_set(struct store *st, int64_t user, const struct grant *g,
    const char *by, struct arena *a, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_user(st, do_set(st, user, g, by, a, err),
	    "user.grant", user, grant_text(g, a), err), err);
}

static int
do_remove(struct store *st, int64_t user, const struct grant *g,
    struct arena *a, struct err *err)
{
	int64_t repo, admins;
	int n;

	if (grant_repo(st, g, a, &repo, err) == -1 ||
	    users_admins(st, &admins, err) == -1)
		return -1;
	n = store_exec(st, SQL_GRANT_REMOVE, PARAMS(P_INT("user", user),
	    P_TEXT("owner", g->repo == NULL && g->owner != NULL ? g->owner :
		""), P_INT("repo", repo)), err);
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no grant of %s",
		    grant_scope_text(g, a));
	return n == -1 ? -1 : users_keep_admin(st, admins, err);
}

int
grant_remove(struct store *st, int64_t user, const struct grant *g,
    struct arena *a, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_user(st, do_remove(st, user, g, a, err),
	    "user.revoke", user, grant_scope_text(g, a), err), err);
}
