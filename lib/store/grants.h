/*
 * grants.h - what somebody may: a role, in everything, for the repositories
 * of an owner, or in one of them.
 *
 * A token has one grant, a user any number of them. doc/auth.md has the table
 * of what each role may.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_GRANTS_H
#define PAWL_STORE_GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/* Each may what the ones before may. */
enum role {
	ROLE_READER, /* see what is not open to everybody */
	ROLE_WRITER, /* cancel, re-run, dispatch, approve */
	ROLE_ADMIN,  /* change settings */
};

struct grant {
	enum role role;
	const char *owner; /* counts for these repositories; NULL: for all */
	const char *repo;  /* for this one of the owner's; NULL: for all */
};

#define GRANTS_MAX 200 /* of one user */

/* "reader", "writer", "admin"; and back: false when it is none. */
const char *
role_name(enum role role);
bool
role_parse(const char *word, enum role *out);

/* "everything", "owner ada", "ada/demo"; with the role, "reader of ada/demo".
 * Live in `a`. */
const char *
grant_scope_text(const struct grant *g, struct arena *a);
const char *
grant_text(const struct grant *g, struct arena *a);

/* Back from such a text, without the role; ERR_INVALID. Strings live in `a`. */
int
grant_parse_scope(const char *text, struct arena *a, struct grant *out,
    struct err *err);

/* Does it allow `role` in a repository? owner NULL: everywhere, which one of
 * a narrower scope never allows. */
bool
grant_allows(const struct grant *g, enum role role, const char *owner,
    const char *repo);

/* What both of them allow: false when that is nothing. */
bool
grant_both(const struct grant *g, const struct grant *h, struct grant *out);

/* The same of lists: what a token with `limit` may of what its user may.
 * Lives in `a`; *n becomes how many there are. */
struct grant *
grants_within(const struct grant *list, size_t *n, const struct grant *limit,
    struct arena *a);

/* --- grants of users ------------------------------------------------------ */

/* The widest first. */
int
grant_list(struct store *st, int64_t user, struct arena *a,
    struct grant **out, size_t *n, struct err *err);

/*
 * Give a user a role; in place of the one that he has in the same scope.
 * ERR_NOT_FOUND: the repository. ERR_TOO_LARGE: he has GRANTS_MAX.
 * ERR_CONFLICT when nobody could administer everything then.
 */
int
grant_set(struct store *st, int64_t user, const struct grant *g,
    const char *by, struct arena *a, struct err *err);

/* Take back what he has in the scope of `g`, whatever role. ERR_NOT_FOUND;
 * ERR_CONFLICT when nobody could administer everything then. */
int
grant_remove(struct store *st, int64_t user, const struct grant *g,
    struct arena *a, struct err *err);

#endif
