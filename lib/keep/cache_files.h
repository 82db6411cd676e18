/*
 * cache_files.h - the files of cache entries: by the hash of their content,
 * so that equal ones are there once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_CACHE_FILES_H
#define PAWL_KEEP_CACHE_FILES_H

#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/run/storage.h"
#include "lib/store/caches.h"

/* Look for an entry whose file is there: 1, 0. An entry that has lost its file
 * is removed. */
int
cache_files_find(struct store *st, const struct config *config, int64_t repo,
    const struct cache_lookup *lookup, struct arena *a,
    struct cache_entry *out, struct err *err);

/* Take the file of an entry, and make it known: 1; 0: another was first. */
int
cache_files_add(struct store *st, const struct config *config, int64_t repo,
    const struct cache_entry *entry, struct err *err);

struct cache_row
cache_row_of(const struct cache_entry *e);

/* For the janitor: hold to the limits, and remove files that no entry has. */
int
cache_files_sweep(struct store *st, const struct config *config,
    struct err *err);

#endif
