/*
 * sessions.h - browsers that have signed in.
 *
 * A session is that of a user, or that of a token which was shown. It is found
 * by the value of a cookie, of which the database has the hash.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SESSIONS_H
#define PAWL_STORE_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define SESSION_S (7 * 24 * 3600)
#define SESSION_BROWSER_MAX 200

struct session {
	int64_t id;
	int64_t token, user;  /* whose it is: one of them is 0 */
	const char *provider; /* where they signed in; "": here */
	const char *address;  /* from where; "": not known */
	const char *browser;  /* what it says of itself */
	int64_t created_at_ms, used_at_ms, expires_at_ms;
};

/* Begin one as `s` says, whose id and times are ignored; its value for the
 * cookie is *value and lives in `a`. */
int
session_begin(struct store *st, const struct session *s, struct arena *a,
    const char **value, struct err *err);

/* The one with this value, unless it is over: 1, 0, -1. */
int
session_find(struct store *st, const char *value, struct arena *a,
    struct session *out, struct err *err);

/* Those of a user that are not over, the newest first. */
int
session_list(struct store *st, int64_t user, struct arena *a,
    struct session **out, size_t *n, struct err *err);

/* Note that it was used: written once an hour. */
int
session_used(struct store *st, const struct session *s, struct err *err);

int
session_end(struct store *st, const char *value, struct err *err);

/* End one of a user: ERR_NOT_FOUND. Or all of them but one (0: all). */
int
session_end_one(struct store *st, int64_t user, int64_t id, struct err *err);
int
session_end_others(struct store *st, int64_t user, int64_t but,
    struct err *err);

/* The text that a form of a session carries to show that it is from a page of
 * its own. It follows from the value; 64 hexadecimal digits. */
#define SESSION_FORM_SIZE 65
void
session_form(const char *value, char out[SESSION_FORM_SIZE]);

#endif
