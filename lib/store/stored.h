/*
 * stored.h - pipelines without a forge: their file is kept here.
 *
 * Each is a repository of the forge STORED_FORGE, whose owner is STORED_OWNER
 * and whose one branch has one file; pawl-planner makes the commit when it is
 * to run. So all that is known of repositories holds for them too.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_STORED_H
#define PAWL_STORE_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define STORED_FORGE "stored"
#define STORED_OWNER "pipelines"
#define STORED_BRANCH "main"
#define STORED_FILE ".ci.yml"
#define STORED_MAX_TEXT (256 * 1024)
#define STORED_MAX_DESCRIPTION 1000

struct stored {
	int64_t repo;
	const char *owner, *name;
	const char *description; /* "" for none */
	const char *text;        /* of the file */
	bool by_hand;            /* it names workflow_dispatch */
	int64_t revision;        /* from 1 */
	int64_t created_at_ms, updated_at_ms;
	const char *updated_by;
};

/* 1, 0 when the repository is none such, -1. Strings live in `a`. */
int
stored_find(struct store *st, int64_t repo, struct arena *a,
    struct stored *out, struct err *err);

/* By id, behind `after`; cut to what somebody `sees` (sees.h). */
int
stored_list(struct store *st, int64_t after, int limit, const char *sees,
    struct arena *a, struct stored **out, size_t *n, struct err *err);

/* Make one of name, description, text and by_hand; fills repo. ERR_EXISTS,
 * ERR_INVALID as repo_add(). */
int
stored_add(struct store *st, struct stored *s, bool is_private,
    const char *by, struct err *err);

/* Give one another description and text: a revision more. ERR_NOT_FOUND. */
int
stored_change(struct store *st, const struct stored *s, const char *by,
    struct err *err);

#endif
