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
	const char *forge; /* "github", "gitea", "forgejo" */
	const char *owner;
	const char *name;
	const char *clone_url;      /* given to git fetch */
	const char *default_branch;
	bool has_hook_secret;       /* has a webhook secret of its own: ask
	                               repo_hook_secret() for it */
	int64_t created_at_ms;
};

/*
 * Register one. `id`, has_hook_secret and created_at_ms are ignored in `repo`
 * and the new id is returned in *id. `hook_secret` (1 to 1,000 bytes; NULL:
 * only the configuration's secret of the forge counts) is sealed before it is
 * stored, see seal.h. ERR_EXISTS, ERR_INVALID (empty, control characters,
 * owner or name over 255 bytes, or "." or ".."; a "/" in the name).
 */
int
repo_add(struct store *st, const struct repo *repo, const char *hook_secret,
    int64_t *id, struct err *err);

/*
 * The webhook secret of a repository, opened; it lives in `a`. 1 when it has
 * one, 0 when not, -1. Only who checks signatures needs it, and the right to
 * read hook.key; pages and lists work without. ERR_IO names the key file that
 * is missing or cannot be read; ERR_CORRUPT: sealed under another key.
 */
int
repo_hook_secret(struct store *st, int64_t id, struct arena *a,
    const char **secret, struct err *err);

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

/* Remove one with its runs, jobs, steps, events and deliveries. ERR_NOT_FOUND;
 * ERR_CONFLICT while a job of it is running. Files are the caller's. */
int
repo_remove(struct store *st, int64_t id, struct err *err);

#endif
