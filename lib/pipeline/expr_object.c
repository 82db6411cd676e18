/*
 * expr_object.c - arrays and objects of expressions.
 *
 * An object keeps its members in the order of addition and finds them by name
 * through an index that is sorted at the first look-up. Sorting, unlike
 * hashing, leaves a stranger no names to choose that make look-ups slow.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Objects up to this size are searched from the first member on. */
#define SMALL_OBJECT 8

struct expr_array *
expr_array_new(struct arena *a)
{
	struct expr_array *array = arena_alloc(a, sizeof(*array));

	array->arena = a;
	return array;
}

void
expr_array_add(struct expr_array *array, struct expr_value v)
{
	*(struct expr_value *)arena_push(array->arena, &array->items,
	    &array->n, sizeof(v)) = v;
}

struct expr_object *
expr_object_new(struct arena *a)
{
	struct expr_object *o = arena_alloc(a, sizeof(*o));

	o->arena = a;
	return o;
}

void
expr_object_add_len(struct expr_object *o, struct expr_text name,
    struct expr_value v)
{
	*(struct expr_member *)arena_push(o->arena, &o->members, &o->n,
	    sizeof(*o->members)) = (struct expr_member){ name, v };
}

void
expr_object_add(struct expr_object *o, const char *name, struct expr_value v)
{
	expr_object_add_len(o, (struct expr_text){ name, strlen(name) }, v);
}

/* Names in upper case, equal ones by their case, then in order of addition:
 * one order serves objects of both kinds. */
static int
compare_names(struct expr_text a, struct expr_text b, bool case_sensitive)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int r = expr_text_compare(a, b);

	if (r != 0 || !case_sensitive)
		return r;
	r = memcmp(a.s, b.s, len);
	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

static int
compare_members(const void *left, const void *right)
{
	const struct expr_member *a = *(struct expr_member *const *)left;
	const struct expr_member *b = *(struct expr_member *const *)right;
	int r = compare_names(a->name, b->name, false);

	return r != 0 ? r : (a > b) - (a < b);
}

static int
compare_members_case(const void *left, const void *right)
{
	const struct expr_member *a = *(struct expr_member *const *)left;
	const struct expr_member *b = *(struct expr_member *const *)right;
	int r = compare_names(a->name, b->name, true);

	return r != 0 ? r : (a > b) - (a < b);
}

static void
make_index(struct expr_object *o)
{
	o->index = arena_alloc(o->arena, o->n * sizeof(*o->index));
	o->n_index = o->n;
	for (size_t i = 0; i < o->n; i++)
		o->index[i] = &o->members[i];
	qsort(o->index, o->n, sizeof(*o->index),
	    o->case_sensitive ? compare_members_case : compare_members);
}

static const struct expr_value *
find_indexed(struct expr_object *o, struct expr_text name)
{
	size_t low = 0, high, middle;

	if (o->n_index != o->n)
		make_index(o);
	high = o->n;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_names(o->index[middle]->name, name,
		    o->case_sensitive) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == o->n || compare_names(o->index[low]->name, name,
	    o->case_sensitive) != 0)
		return NULL;
	return &o->index[low]->value;
}

const struct expr_value *
expr_object_get(struct expr_object *o, struct expr_text name)
{
	if (o->n > SMALL_OBJECT)
		return find_indexed(o, name);
	for (size_t i = 0; i < o->n; i++)
		if (expr_text_equal(o->members[i].name, name,
		    o->case_sensitive))
			return &o->members[i].value;
	return NULL;
}

void
expr_object_put(struct expr_object *o, struct expr_text name,
    struct expr_value v)
{
	const struct expr_value *old = expr_object_get(o, name);

	if (old == NULL)
		expr_object_add_len(o, name, v);
	else
		*(struct expr_value *)(uintptr_t)old = v;
}

const struct expr_value *
expr_object_member(struct expr_object *o, const char *name)
{
	return expr_object_get(o, (struct expr_text){ name, strlen(name) });
}
