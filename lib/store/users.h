/*
 * users.h - people.
 *
 * A user has grants (grants.h), any number of tokens and sessions, and signs
 * in with a password or with accounts elsewhere. What is removed with him:
 * all of that. What he did stays, under his name.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_USERS_H
#define PAWL_STORE_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define USER_NAME_MAX 100
#define USER_NAME_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

struct user {
	int64_t id;
	const char *name;
	bool has_password;
	int64_t created_at_ms;
	const char *created_by;
	int64_t disabled_at_ms; /* 0: he is not */
	int64_t used_at_ms;     /* signed in last; 0: never */
};

/*
 * Make one, who may nothing yet. ERR_INVALID: the name (letters, digits, "-",
 * "_" and "."). ERR_EXISTS: a user, or a token of nobody, has it.
 */
int
user_add(struct store *st, const char *name, const char *by, int64_t *id,
    struct err *err);

/* 1 when a user or a token of nobody has the name, 0, -1. */
int
user_name_taken(struct store *st, const char *name, struct err *err);

/* By name, or by id: 1 found, 0 not, -1. Strings live in `a`. */
int
user_find(struct store *st, const char *name, struct arena *a,
    struct user *out, struct err *err);
int
user_find_id(struct store *st, int64_t id, struct arena *a,
    struct user *out, struct err *err);

/* By name, those behind `after` ("": from the first), `limit` at most. */
int
user_list(struct store *st, const char *after, int64_t limit,
    struct arena *a, struct user **out, size_t *n, struct err *err);

/* ERR_NOT_FOUND; ERR_CONFLICT when he is the last administrator. */
int
user_remove(struct store *st, int64_t id, struct err *err);

/* One who is disabled may nothing until he is enabled; his sessions and
 * tokens stay, and count for nothing. Errors as user_remove(). */
int
user_disable(struct store *st, int64_t id, bool disable, struct err *err);

/* How many may administer everything. */
int
users_admins(struct store *st, int64_t *n, struct err *err);

/* There were so many before what was done in this transaction. ERR_CONFLICT
 * when there were some, and now there is none. */
int
users_keep_admin(struct store *st, int64_t before, struct err *err);

#endif
