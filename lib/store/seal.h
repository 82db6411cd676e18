/*
 * seal.h - webhook secrets at rest.
 *
 * They are sealed (libsodium's secretbox) under a key that stands in a file
 * beside the database, "hook.key", 32 random bytes with mode 0600: a copy of
 * the database alone gives nothing away. The administrator may let the group
 * of the webhook handler read it (0640); a key that everybody can read is
 * refused.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SEAL_H
#define PAWL_STORE_SEAL_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define SEAL_MAX 1000 /* bytes of a secret */

/* Make the key beside the database at `db`, unless it is there. Two processes
 * at once make one key. */
int
seal_make_key(const char *db, struct err *err);

/* 1 when the key is there, 0 when not, -1. */
int
seal_has_key(const char *db, struct err *err);

/* Seal a secret of 1 to SEAL_MAX bytes; `*out` lives in `a`. */
int
seal_close(const char *db, const char *secret, struct arena *a,
    unsigned char **out, size_t *len, struct err *err);

/* Open it again, as a string in `a`. ERR_CORRUPT: not sealed by this key. */
int
seal_open(const char *db, const unsigned char *sealed, size_t len,
    struct arena *a, const char **secret, struct err *err);

#endif
