/*
 * cache.h - what actions/cache, its parts and the job key `cache` share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_CACHE_H
#define PAWL_RUN_CACHE_H

#include "lib/run/builtin.h"
#include "lib/run/carry.h"

#define CACHE_KEY_MAX_BYTES 512 /* GitHub's */
#define CACHE_MAX_KEYS 10

/* What stands in the state between the main part and the one behind. */
#define CACHE_STATE_KEY "CACHE_KEY"
#define CACHE_STATE_MATCHED "CACHE_RESULT"

struct cache_input {
	const char *const *paths; /* ends in NULL */
	const char *version;      /* SHA-256 of them */
	const char *keys[CACHE_MAX_KEYS + 1]; /* the exact one first */
	size_t n_keys;
};

/* Read path, key and restore-keys. */
int
cache_input_read(struct step_run *s, struct cache_input *in,
    struct err *err);

/*
 * Refs whose entries a run may find, the nearest first: its own, the base of
 * its pull request, the default branch. The first is where it saves, so that
 * no run writes what others than its own branch (and those made from it) read.
 * Lives in `a`.
 */
#define CACHE_MAX_SCOPES 3
size_t
cache_scopes(struct expr_object *github, struct arena *a,
    const char *scopes[CACHE_MAX_SCOPES]);

/* SHA-256 over the paths, so that other paths are other entries. */
const char *
cache_version(const char *const *paths, struct arena *a);

#endif
