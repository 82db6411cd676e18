/*
 * expr_value.c - values of expressions: making, converting, comparing.
 *
 * Comparison follows JavaScript's abstract equality, but strings compare
 * without regard to case and arrays and objects are not turned into
 * primitives (actions/runner, EvaluationResult.cs).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <math.h>
#include <string.h>
#include "lib/base/mem.h"

struct expr_value
expr_null(void)
{
	return (struct expr_value){ .type = EXPR_NULL };
}

struct expr_value
expr_boolean(bool b)
{
	return (struct expr_value){ .type = EXPR_BOOLEAN, .boolean = b };
}

struct expr_value
expr_number(double d)
{
	return (struct expr_value){ .type = EXPR_NUMBER, .number = d };
}

struct expr_value
expr_string_len(const char *s, size_t len)
{
	return (struct expr_value){ .type = EXPR_STRING,
		.text = { s, len } };
}

struct expr_value
expr_string(const char *s)
{
	return s != NULL ? expr_string_len(s, strlen(s)) : expr_null();
}

struct expr_value
expr_from_array(struct expr_array *array)
{
	return (struct expr_value){ .type = EXPR_ARRAY, .array = array };
}

struct expr_value
expr_from_object(struct expr_object *object)
{
	return (struct expr_value){ .type = EXPR_OBJECT, .object = object };
}

void
expr_object_mark_outside(struct expr_object *o)
{
	o->outside = true;
	for (size_t i = 0; i < o->n; i++)
		expr_mark_outside(&o->members[i].value);
}

void
expr_mark_outside(struct expr_value *v)
{
	switch (v->type) {
	case EXPR_NULL:
	case EXPR_BOOLEAN:
	case EXPR_NUMBER:
		return;
	case EXPR_STRING:
		v->outside = true;
		return;
	case EXPR_ARRAY:
		for (size_t i = 0; i < v->array->n; i++)
			expr_mark_outside(&v->array->items[i]);
		return;
	case EXPR_OBJECT:
		expr_object_mark_outside(v->object);
		return;
	}
}

const char *
expr_type_name(enum expr_type type)
{
	static const char *const names[] = {
		[EXPR_NULL] = "null",
		[EXPR_BOOLEAN] = "boolean",
		[EXPR_NUMBER] = "number",
		[EXPR_STRING] = "string",
		[EXPR_ARRAY] = "array",
		[EXPR_OBJECT] = "object",
	};

	return names[type];
}

bool
expr_truthy(const struct expr_value *v)
{
	switch (v->type) {
	case EXPR_NULL:
		return false;
	case EXPR_BOOLEAN:
		return v->boolean;
	case EXPR_NUMBER:
		return v->number != 0 && !isnan(v->number);
	case EXPR_STRING:
		return v->text.len > 0;
	case EXPR_ARRAY:
	case EXPR_OBJECT:
		return true;
	}
	return false;
}

double
expr_to_number(const struct expr_value *v)
{
	switch (v->type) {
	case EXPR_NULL:
		return 0;
	case EXPR_BOOLEAN:
		return v->boolean ? 1 : 0;
	case EXPR_NUMBER:
		return v->number;
	case EXPR_STRING:
		return expr_parse_number(v->text);
	case EXPR_ARRAY:
	case EXPR_OBJECT:
		return NAN;
	}
	return NAN;
}

struct expr_text
expr_to_text(const struct expr_value *v, struct arena *a)
{
	const char *s = "";

	switch (v->type) {
	case EXPR_NULL:
		break;
	case EXPR_BOOLEAN:
		s = v->boolean ? "true" : "false";
		break;
	case EXPR_NUMBER:
		return expr_format_number(v->number, a);
	case EXPR_STRING:
		return v->text;
	case EXPR_ARRAY:
		s = "Array";
		break;
	case EXPR_OBJECT:
		s = "Object";
		break;
	}
	return (struct expr_text){ s, strlen(s) };
}

const char *
expr_to_string(const struct expr_value *v, struct arena *a)
{
	struct expr_text t = expr_to_text(v, a);

	return arena_strndup(a, t.s, t.len);
}

struct expr_value
expr_as_string(const struct expr_value *v, struct arena *a)
{
	struct expr_text t = expr_to_text(v, a);
	struct expr_value s = expr_string_len(t.s, t.len);

	s.outside = v->outside;
	return s;
}

/*
 * Make two values comparable: null and booleans become numbers beside another
 * type, and a string beside a number. Returns whether they are then of one
 * type.
 */
static bool
coerce(struct expr_value *a, struct expr_value *b)
{
	struct expr_value *pair[] = { a, b };

	if (a->type == b->type)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(pair); i++)
		if (pair[i]->type == EXPR_NULL ||
		    pair[i]->type == EXPR_BOOLEAN)
			*pair[i] = expr_number(expr_to_number(pair[i]));
	if (a->type == EXPR_NUMBER && b->type == EXPR_STRING)
		*b = expr_number(expr_to_number(b));
	if (a->type == EXPR_STRING && b->type == EXPR_NUMBER)
		*a = expr_number(expr_to_number(a));
	return a->type == b->type;
}

bool
expr_equal(const struct expr_value *left, const struct expr_value *right)
{
	struct expr_value a = *left, b = *right;

	if (!coerce(&a, &b))
		return false;
	switch (a.type) {
	case EXPR_NULL:
		return true;
	case EXPR_BOOLEAN:
		return a.boolean == b.boolean;
	case EXPR_NUMBER:
		return a.number == b.number;
	case EXPR_STRING:
		return expr_text_compare(a.text, b.text) == 0;
	case EXPR_ARRAY:
		return a.array == b.array;
	case EXPR_OBJECT:
		return a.object == b.object;
	}
	return false;
}

int
expr_order(const struct expr_value *left, const struct expr_value *right)
{
	struct expr_value a = *left, b = *right;

	if (!coerce(&a, &b))
		return 2;
	switch (a.type) {
	case EXPR_BOOLEAN:
		return a.boolean - b.boolean;
	case EXPR_NUMBER:
		if (isnan(a.number) || isnan(b.number))
			return 2;
		return (a.number > b.number) - (a.number < b.number);
	case EXPR_STRING:
		return expr_text_compare(a.text, b.text);
	case EXPR_NULL:
	case EXPR_ARRAY:
	case EXPR_OBJECT:
		break;
	}
	return 2;
}
