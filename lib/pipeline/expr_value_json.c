/*
 * expr_value_json.c - values of expressions as JSON and back, whole: with
 * what toJSON() and fromJSON() do not keep.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/value_json.h"

#include <math.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/pipeline/expr_internal.h"

#define NUMBER "$number"
#define OUTSIDE "$outside"

/* --- writing -------------------------------------------------------------------- */

static void
write_text(struct expr_text t, struct str *out)
{
	struct expr_value v = expr_string_len(t.s, t.len);

	expr_json_write(&v, 0, out);
}

static void
write_number(double d, struct str *out)
{
	struct expr_value v = expr_number(d);

	if (!isfinite(d)) {
		str_add(out, "{\"" NUMBER "\": \"");
		expr_json_write(&v, 0, out);
		str_add(out, "\"}");
	} else if (d == 0) {
		str_add(out, signbit(d) ? "-0.0" : "0");
	} else {
		str_addf(out, "%.17g", d);
	}
}

static void
write_name(struct expr_text name, struct str *out)
{
	struct str escaped = STR_INIT;

	json_text_next(out);
	if (name.len > 0 && name.s[0] == '$')
		str_add_char(&escaped, '$');
	str_add_len(&escaped, name.s, name.len);
	write_text((struct expr_text) { escaped.s, escaped.len }, out);
	str_add(out, ": ");
	str_release(&escaped);
}

static void
write_array(const struct expr_array *array, struct str *out)
{
	str_add_char(out, '[');
	for (size_t i = 0; i < array->n; i++) {
		json_text_next(out);
		expr_value_write(&array->items[i], out);
	}
	str_add_char(out, ']');
}

static bool
is_outside(const struct expr_value *v)
{
	return v->outside || (v->type == EXPR_OBJECT && v->object->outside);
}

/* Of names that count as the same, look-ups see the first alone. */
static void
write_object(struct expr_object *o, struct str *out)
{
	str_add_char(out, '{');
	for (size_t i = 0; i < o->n; i++) {
		if (expr_object_get(o, o->members[i].name) !=
		    &o->members[i].value)
			continue;
		write_name(o->members[i].name, out);
		expr_value_write(&o->members[i].value, out);
	}
	str_add_char(out, '}');
}

static void
write_plain(const struct expr_value *v, struct str *out)
{
	switch (v->type) {
	case EXPR_NULL:
		str_add(out, "null");
		break;
	case EXPR_BOOLEAN:
		str_add(out, v->boolean ? "true" : "false");
		break;
	case EXPR_NUMBER:
		write_number(v->number, out);
		break;
	case EXPR_STRING:
		write_text(v->text, out);
		break;
	case EXPR_ARRAY:
		write_array(v->array, out);
		break;
	case EXPR_OBJECT:
		write_object(v->object, out);
		break;
	}
}

void
expr_value_write(const struct expr_value *v, struct str *out)
{
	if (out->len > VALUE_JSON_MAX_BYTES)
		return;
	if (is_outside(v))
		str_add(out, "{\"" OUTSIDE "\": ");
	write_plain(v, out);
	if (is_outside(v))
		str_add_char(out, '}');
}

/* --- reading -------------------------------------------------------------------- */

struct input {
	struct arena *a;
	struct err *err;
};

static int
read_value(const struct input *in, const json_t *json, int depth,
    struct expr_value *out);

static int
read_array(const struct input *in, const json_t *json, int depth,
    struct expr_value *out)
{
	struct expr_array *array = expr_array_new(in->a);
	const json_t *item;
	size_t i;

	json_array_foreach(json, i, item) {
		struct expr_value v;

		if (read_value(in, item, depth + 1, &v) == -1)
			return -1;
		expr_array_add(array, v);
	}
	*out = expr_from_array(array);
	return 0;
}

/* What came from outside: a string, or an object for its names. */
static int
read_outside(const struct input *in, const json_t *json, int depth,
    struct expr_value *out)
{
	if (read_value(in, json, depth + 1, out) == -1)
		return -1;
	if (out->type == EXPR_STRING)
		out->outside = true;
	else if (out->type == EXPR_OBJECT)
		out->object->outside = true;
	else
		return err_set(in->err, ERR_CORRUPT, "only strings and "
		    "objects come from outside");
	return 0;
}

static int
read_special(const struct input *in, const json_t *json, int depth,
    struct expr_value *out)
{
	const json_t *number = json_object_get(json, NUMBER);
	const json_t *outside = json_object_get(json, OUTSIDE);

	if (outside != NULL)
		return read_outside(in, outside, depth, out);
	if (!json_is_string(number))
		return err_set(in->err, ERR_CORRUPT, "a name must not begin "
		    "with one \"$\"");
	*out = expr_number(expr_parse_number((struct expr_text) {
	    json_string_value(number), json_string_length(number) }));
	return 0;
}

static int
read_object(const struct input *in, const json_t *json, int depth,
    struct expr_value *out)
{
	struct expr_object *o = expr_object_new(in->a);
	const char *name;
	json_t *item;

	/* jansson walks only what it may change; nothing here does. */
	json_object_foreach((json_t *)(uintptr_t)json, name, item) {
		struct expr_value v;

		if (name[0] == '$' && name[1] != '$')
			return read_special(in, json, depth, out);
		if (read_value(in, item, depth + 1, &v) == -1)
			return -1;
		expr_object_add(o, arena_strdup(in->a,
		    name + (name[0] == '$')), v);
	}
	*out = expr_from_object(o);
	return 0;
}

static int
read_value(const struct input *in, const json_t *json, int depth,
    struct expr_value *out)
{
	*out = expr_null();
	if (depth > VALUE_JSON_MAX_DEPTH)
		return err_set(in->err, ERR_CORRUPT, "it is too deep");
	if (arena_exceeded(in->a))
		return err_set(in->err, ERR_TOO_LARGE, "it needs more than "
		    "%zu bytes", in->a->limit);
	if (json_is_boolean(json))
		*out = expr_boolean(json_is_true(json));
	else if (json_is_number(json))
		*out = expr_number(json_number_value(json));
	else if (json_is_string(json))
		*out = expr_string_len(arena_strndup(in->a,
		    json_string_value(json), json_string_length(json)),
		    json_string_length(json));
	else if (json_is_array(json))
		return read_array(in, json, depth, out);
	else if (json_is_object(json))
		return read_object(in, json, depth, out);
	return 0;
}

int
expr_value_read(const json_t *json, struct arena *a, struct expr_value *out,
    struct err *err)
{
	const struct input in = { a, err };

	return read_value(&in, json, 0, out);
}
