/*
 * repos.h - registered repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_REPOS_H
#define PAWL_STORE_REPOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/store/store.h"

struct repo {
	int64_t id;
	const char *forge; /* a name of lib/forge/forge.h */
	const char *owner;
	const char *name;
	const char *clone_url;      /* given to git fetch */
	const char *default_branch;
	bool has_hook_secret;       /* has webhook secrets of its own
	                               (hook_secrets.h) */
	bool is_private;            /* only who has a role for it may read */
	bool badges_public;         /* but see the badges, whoever they are */
	int64_t created_at_ms;
};

/*
 * Register one. `id`, has_hook_secret and created_at_ms are ignored in `repo`
 * and the new id is returned in *id. `hook_secret` (1 to 1,000 bytes; NULL:
 * only the configuration's secrets of the forge count) is its first. ERR_EXISTS, ERR_INVALID (empty, control characters,
 * owner or name over 255 bytes, or "." or ".."; a "/" in the name).
 */
int
repo_add(struct store *st, const struct repo *repo, const char *hook_secret,
    int64_t *id, struct err *err);

/* By owner and name (case as written; looked up without regard to ASCII
 * case, as forges do), or by id. 1 found, 0 not, -1. Strings live in `a`. */
int
repo_find(struct store *st, const char *owner, const char *name,
    struct arena *a, struct repo *out, struct err *err);
int
repo_find_id(struct store *st, int64_t id, struct arena *a, struct repo *out,
    struct err *err);

/* All, by owner and name. */
int
repo_list(struct store *st, struct arena *a, struct repo **out, size_t *n,
    struct err *err);

/* Those that somebody `sees` (sees.h), in the same order. */
int
repo_list_seen(struct store *st, const char *sees, struct arena *a,
    struct repo **out, size_t *n, struct err *err);

/* Say who may read one, in its row alone: lib/render/shown.h makes it so. */
int
repo_set_visibility(struct store *st, int64_t id, bool is_private,
    bool badges_public, struct err *err);

/* Note that public/ shows what this row says; and one of those of which it
 * is not so: 1, 0, -1. */
int
repo_set_shown(struct store *st, const struct repo *repo, struct err *err);
int
repo_unsettled(struct store *st, int64_t *id, struct err *err);

/* One whose rows are gone and whose files are not: 1, 0, -1; and when they
 * are. */
int
repo_removed_next(struct store *st, struct arena *a, struct repo *out,
    struct err *err);
int
repo_removed_done(struct store *st, const char *owner, const char *name,
    struct err *err);

/* Remove one with its runs, jobs, steps, events and deliveries. ERR_NOT_FOUND;
 * ERR_CONFLICT while a job of it is running. Its files are still there: the
 * caller's, who calls repo_removed_done() then, or pawl-janitor's. */
int
repo_remove(struct store *st, int64_t id, struct err *err);

#endif
