/*
 * caches.h - what jobs of a repository have saved for later ones.
 *
 * An entry is found by its scope (the ref that saved it), the version (which
 * paths), and its key. It is never changed: the first one wins. Its file is
 * found by the hash of its content, so equal ones are there once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_CACHES_H
#define PAWL_STORE_CACHES_H

#include <stdbool.h>
#include "lib/store/store.h"

struct cache_row {
	int64_t id;
	const char *scope, *version, *key;
	const char *digest; /* SHA-256 of the file */
	int64_t bytes;
	int64_t created_at_ms, used_at_ms;
};

/*
 * Look in each scope, the nearest first, for each key, in order: one that is
 * the same, else the newest that begins so. 1: found, and marked as used; 0.
 */
struct cache_lookup {
	int64_t repo;
	const char *version;
	const char *const *scopes, *const *keys;
	size_t n_scopes, n_keys;
};
int
cache_find(struct store *st, const struct cache_lookup *lookup,
    struct arena *a, struct cache_row *out, struct err *err);

/* Of a repository, those used last first. */
int
cache_list(struct store *st, int64_t repo, int limit, int64_t skip,
    struct arena *a, struct cache_row **out, size_t *n, struct err *err);

/* Forget one of a repository; its file goes when nobody else has it. 1, or 0
 * when there is none. */
int
cache_forget(struct store *st, int64_t repo, int64_t id, struct err *err);

/* Is there exactly this one (scope, version, key)? 1, 0. */
int
cache_has(struct store *st, int64_t repo, const struct cache_row *row,
    struct err *err);

/* 1: it is there now; 0: there was one already. */
int
cache_add(struct store *st, int64_t repo, const struct cache_row *row,
    struct err *err);
int
cache_remove(struct store *st, int64_t id, struct err *err);

/* Remove rows, those used longest ago first, until what is left of the
 * repository (0: of all) has at most max_bytes. Returns how many. */
int
cache_prune(struct store *st, int64_t repo, int64_t max_bytes,
    struct err *err);

/* Does any entry have this file? 1, 0. */
int
cache_has_file(struct store *st, const char *digest, struct err *err);

/* What a job has looked for. */
struct cache_use {
	int step;            /* its number */
	const char *key;
	const char *matched; /* NULL: nothing was found */
	int64_t bytes;
};
int
cache_use_add(struct store *st, int64_t job, int attempt,
    const struct cache_use *use, struct err *err);
int
cache_use_list(struct store *st, int64_t job, struct arena *a,
    struct cache_use **out, size_t *n, struct err *err);

#endif
