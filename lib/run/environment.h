/*
 * environment.h - variables by name, in the order in which they came, with
 * what is known of each: may a stranger have written it, is it a secret.
 *
 * The environment of a step is merged from where variables come from; later
 * ones win. doc/design.md, section 6, has their order.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_ENVIRONMENT_H
#define PAWL_RUN_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/map.h"
#include "lib/pipeline/expr.h"

struct env_var {
	const char *name;
	const char *value;
	bool outside;
};

struct environment {
	struct map vars; /* name to struct env_var, which lives in `arena` */
	struct arena *arena;
};

/* `a` is borrowed for the life of `e`. */
void
environment_init(struct environment *e, struct arena *a);
void
environment_release(struct environment *e);

/* Set a variable, over one of the same name. Both texts are copied. */
void
environment_set(struct environment *e, const char *name, const char *value,
    bool outside);

/* The variable, or NULL. */
const struct env_var *
environment_get(const struct environment *e, const char *name);

/* Set all variables of another one, which must live as long. */
void
environment_merge(struct environment *e, const struct environment *from);

/* The same for "NAME=value" strings that end in NULL. */
void
environment_add_list(struct environment *e, const char *const *list);

/* The whole as "NAME=value" strings that end in NULL; lives in `arena`. */
const char *const *
environment_list(struct environment *e);

/* The whole as the context `env`; lives in `a` and points into `e`. */
struct expr_object *
environment_context(const struct environment *e, struct arena *a);

#endif
