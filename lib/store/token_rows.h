/*
 * token_rows.h - what tokens.c and sessions.c share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_TOKEN_ROWS_H
#define PAWL_STORE_TOKEN_ROWS_H

#include "lib/store/statement.h"
#include "lib/store/tokens.h"

#define TOKEN_HASH_SIZE 32

/* `prefix` and 256 random bits, which live in `a`; and the hash of a text. */
const char *
token_random(const char *prefix, struct arena *a);
void
token_hash(const char *text, unsigned char hash[TOKEN_HASH_SIZE]);

/* The token of a statement that finds it by :hash and :now: 1, 0, -1. */
int
token_by(struct store *st, enum sql_id id, const char *text, struct arena *a,
    struct token *out, struct err *err);

#endif
