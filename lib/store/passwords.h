/*
 * passwords.h - passwords of users: Argon2id by libsodium.
 *
 * Hashing takes PASSWORD_MEMORY of memory, which is given back, and some
 * 0.2 s of a processor; both are the same for a name that is none, so that the
 * answer does not tell which names there are.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_PASSWORDS_H
#define PAWL_STORE_PASSWORDS_H

#include "lib/store/users.h"

/* Between what libsodium calls interactive (2 passes) and moderate (256 MiB),
 * which would not fit beside the rest of a handler. */
#define PASSWORD_PASSES 3
#define PASSWORD_MEMORY ((size_t)64 << 20)

#define PASSWORD_MIN 10
#define PASSWORD_MAX 1000

/* May this be the password of the user `name`? 0, or -1 with what is wrong
 * (ERR_INVALID). */
int
password_check(const char *text, const char *name, struct err *err);

/* What is stored of one; it lives in `a`. ERR_BUSY: there is no memory. */
int
password_hash(const char *text, struct arena *a, const char **out,
    struct err *err);

/* Is it that of a user who has one and is not disabled? 1 with the user, 0,
 * -1. */
int
password_verify(struct store *st, const char *name, const char *text,
    struct arena *a, struct user *out, struct err *err);

/* Give a user the password with this hash. His sessions end but for `session`
 * (0: all), and links that would set it. */
int
password_set(struct store *st, int64_t user, const char *hash,
    int64_t session, struct err *err);

#endif
