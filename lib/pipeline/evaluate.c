/*
 * evaluate.c - values of a workflow with their expressions evaluated.
 *
 * Depth is that of the file, which its reader bounds.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/evaluate.h"

#include <math.h>
#include <string.h>

static int
report(const struct value *v, const struct expr_error *error,
    struct diags *d)
{
	struct str text = STR_INIT;

	expr_error_message(error, &text);
	diag_error(d, v->pos, v->width, "expression", error->hint, "%s",
	    text.s);
	str_release(&text);
	return -1;
}

static int
eval_expr(const struct value *v, const struct expr_env *env,
    struct arena *a, struct diags *d, struct expr_value *out)
{
	struct expr_error error;

	/* Its text had a mistake, which has been reported. */
	if (v->expr == NULL) {
		*out = expr_null();
		return 0;
	}
	if (expr_eval(v->expr, env, a, out, &error) == -1)
		return report(v, &error, d);
	if (arena_exceeded(a))
		return diag_error(d, v->pos, v->width, "too-large", NULL,
		    "up to this value the plan needs more memory than a plan "
		    "may use");
	return 0;
}

static int
eval_list(const struct value *v, const struct expr_env *env,
    struct arena *a, struct diags *d, struct expr_value *out)
{
	struct expr_array *array = expr_array_new(a);

	for (size_t i = 0; i < v->n_items; i++) {
		struct expr_value item;

		if (value_eval(v->items[i], env, a, d, &item) == -1)
			return -1;
		expr_array_add(array, item);
	}
	*out = expr_from_array(array);
	return 0;
}

/* ${{ insert }}: all members of an object stand here. */
static int
insert(const struct value_pair *pair, const struct expr_value *value,
    struct diags *d, struct expr_object *into)
{
	if (value->type != EXPR_OBJECT)
		return diag_error(d, pair->value->pos, pair->value->width,
		    "wrong-type", NULL, "what is inserted must be a map; it "
		    "is of type %s", expr_type_name(value->type));
	for (size_t i = 0; i < value->object->n; i++)
		expr_object_add_len(into, value->object->members[i].name,
		    value->object->members[i].value);
	into->outside = into->outside || value->object->outside;
	return 0;
}

static int
eval_map(const struct value *v, const struct expr_env *env,
    struct arena *a, struct diags *d, struct expr_value *out)
{
	struct expr_object *object = expr_object_new(a);

	for (size_t i = 0; i < v->n_pairs; i++) {
		const struct value_pair *pair = &v->pairs[i];
		struct expr_value key, value;

		if (value_eval(pair->value, env, a, d, &value) == -1)
			return -1;
		if (pair->key->kind == VALUE_INSERT) {
			if (insert(pair, &value, d, object) == -1)
				return -1;
			continue;
		}
		if (value_eval(pair->key, env, a, d, &key) == -1)
			return -1;
		expr_object_add_len(object, expr_to_text(&key, a), value);
		object->outside = object->outside || key.outside;
	}
	*out = expr_from_object(object);
	return 0;
}

int
value_eval(const struct value *v, const struct expr_env *env,
    struct arena *a, struct diags *d, struct expr_value *out)
{
	if (v == NULL) {
		*out = expr_null();
		return 0;
	}
	switch (v->kind) {
	case VALUE_NULL:
	case VALUE_INSERT:
		*out = expr_null();
		return 0;
	case VALUE_BOOL:
		*out = expr_boolean(v->boolean);
		return 0;
	case VALUE_NUMBER:
		*out = expr_number(v->number);
		return 0;
	case VALUE_STRING:
		*out = expr_string(v->text);
		return 0;
	case VALUE_LIST:
		return eval_list(v, env, a, d, out);
	case VALUE_MAP:
		return eval_map(v, env, a, d, out);
	case VALUE_EXPR:
		return eval_expr(v, env, a, d, out);
	}
	return -1;
}

const char *
value_eval_text(const struct value *v, const char *fallback,
    const struct expr_env *env, struct arena *a, struct diags *d)
{
	struct expr_value out;

	if (v == NULL)
		return fallback;
	if (value_eval(v, env, a, d, &out) == -1)
		return NULL;
	return expr_to_string(&out, a);
}

int
value_eval_bool(const struct value *v, bool fallback,
    const struct expr_env *env, struct arena *a, struct diags *d, bool *out)
{
	struct expr_value value;
	const char *text;

	*out = fallback;
	if (v == NULL)
		return 0;
	if (value_eval(v, env, a, d, &value) == -1)
		return -1;
	if (value.type == EXPR_BOOLEAN) {
		*out = value.boolean;
		return 0;
	}
	text = expr_to_string(&value, a);
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return diag_error(d, v->pos, v->width, "wrong-type", NULL,
		    "expected true or false, got \"%.100s\"", text);
	*out = text[0] == 't';
	return 0;
}

int
value_eval_number(const struct value *v, double fallback, double min,
    double max, const struct expr_env *env, struct arena *a,
    struct diags *d, double *out)
{
	struct expr_value value;

	*out = fallback;
	if (v == NULL)
		return 0;
	if (value_eval(v, env, a, d, &value) == -1)
		return -1;
	*out = expr_to_number(&value);
	if (!(*out >= min && *out <= max) || floor(*out) != *out)
		return diag_error(d, v->pos, v->width, "wrong-type", NULL,
		    "expected a whole number of %.0f to %.0f, got \"%.100s\"",
		    min, max, expr_to_string(&value, a));
	return 0;
}
