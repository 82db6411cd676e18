/*
 * expr_names.c - is a name known where it stands, and what was meant when it
 * is not?
 *
 * Without a place every context is known, and every function of the language.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <string.h>
#include "lib/base/diag.h"

static bool
is_name(struct expr_text name, const char *s)
{
	return expr_text_equal(name, (struct expr_text){ s, strlen(s) },
	    false);
}

bool
expr_context_known(const struct expr_place *place, struct expr_text name)
{
	if (place == NULL)
		return true;
	for (size_t i = 0; place->contexts[i] != NULL; i++)
		if (is_name(name, place->contexts[i]))
			return true;
	return false;
}

/* A name like it, else all that are known. */
const char *
expr_context_hint(const struct expr_place *place, struct expr_text name,
    struct arena *a)
{
	const char *near = suggest_word(arena_strndup(a, name.s, name.len),
	    place->contexts);
	const char *hint = NULL;
	struct str all = STR_INIT;

	for (size_t i = 0; place->contexts[i] != NULL; i++)
		str_addf(&all, "%s%s", i > 0 ? ", " : "", place->contexts[i]);
	if (near != NULL)
		hint = arena_printf(a, "did you mean \"%s\"?", near);
	else if (all.len > 0)
		hint = arena_printf(a, "known %s%s: %s",
		    place->name != NULL ? "in " : "here",
		    place->name != NULL ? place->name : "", all.s);
	str_release(&all);
	return hint;
}

const struct expr_function *
expr_function_find(struct expr_text name)
{
	for (size_t i = 0; i < expr_n_functions; i++)
		if (is_name(name, expr_functions[i].name))
			return &expr_functions[i];
	return NULL;
}

const struct expr_function *
expr_function_known(const struct expr_place *place, struct expr_text name)
{
	const struct expr_function *f = expr_function_find(name);

	if (f != NULL && f->extra != 0 && place != NULL &&
	    (f->extra & place->functions) == 0)
		return NULL;
	return f;
}

/* success('job') is for jobs only: a step asks about itself. */
int
expr_function_max_args(const struct expr_place *place,
    const struct expr_function *f)
{
	if ((f->extra & EXPR_STATUS_OF_JOBS) && place != NULL &&
	    !(place->functions & EXPR_STATUS_OF_JOBS))
		return 0;
	return f->max_args;
}

const char *
expr_function_hint(const struct expr_place *place, struct expr_text name,
    struct arena *a)
{
	const struct expr_function *f = expr_function_find(name);
	const char **words = arena_alloc(a,
	    (expr_n_functions + 1) * sizeof(*words));
	const char *near;

	if (f != NULL)
		return arena_printf(a, "%s cannot be called %s%s", f->name,
		    place->name != NULL ? "in " : "here",
		    place->name != NULL ? place->name : "");
	for (size_t i = 0; i < expr_n_functions; i++)
		words[i] = expr_functions[i].name;
	near = suggest_word(arena_strndup(a, name.s, name.len), words);
	return near != NULL
	    ? arena_printf(a, "did you mean \"%s\"?", near) : NULL;
}
