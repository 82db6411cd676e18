/*
 * expr_index.c - a[b], a.b, a.* and what a filter goes on with.
 *
 * `.*` gives a filtered array; a further index is applied to each of its
 * items, and items that do not have it fall out.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <math.h>
#include <stdint.h>

/* By what is looked up, in all the ways it can be taken. */
struct key {
	bool all;               /* "*" */
	bool has_text;          /* primitives only */
	struct expr_text text;
	bool has_number;
	size_t number;
};

static void
make_key(const struct expr_value *v, struct arena *a, struct key *key)
{
	double d = expr_to_number(v);

	if (v->type != EXPR_ARRAY && v->type != EXPR_OBJECT) {
		key->has_text = true;
		key->text = expr_to_text(v, a);
	}
	if (!isnan(d) && d >= 0 && floor(d) <= INT32_MAX) {
		key->has_number = true;
		key->number = (size_t)d;
	}
}

/* The member or item of a collection, or NULL. */
static const struct expr_value *
find(const struct expr_value *in, const struct key *key)
{
	if (in->type == EXPR_OBJECT && key->has_text)
		return expr_object_get(in->object, key->text);
	if (in->type == EXPR_ARRAY && key->has_number &&
	    key->number < in->array->n)
		return &in->array->items[key->number];
	return NULL;
}

static size_t
size_of(const struct expr_value *v)
{
	if (v->type == EXPR_OBJECT)
		return v->object->n;
	return v->type == EXPR_ARRAY ? v->array->n : 0;
}

/* Add what the key picks of one value to the result. */
static int
pick(struct expr_eval *ev, const struct expr_node *n,
    const struct expr_value *in, const struct key *key,
    struct expr_array *result)
{
	const struct expr_value *found;

	if (!key->all) {
		found = find(in, key);
		if (found != NULL)
			expr_array_add(result, *found);
		return expr_eval_room(ev, n, 0);
	}
	if (expr_eval_room(ev, n, size_of(in) * sizeof(*in)) == -1)
		return -1;
	for (size_t i = 0; i < size_of(in); i++)
		expr_array_add(result, in->type == EXPR_OBJECT
		    ? in->object->members[i].value : in->array->items[i]);
	return 0;
}

/* A filtered array again: from every item, or everything of one value. */
static int
filter(struct expr_eval *ev, const struct expr_node *n,
    const struct expr_value *in, const struct key *key,
    struct expr_value *out)
{
	struct expr_array *result = expr_array_new(ev->arena);
	bool each = in->type == EXPR_ARRAY && in->array->filtered;

	result->filtered = true;
	if (!each && pick(ev, n, in, key, result) == -1)
		return -1;
	for (size_t i = 0; each && i < in->array->n; i++)
		if (pick(ev, n, &in->array->items[i], key, result) == -1)
			return -1;
	*out = expr_from_array(result);
	return 0;
}

int
expr_eval_index(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out)
{
	struct key key = { .all = n->args[1]->kind == EXPR_NODE_WILDCARD };
	struct expr_value in, by;
	const struct expr_value *found;

	*out = expr_null();
	if (expr_eval_arg(ev, n, 0, level, &in) == -1)
		return -1;
	if (in.type != EXPR_ARRAY && in.type != EXPR_OBJECT && !key.all)
		return 0;
	if (!key.all) {
		if (expr_eval_arg(ev, n, 1, level, &by) == -1)
			return -1;
		make_key(&by, ev->arena, &key);
	}
	if (key.all || (in.type == EXPR_ARRAY && in.array->filtered))
		return filter(ev, n, &in, &key, out);
	found = find(&in, &key);
	if (found != NULL)
		*out = *found;
	return 0;
}
