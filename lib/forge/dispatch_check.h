/*
 * dispatch_check.h - which workflow is meant, and whether the inputs are what
 * it takes: said at once, where it can be known before planning.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_DISPATCH_CHECK_H
#define PAWL_FORGE_DISPATCH_CHECK_H

#include <jansson.h>
#include "lib/pipeline/model.h"
#include "lib/store/repos.h"
#include "lib/store/schedules.h"

/* What all the inputs of one may take, as JSON. */
#define DISPATCH_MAX_INPUTS (64 * 1024)

/*
 * A workflow of the default branch by its path, the name of its file, or its
 * own name; one with workflow_dispatch. ERR_NOT_FOUND lists those that there
 * are; ERR_CONFLICT: several are called so.
 */
int
dispatch_find(struct store *st, const struct repo *repo, const char *word,
    struct arena *a, struct workflow_row *out, struct err *err);

/* Its inputs, for a form; NULL when it has none. `n` is how many. */
const struct workflow_input *
dispatch_ports(const struct workflow_row *row, struct arena *a, size_t *n);

/*
 * Are the inputs (an object, or NULL) what the workflow takes? Only the file of
 * the default branch is known here: of another ref (NULL is that branch) it is
 * found out when the delivery is planned. ERR_INVALID names the input,
 * or the ref that is none.
 */
int
dispatch_check(const struct repo *repo, const struct workflow_row *row,
    const char *ref, const json_t *inputs, struct arena *a, struct err *err);

#endif
