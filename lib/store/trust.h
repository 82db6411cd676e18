/*
 * trust.h - what a repository lets pull requests from forks do.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_TRUST_H
#define PAWL_STORE_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

#define TRUST_MAX_NAMES 1000

struct repo_trust {
	const char *forks; /* "no", "approve", "yes"; NULL: as the key
	                      "fork-pull-requests" says */
	const char *const *names; /* of people at the forge, whose pull
	                             requests need no approval */
	size_t n_names;
};

/* Lives in `a`. ERR_NOT_FOUND. */
int
repo_trust_read(struct store *st, int64_t repo, struct arena *a,
    struct repo_trust *out, struct err *err);

/* All at once. ERR_INVALID, ERR_NOT_FOUND. */
int
repo_trust_set(struct store *st, int64_t repo, const struct repo_trust *trust,
    struct err *err);

#endif
