/*
 * tokens.h - who may change something: tokens, and what they allow.
 *
 * A token is 256 random bits as text, shown once and stored as a hash. It has
 * one grant. Who shows that of a user is the user, who may for once no more
 * than the token's grant says; it goes with him.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_TOKENS_H
#define PAWL_STORE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/grants.h"
#include "lib/store/store.h"

#define TOKEN_PREFIX "pawl_" /* by which scanners of sources know one */
#define TOKEN_NAME_MAX 100
#define TOKEN_TEXT_MAX 128   /* longer than any: not looked up */
#define TOKENS_MAX 100       /* of one user */

struct token {
	int64_t id;
	const char *name;
	struct grant grant;
	int64_t user;          /* whose it is, and who may no less; 0: nobody's */
	const char *user_name; /* NULL: nobody's */
	int64_t created_at_ms;
	const char *created_by;
	int64_t expires_at_ms; /* 0: never */
	int64_t used_at_ms;    /* to the hour; 0: never */
};

/*
 * Make one with the name, grant, user and end of `t`. `by` is who does it. Its
 * text, which cannot be had again, is *text; it lives in `a`.
 * ERR_INVALID: the name (letters, digits, "-", "_", ".", "@" and blanks inside)
 * or an end that has passed. ERR_EXISTS: the user has one of this name; for
 * one of nobody: nobody has, or a user is called so. ERR_NOT_FOUND: the
 * repository. ERR_TOO_LARGE: the user has TOKENS_MAX.
 */
int
token_add(struct store *st, const struct token *t, const char *by,
    struct arena *a, const char **text, struct err *err);

/* One of a user, or with 0 of nobody. Sessions that it began end with it.
 * ERR_NOT_FOUND. */
int
token_remove(struct store *st, int64_t user, const char *name,
    struct err *err);

/* All: those of nobody by name, then those of users; or of one user. */
int
token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct err *err);
int
token_list_user(struct store *st, int64_t user, struct arena *a,
    struct token **out, size_t *n, struct err *err);

/* The one with this text, or id, unless it has expired, or its user is
 * disabled: 1, 0, -1. */
int
token_find(struct store *st, const char *text, struct arena *a,
    struct token *out, struct err *err);
int
token_find_id(struct store *st, int64_t id, struct arena *a,
    struct token *out, struct err *err);

/* Note that it was used: written once an hour. */
int
token_used(struct store *st, const struct token *t, struct err *err);

#endif
