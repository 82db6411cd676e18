/*
 * environment.h - the environment of a step, merged from where variables
 * come from. Later ones win: the container's own, the system's, the
 * pipeline's and the job's, the step's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_ENVIRONMENT_H
#define PAWL_RUN_ENVIRONMENT_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/map.h"
#include "lib/pipeline/pipeline.h"

struct environment {
	struct map vars; /* name to value; values live in `arena` */
	struct arena *arena;
	const struct config *config; /* for secrets */
};

/* `a` and `config` are borrowed for the life of `e`. */
void
environment_init(struct environment *e, const struct config *config,
    struct arena *a);
void
environment_release(struct environment *e);

/* Set variables over those that are there. A secret becomes its value; one
 * that the server does not have becomes empty, as with GitHub. */
void
environment_add(struct environment *e, const struct plan_var *vars,
    size_t n);

/* The same for "NAME=value" strings that end in NULL. */
void
environment_add_list(struct environment *e, const char *const *list);

/* The whole as "NAME=value" strings that end in NULL; lives in `arena`. */
const char *const *
environment_list(struct environment *e);

#endif
