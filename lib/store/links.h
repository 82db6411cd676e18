/*
 * links.h - links that count once.
 *
 * Whoever opens one may do one thing: become the first administrator, or set
 * the password of a user. It ends when that is done, when another one is made
 * for the same, or after LINK_S. The database has its hash alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_LINKS_H
#define PAWL_STORE_LINKS_H

#include "lib/store/users.h"

#define LINK_S (24 * 3600)
#define LINK_IDENTITY_S 600

enum link_kind {
	LINK_SETUP,    /* makes the first administrator */
	LINK_PASSWORD, /* sets the password of a user */
	LINK_IDENTITY, /* joins an account elsewhere with a user */
};

struct link {
	enum link_kind kind;
	int64_t user; /* 0: LINK_SETUP */
	const char *created_by;
	int64_t expires_at_ms;
};

/*
 * Make one; its token is *text, and lives in `a`. `user` is 0 for LINK_SETUP.
 * ERR_CONFLICT: LINK_SETUP while somebody administers everything.
 */
int
link_make(struct store *st, enum link_kind kind, int64_t user,
    const char *by, struct arena *a, const char **text, struct err *err);

/* One of LINK_SETUP when there is neither a user nor a token, so that nobody
 * could do anything, nor such a link: 1 with *text, 0, -1. */
int
link_first(struct store *st, struct arena *a, const char **text,
    struct err *err);

/* Where a token leads, as a whole address; it lives in `a`. */
const char *
link_address(const char *base_url, const char *text, struct arena *a);

/* The same with a token of the caller's, which is random. */
int
link_keep(struct store *st, enum link_kind kind, int64_t user,
    const char *by, const char *text, struct err *err);

/* The one with this token, unless it is over: 1, 0, -1. */
int
link_find(struct store *st, const char *text, struct arena *a,
    struct link *out, struct err *err);

/* The same, which is over now. In a transaction of the caller. */
int
link_take(struct store *st, const char *text, struct arena *a,
    struct link *out, struct err *err);

/*
 * Use one of the first two kinds: set the password; for LINK_SETUP of a new
 * user `name`, who may administer everything. ERR_DENIED: it is over;
 * ERR_CONFLICT: somebody else has become administrator; and as user_add() and
 * password_check().
 */
int
link_accept(struct store *st, const char *text, const char *name,
    const char *password, struct arena *a, struct user *out,
    struct err *err);

#endif
