/*
 * repos.c - registered repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/repos.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/internal.h"
#include "lib/store/statement.h"

#define NAME_MAX_BYTES 255
#define URL_MAX_BYTES 2000

static const struct field repo_fields[] = {
	FIELD(INT64, repo, id),
	FIELD(TEXT, repo, forge),
	FIELD(TEXT, repo, owner),
	FIELD(TEXT, repo, name),
	FIELD(TEXT, repo, clone_url),
	FIELD(TEXT, repo, default_branch),
	FIELD(BOOL, repo, has_hook_secret),
	FIELD(BOOL, repo, is_private),
	FIELD(BOOL, repo, badges_public),
	FIELD(INT64, repo, created_at_ms),
};
static const struct shape repo_shape = { repo_fields, ARRAY_LEN(repo_fields),
	sizeof(struct repo) };

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

/* Words that become parts of paths, addresses and arguments of git. */
static int
check_word(const char *what, const char *word, size_t max, struct err *err)
{
	if (word == NULL || *word == '\0')
		return err_set(err, ERR_INVALID, "a repository needs %s",
		    what);
	if (strlen(word) > max)
		return err_set(err, ERR_INVALID, "%s has %zu bytes, more than "
		    "the %zu that are allowed", what, strlen(word), max);
	if (has_control(word))
		return err_set(err, ERR_INVALID, "%s has control characters",
		    what);
	if (str_equal(word, ".") || str_equal(word, ".."))
		return err_set(err, ERR_INVALID, "\"%s\" cannot be %s", word,
		    what);
	if (*word == '-')
		return err_set(err, ERR_INVALID, "%s \"%s\" starts with \"-\"",
		    what, word);
	return 0;
}

static int
check_repo(const struct repo *r, struct err *err)
{
	if (check_word("a forge", r->forge, NAME_MAX_BYTES, err) == -1 ||
	    check_word("an owner", r->owner, NAME_MAX_BYTES, err) == -1 ||
	    check_word("a name", r->name, NAME_MAX_BYTES, err) == -1 ||
	    check_word("a clone url", r->clone_url, URL_MAX_BYTES,
		err) == -1 ||
	    check_word("a default branch", r->default_branch, NAME_MAX_BYTES,
		err) == -1)
		return -1;
	if (layout_is_taken(r->owner))
		return err_set(err, ERR_INVALID, "\"%s\" cannot be an owner: "
		    "addresses of Pawl's own begin so", r->owner);
	if (strchr(r->name, '/') != NULL)
		return err_set(err, ERR_INVALID, "the name \"%s\" has a "
		    "\"/\": what stands before it belongs to the owner",
		    r->name);
	return 0;
}

static const char *
visibility_word(bool is_private)
{
	return is_private ? "private" : "public";
}

/* It would find what the other one has left. */
static int
check_not_removed(struct store *st, const struct repo *r, struct err *err)
{
	int64_t at_ms;
	int found = store_number(st, SQL_REPO_REMOVED_FIND, PARAMS(
	    P_TEXT("owner", r->owner), P_TEXT("name", r->name)), &at_ms, err);

	return found != 1 ? found : err_set(err, ERR_CONFLICT, "the files of "
	    "another \"%s/%s\" are still being removed: try again in a "
	    "minute", r->owner, r->name);
}

static int
do_add(struct store *st, const struct repo *r, const char *hook_secret,
    int64_t *id, struct err *err)
{
	int rc;

	if (check_not_removed(st, r, err) == -1)
		return -1;
	rc = store_number(st, SQL_REPO_INSERT, PARAMS(
	    P_TEXT("forge", r->forge), P_TEXT("owner", r->owner),
	    P_TEXT("name", r->name), P_TEXT("clone_url", r->clone_url),
	    P_TEXT("default_branch", r->default_branch),
	    P_TEXT("visibility", visibility_word(r->is_private)),
	    P_TEXT("badges", visibility_word(!r->badges_public)),
	    P_INT("now", clock_now_ms())), id, err);

	if (rc == -1 && err != NULL && err->code == ERR_EXISTS)
		err_set(err, ERR_EXISTS, "repository \"%s/%s\" is registered "
		    "already", r->owner, r->name);
	if (rc == -1 || hook_secret == NULL)
		return rc == -1 ? -1 : 0;
	return hook_secret_add(st, *id, "first", hook_secret, 0, NULL, err);
}

int
repo_add(struct store *st, const struct repo *repo, const char *hook_secret,
    int64_t *id, struct err *err)
{
	if (check_repo(repo, err) == -1 || store_begin(st, err) == -1)
		return -1;
	return store_end(st, audit_done(st, do_add(st, repo, hook_secret, id,
	    err), "repo.add", 0, err, "repository %s/%s", repo->owner,
	    repo->name), err);
}

int
repo_find(struct store *st, const char *owner, const char *name,
    struct arena *a, struct repo *out, struct err *err)
{
	return store_row(st, SQL_REPO_BY_NAME, PARAMS(P_TEXT("owner", owner),
	    P_TEXT("name", name)), &repo_shape, a, out, err);
}

int
repo_find_id(struct store *st, int64_t id, struct arena *a, struct repo *out,
    struct err *err)
{
	return store_row(st, SQL_REPO_BY_ID, PARAMS(P_INT("id", id)),
	    &repo_shape, a, out, err);
}

int
repo_list(struct store *st, struct arena *a, struct repo **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_REPO_ALL, NULL, &repo_shape, a, out, n,
	    err);
}

int
repo_list_seen(struct store *st, const char *sees, struct arena *a,
    struct repo **out, size_t *n, struct err *err)
{
	if (sees == NULL)
		return repo_list(st, a, out, n, err);
	return store_rows(st, SQL_REPO_SEEN, PARAMS(P_TEXT("sees", sees)),
	    &repo_shape, a, out, n, err);
}

static int
change_row(struct store *st, enum sql_id sql, const struct param *params,
    struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, sql, params, err);
	return store_end(st, n == -1 ? -1 : 0, err);
}

int
repo_set_visibility(struct store *st, int64_t id, bool is_private,
    bool badges_public, struct err *err)
{
	return change_row(st, SQL_REPO_SET_VISIBILITY, PARAMS(
	    P_INT("id", id), P_TEXT("visibility", visibility_word(is_private)),
	    P_TEXT("badges", visibility_word(!badges_public))), err);
}

int
repo_set_shown(struct store *st, const struct repo *repo, struct err *err)
{
	struct str shown = STR_INIT;
	int rc;

	str_addf(&shown, "%s/%s", visibility_word(repo->is_private),
	    visibility_word(!repo->badges_public));
	rc = change_row(st, SQL_REPO_SET_SHOWN, PARAMS(P_INT("id", repo->id),
	    P_TEXT("shown", shown.s)), err);
	str_release(&shown);
	return rc;
}

int
repo_unsettled(struct store *st, int64_t *id, struct err *err)
{
	return store_number(st, SQL_REPO_UNSETTLED, NULL, id, err);
}

static int
do_remove(struct store *st, int64_t id, struct err *err)
{
	int64_t active;
	int n;

	if (store_number(st, SQL_REPO_ACTIVE, PARAMS(P_INT("id", id)), &active,
		err) == -1)
		return -1;
	if (active > 0)
		return err_set(err, ERR_CONFLICT, "%" PRId64 " jobs of the "
		    "repository are running: cancel them first", active);
	if (audit_done(st, 0, "repo.remove", id, err, "repository") == -1)
		return -1;
	if (store_exec(st, SQL_REPO_REMOVED_INSERT, PARAMS(P_INT("id", id),
	    P_INT("now", clock_now_ms())), err) == -1)
		return -1;
	n = store_exec(st, SQL_REPO_DELETE, PARAMS(P_INT("id", id)), err);
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no repository %"
		    PRId64, id);
	return n == -1 ? -1 : 0;
}

int
repo_remove(struct store *st, int64_t id, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_remove(st, id, err), err);
}

int
repo_removed_next(struct store *st, struct arena *a, struct repo *out,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, repo, owner),
		FIELD(TEXT, repo, name),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct repo) };

	return store_row(st, SQL_REPO_REMOVED_NEXT, NULL, &shape, a, out,
	    err);
}

int
repo_removed_done(struct store *st, const char *owner, const char *name,
    struct err *err)
{
	return change_row(st, SQL_REPO_REMOVED_DELETE, PARAMS(
	    P_TEXT("owner", owner), P_TEXT("name", name)), err);
}
