/*
 * action_inputs.c - what a step gives to the action that it uses.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/action.h"

#include <strings.h>

#include "lib/pipeline/evaluate.h"

int
action_inputs(const struct named_value *inputs, size_t n,
    const struct value *with, const struct expr_env *env, struct arena *a,
    struct diags *d, struct expr_object **out)
{
	*out = expr_object_new(a);
	for (size_t i = 0; i < n; i++) {
		const struct value_pair *given = value_find(with,
		    inputs[i].name);
		struct expr_value v;

		if (value_eval(given != NULL ? given->value :
		        inputs[i].value, env, a, d, &v) == -1)
			return -1;
		expr_object_add(*out, inputs[i].name, expr_as_string(&v, a));
	}
	return 0;
}

const char *const *
action_input_names(const struct action *action, struct arena *a)
{
	const char **names = arena_alloc(a, (action->n_inputs + 1) *
	    sizeof(*names));

	for (size_t i = 0; i < action->n_inputs; i++)
		names[i] = action->inputs[i].name;
	return names;
}

const struct value *
action_input_unknown(const char *const *names, const struct value *with,
    size_t *next, const char **near)
{
	while (with != NULL && *next < with->n_pairs) {
		const struct value *key = with->pairs[(*next)++].key;
		size_t i = 0;

		if (key->kind != VALUE_STRING || key->text == NULL)
			continue;
		while (names[i] != NULL && strcasecmp(names[i], key->text) !=
		    0)
			i++;
		if (names[i] != NULL)
			continue;
		*near = suggest_word(key->text, names);
		return key;
	}
	return NULL;
}
