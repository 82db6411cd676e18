/*
 * environment.c - variables by name.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/environment.h"

#include <string.h>

void
environment_init(struct environment *e, struct arena *a)
{
	map_init(&e->vars);
	e->arena = a;
}

void
environment_release(struct environment *e)
{
	map_release(&e->vars);
}

void
environment_set(struct environment *e, const char *name, const char *value,
    bool outside)
{
	struct env_var *v = arena_alloc(e->arena, sizeof(*v));

	v->name = arena_strdup(e->arena, name);
	v->value = arena_strdup(e->arena, value);
	v->outside = outside;
	map_set(&e->vars, name, v);
}

const struct env_var *
environment_get(const struct environment *e, const char *name)
{
	return map_get(&e->vars, name);
}

void
environment_merge(struct environment *e, const struct environment *from)
{
	for (size_t i = 0; i < from->vars.n; i++)
		map_set(&e->vars, from->vars.entries[i].key,
		    from->vars.entries[i].value);
}

void
environment_add_list(struct environment *e, const char *const *list)
{
	for (; list != NULL && *list != NULL; list++) {
		const char *equals = strchr(*list, '=');

		if (equals == NULL || equals == *list)
			continue;
		environment_set(e, arena_strndup(e->arena, *list,
		    (size_t)(equals - *list)), equals + 1, false);
	}
}

const char *const *
environment_list(struct environment *e)
{
	const char **list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < e->vars.n; i++) {
		const struct env_var *v = e->vars.entries[i].value;

		*(const char **)arena_push(e->arena, &list, &n,
		    sizeof(*list)) = arena_printf(e->arena, "%s=%s", v->name,
		    v->value);
	}
	arena_push(e->arena, &list, &n, sizeof(*list));
	return list;
}

struct expr_object *
environment_context(const struct environment *e, struct arena *a)
{
	struct expr_object *o = expr_object_new(a);

	o->case_sensitive = true;
	for (size_t i = 0; i < e->vars.n; i++) {
		const struct env_var *v = e->vars.entries[i].value;
		struct expr_value value = expr_string(v->value);

		value.outside = v->outside;
		expr_object_add(o, v->name, value);
	}
	return o;
}
