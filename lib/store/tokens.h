/*
 * tokens.h - who may change something: tokens, and what they allow.
 *
 * A token is 256 random bits as text, shown once and stored as a hash. It has
 * a role, and counts for everything, for an owner or for one repository.
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
#include "lib/store/store.h"

#define TOKEN_PREFIX "pawl_" /* by which scanners of sources know one */
#define TOKEN_NAME_MAX 100
#define TOKEN_TEXT_MAX 128   /* longer than any: not looked up */

/* Each may what the ones before may. */
enum role {
	ROLE_READER, /* see what is not open to everybody */
	ROLE_WRITER, /* cancel, re-run, dispatch, approve */
	ROLE_ADMIN,  /* change settings */
};

struct token {
	int64_t id;
	const char *name;
	enum role role;
	const char *owner; /* counts for these repositories; NULL: for all */
	const char *repo;  /* for this one of the owner's; NULL: for all */
	int64_t created_at_ms;
	const char *created_by;
	int64_t expires_at_ms; /* 0: never */
	int64_t used_at_ms;    /* to the hour; 0: never */
};

/* "reader", "writer", "admin"; and back: false when it is none. */
const char *
role_name(enum role role);
bool
role_parse(const char *word, enum role *out);

/* "everything", "owner ada", "ada/demo". Lives in `a`. */
const char *
token_scope_text(const struct token *t, struct arena *a);

/* Does it allow `role` in a repository? owner NULL: everywhere, which one of
 * a narrower scope never allows. */
bool
token_allows(const struct token *t, enum role role, const char *owner,
    const char *repo);

/*
 * Make one with the name, role, scope and end of `t`. `by` is who does it. Its
 * text, which cannot be had again, is *text; it lives in `a`.
 * ERR_INVALID: the name (letters, digits, "-", "_", ".", "@" and blanks inside)
 * or an end that has passed. ERR_EXISTS. ERR_NOT_FOUND: the repository.
 */
int
token_add(struct store *st, const struct token *t, const char *by,
    struct arena *a, const char **text, struct err *err);

/* Sessions that it began end with it. ERR_NOT_FOUND. */
int
token_remove(struct store *st, const char *name, struct err *err);

/* All, by name. */
int
token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct err *err);

/* The one with this text, unless it has expired: 1, 0, -1. */
int
token_find(struct store *st, const char *text, struct arena *a,
    struct token *out, struct err *err);

/* Note that it was used: written once an hour. */
int
token_used(struct store *st, const struct token *t, struct err *err);

/* --- sessions: a browser that has shown a token (sessions.c) --------------- */

#define SESSION_S (7 * 24 * 3600)

/* Begin one; its value for the cookie is *value and lives in `a`. */
int
session_begin(struct store *st, const struct token *t, struct arena *a,
    const char **value, struct err *err);

/* What the token of a session is, while both last: 1, 0, -1. */
int
session_find(struct store *st, const char *value, struct arena *a,
    struct token *out, struct err *err);
int
session_end(struct store *st, const char *value, struct err *err);

/* The text that a form of a session carries to show that it is from a page of
 * its own. It follows from the value; 64 hexadecimal digits. */
#define SESSION_FORM_SIZE 65
void
session_form(const char *value, char out[SESSION_FORM_SIZE]);

/*
 * Attempts to sign in, by the sender's address, so that one who fails often
 * waits: SIGN_IN_MAX in SIGN_IN_S. The first returns 1 when another attempt is
 * allowed, 0 when not.
 */
#define SIGN_IN_MAX 10
#define SIGN_IN_S 600
int
sign_in_allowed(struct store *st, const char *address, struct err *err);
int
sign_in_failed(struct store *st, const char *address, struct err *err);

#endif
