/*
 * grant_rows.h - what the files about tokens, users and grants share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_GRANT_ROWS_H
#define PAWL_STORE_GRANT_ROWS_H

#include "lib/store/grants.h"
#include "lib/store/repos.h"
#include "lib/store/statement.h"

/* The id of the repository that a grant is for, 0 for a wider one.
 * ERR_NOT_FOUND. */
int
grant_repo(struct store *st, const struct grant *g, struct arena *a,
    int64_t *id, struct err *err);

#endif
