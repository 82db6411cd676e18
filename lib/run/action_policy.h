/*
 * action_policy.h - files of other repositories: which a run may use, and
 * where those come from that are not registered.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_ACTION_POLICY_H
#define PAWL_RUN_ACTION_POLICY_H

#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/pipeline/uses.h"

/* A run that asks for files of a repository. */
struct reader {
	const char *owner, *name; /* the repository that it is of */
	bool strange;             /* event_is_strangers() */
};

/* May it have all of a registered repository? What a stranger wrote has its
 * own alone: the others may be private. */
bool
reader_has(const struct reader *reader, const char *owner, const char *name);

/* May it use the action or workflow? All of registered repositories that it
 * has, and else by "allow-actions" and "actions-require-sha". -1: it may not;
 * the error (ERR_DENIED) names the key. */
int
action_allowed(const struct config *config, const struct reader *reader,
    const struct uses *uses, bool registered, struct err *err);

/* Its address, at the forge of `own_url` (the run's own repository; NULL: not
 * known) or where "actions-url" says; and its mirror. Both live in `a`.
 * ERR_NOT_FOUND when neither is known. */
int
action_origin(const struct config *config, const char *own_url,
    const struct uses *uses, struct arena *a, const char **url,
    const char **mirror, struct err *err);

/* A name of a commit in full, in any case of its letters. */
bool
action_is_pinned(const struct uses *uses);

#endif
