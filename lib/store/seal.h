/*
 * seal.h - secrets at rest.
 *
 * They are sealed (libsodium's secretbox) under a key that stands in a file
 * beside the database, 32 random bytes: a copy of the database alone gives
 * nothing away. There are three such files, because three kinds of programs
 * read them: "hook.key" for the secrets of webhooks, which the administrator may
 * let the group of the webhook handler read (0640), and "keys/secrets.key" for
 * those of jobs, which nobody reads but who runs jobs (0600), and
 * "keys/notify.key" for tokens of forges and the secrets of notifications, which
 * pawl-notifier reads. The last two have a folder of their own, which can be kept from handlers of the same user by a mount: one
 * over the file would go when another key takes its place. A file that others
 * can read is refused.
 *
 * While keys are changed a file holds two: the new one, which seals, and
 * the old one, which still opens.
 *
 * Pages and the API take secrets and never give one out, so they can read no
 * key. For them each key has a public half, in a file beside the database
 * ("secrets.pub"): with it they seal what only the key opens (crypto_box_seal).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SEAL_H
#define PAWL_STORE_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum seal_use { SEAL_HOOKS, SEAL_JOBS, SEAL_NOTIFY };

#define SEAL_HOOK_MAX 1000          /* bytes of a webhook's secret */
#define SEAL_JOB_MAX (48 * 1024)    /* of a job's: GitHub's limit */
#define SEAL_NOTIFY_MAX 4000        /* of a token, or an address with one */

/* The folder of the key of jobs. */
#define SEAL_FOLDER "keys"
int
seal_make_folder(const char *db, struct err *err);

/* Make the key beside the database at `db`, unless it is there. Two processes
 * at once make one key. */
int
seal_make_key(const char *db, enum seal_use use, struct err *err);

/* 1 when the key is there, 0 when not, -1. */
int
seal_has_key(const char *db, enum seal_use use, struct err *err);

/* Write the public half of a key, for programs that may only seal. */
int
seal_publish(const char *db, enum seal_use use, struct err *err);

/* Is there a key that this program may not read, and its public half? */
bool
seal_is_kept_away(const char *db, enum seal_use use);

/*
 * Put a new key before the one that is there; one that two keys are in
 * already stays as it is, for a change that was not finished. Nobody may seal
 * meanwhile: the caller holds the write lock of the database.
 */
int
seal_add_key(const char *db, enum seal_use use, struct err *err);
/* Forget the old one. */
int
seal_drop_key(const char *db, enum seal_use use, struct err *err);

/*
 * Seal a text of 1 byte to what `use` allows; `*out` lives in `a`. `about`
 * says whose it is: it is sealed with the text, so that a box opens in its
 * own place alone. "": it has none.
 */
int
seal_close(const char *db, enum seal_use use, const char *about,
    const char *text, struct arena *a, unsigned char **out, size_t *len,
    struct err *err);

/* Open it again, as a string in `a`. ERR_CORRUPT: not sealed by this key, or
 * about something else. */
int
seal_open(const char *db, enum seal_use use, const char *about,
    const unsigned char *sealed, size_t len, struct arena *a,
    const char **text, struct err *err);

#endif
