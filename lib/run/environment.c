/*
 * environment.c - the environment of a step.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/environment.h"

#include <string.h>

void
environment_init(struct environment *e, const struct config *config,
    struct arena *a)
{
	map_init(&e->vars);
	e->arena = a;
	e->config = config;
}

void
environment_release(struct environment *e)
{
	map_release(&e->vars);
}

static const char *
secret_value(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_secrets; i++)
		if (strcmp(config->secrets[i].name, name) == 0)
			return config->secrets[i].value;
	return "";
}

void
environment_add(struct environment *e, const struct plan_var *vars, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = vars[i].secret != NULL ?
		    secret_value(e->config, vars[i].secret) : vars[i].value;

		map_set(&e->vars, vars[i].name, arena_strdup(e->arena,
		    value != NULL ? value : ""));
	}
}

void
environment_add_list(struct environment *e, const char *const *list)
{
	for (; list != NULL && *list != NULL; list++) {
		const char *equals = strchr(*list, '=');

		if (equals == NULL || equals == *list)
			continue;
		map_set(&e->vars, arena_strndup(e->arena, *list,
		    (size_t)(equals - *list)), arena_strdup(e->arena,
		    equals + 1));
	}
}

const char *const *
environment_list(struct environment *e)
{
	const char **list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < e->vars.n; i++)
		*(const char **)arena_push(e->arena, &list, &n,
		    sizeof(*list)) = arena_printf(e->arena, "%s=%s",
		    e->vars.entries[i].key,
		    (const char *)e->vars.entries[i].value);
	arena_push(e->arena, &list, &n, sizeof(*list));
	return list;
}
