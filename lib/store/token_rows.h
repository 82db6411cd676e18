/*
 * token_rows.h - secrets that are random, and kept as a hash: what tokens.c,
 * sessions.c and links.c share.
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

#endif
