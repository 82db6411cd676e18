/*
 * seal_key.h - the files of keys, for seal.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SEAL_KEY_H
#define PAWL_STORE_SEAL_KEY_H

#include <sodium.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/str.h"
#include "lib/store/seal.h"

#define SEAL_KEY_BYTES crypto_secretbox_KEYBYTES
#define SEAL_MAX_KEYS 2

/* What is sealed, in words, and how. */
struct seal_kind {
	const char *file;    /* beside the database */
	const char *public;  /* of its public half */
	const char *one, *many; /* for messages */
	size_t max_bytes;
	mode_t refused;      /* bits that the file's mode may not have */
	const char *mode;    /* that it should have */
};
extern const struct seal_kind seal_kinds[];

struct seal_keys {
	unsigned char keys[SEAL_MAX_KEYS][SEAL_KEY_BYTES];
	size_t n; /* 1, or 2: the first one seals */
};

/* The public half of the key that seals, of a program that may not read it. */
int
seal_read_public(const char *db, enum seal_use use,
    unsigned char out[crypto_box_PUBLICKEYBYTES], struct err *err);

/* Both halves of what belongs to a key; wipe `secret`. */
void
seal_halves(const unsigned char key[SEAL_KEY_BYTES],
    unsigned char public[crypto_box_PUBLICKEYBYTES],
    unsigned char secret[crypto_box_SECRETKEYBYTES]);

/* Read the file; wipe with sodium_memzero(). */
int
seal_read_keys(const char *db, enum seal_use use, struct seal_keys *out,
    struct err *err);

#endif
