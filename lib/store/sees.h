/*
 * sees.h - which repositories somebody may read.
 *
 * Lists over many repositories are cut to these in their statements: they take
 * `sees`, a JSON array of ids ("[1,5]"), or NULL when nothing is hidden from
 * who asks. NULL is what nearly everybody gets where no repository is private,
 * and keeps the statements that know nothing of rights.
 *
 * A statement that takes :sees is driven by its ids, not by rows that are
 * thrown away: what is hidden must not be paid for, nor show in the time that
 * an answer takes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_SEES_H
#define PAWL_STORE_SEES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/store/grants.h"
#include "lib/store/store.h"

/*
 * What somebody with these grants sees (any role may read), into *sees: NULL (all), or the ids of
 * the public ones and of those that a grant covers; "[]" when there are none.
 * It lives in `a`. 0, or -1.
 */
int
sees_find(struct store *st, const struct grant *grants, size_t n,
    struct arena *a, const char **sees, struct err *err);

/* Is a repository among them? For things that are found by their own id and
 * tell whose they are. */
bool
sees_holds(const char *sees, int64_t repo);

#endif
