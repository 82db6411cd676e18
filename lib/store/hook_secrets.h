/*
 * hook_secrets.h - webhook secrets of repositories, sealed (seal.h).
 *
 * A repository may have several at once, each with a name for people: a new
 * one is set at the forge while the old one is still accepted, then the old
 * one is removed, or ends by itself.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_HOOK_SECRETS_H
#define PAWL_STORE_HOOK_SECRETS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/store/store.h"

#define HOOK_SECRETS_MAX 16     /* of one repository */
#define HOOK_SECRET_NAME_MAX 64 /* bytes of a name */

struct hook_secret {
	int64_t id;
	const char *name;
	const char *value;      /* of hook_secret_open() alone */
	int64_t created_at_ms;
	const char *created_by; /* NULL: it came with the repository */
	int64_t expires_at_ms;  /* 0: never */
	int64_t used_at_ms;     /* to the minute; 0: never */
	const char *sealed;
	size_t sealed_len;
};

/*
 * Add one of 1 to 1,000 bytes. `expires_at_ms` 0: it does not end by itself.
 * `by` NULL: it comes with the repository. ERR_EXISTS for a name that is
 * taken, ERR_INVALID, ERR_CONFLICT when there are HOOK_SECRETS_MAX. May be
 * called within a transaction.
 */
int
hook_secret_add(struct store *st, int64_t repo, const char *name,
    const char *text, int64_t expires_at_ms, const char *by, struct err *err);

/* All, the oldest first, also those that have ended. */
int
hook_secret_list(struct store *st, int64_t repo, struct arena *a,
    struct hook_secret **out, size_t *n, struct err *err);

/*
 * Those that count now, opened. Only who checks signatures needs them, and the
 * right to read hook.key; pages and lists work without. ERR_IO names the key
 * file that is missing or cannot be read; ERR_CORRUPT: sealed under another
 * key.
 */
int
hook_secret_open(struct store *st, int64_t repo, struct arena *a,
    struct hook_secret **out, size_t *n, struct err *err);

/* It was right just now. Within a transaction; written once a minute. */
int
hook_secret_used(struct store *st, int64_t id, struct err *err);

/* ERR_NOT_FOUND. */
int
hook_secret_remove(struct store *st, int64_t repo, const char *name,
    struct err *err);

#endif
