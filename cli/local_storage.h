/*
 * local_storage.h - artifacts and caches of a run without a server: below
 * $XDG_STATE_HOME/pawl/local, caches with a small database of their own.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_LOCAL_STORAGE_H
#define PAWL_CLI_LOCAL_STORAGE_H

#include "lib/base/conf.h"
#include "lib/run/storage.h"
#include "lib/store/store.h"

struct local_storage {
	struct config config;  /* state_dir is ours */
	const char *artifacts; /* folder of this run's */
	struct store *store;   /* NULL until a cache is asked for */
	int64_t repo;          /* stands for the folder that is built */
	const char *folder;
	size_t n_artifacts;
	struct arena arena;
	struct job_storage table;
};

/*
 * `config` is the command's, `folder` what is built; `artifacts` (NULL: one of
 * our own) is where they go. Nothing is made before it is needed. Without a
 * home there is no storage: then table.ctx is NULL.
 */
void
local_storage_init(struct local_storage *s, const struct config *config,
    const char *folder, const char *artifacts);
void
local_storage_release(struct local_storage *s);

#endif
