/*
 * files.h - the plain files that nginx serves: badges, status and feeds, written by
 * rename when a state changes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_FILES_H
#define PAWL_RENDER_FILES_H

#include <stdint.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/*
 * Write badge (.svg, .json) and status (.json) of the branch or tag that a
 * run is for, of its workflow there, and, on the default branch, those of the
 * repository; and the repository's feeds. Shows the newest run of that branch,
 * whichever run is given. A run that is gone is
 * success.
 */
int
render_run_files(struct store *st, const struct config *config, int64_t run,
    struct err *err);

/* The files of a repository that has no run yet: "no runs". */
int
render_repo_files(struct store *st, const struct config *config, int64_t repo,
    struct err *err);

/* Remove all files (badges, status, logs, artifacts) of a repository, and its
 * mirror. */
int
render_remove_repo(const struct config *config, const char *owner,
    const char *name, struct err *err);

#endif
