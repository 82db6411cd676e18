/*
 * value_json.c - values of workflows as JSON and back.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/value_json.h"

#include <limits.h>
#include <string.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"

static const char *const kind_names[] = {
	[VALUE_NULL] = "null", [VALUE_BOOL] = "boolean",
	[VALUE_NUMBER] = "number", [VALUE_STRING] = "string",
	[VALUE_LIST] = "list", [VALUE_MAP] = "map",
	[VALUE_EXPR] = "expression", [VALUE_INSERT] = "insert",
};

/* --- writing -------------------------------------------------------------------- */

static void
write_parts(const struct value *v, struct str *out)
{
	json_text_name(out, "parts");
	str_add_char(out, '[');
	for (size_t i = 0; i < v->n_parts; i++) {
		const struct value_part *part = &v->parts[i];

		json_text_next(out);
		str_add_char(out, '[');
		json_text(out, part->text);
		str_addf(out, ", %d, %d, %s]", part->pos.line, part->pos.col,
		    part->on_line ? "true" : "false");
	}
	str_add_char(out, ']');
}

static void
write_list(const struct value *v, struct str *out)
{
	str_add_char(out, '[');
	for (size_t i = 0; i < v->n_items; i++) {
		json_text_next(out);
		value_write(v->items[i], out);
	}
	str_add_char(out, ']');
}

static void
write_map(const struct value *v, struct str *out)
{
	str_add_char(out, '[');
	for (size_t i = 0; i < v->n_pairs; i++) {
		json_text_next(out);
		str_add_char(out, '[');
		value_write(v->pairs[i].key, out);
		str_add(out, ", ");
		value_write(v->pairs[i].value, out);
		str_add_char(out, ']');
	}
	str_add_char(out, ']');
}

static void
write_content(const struct value *v, struct str *out)
{
	struct expr_value number = expr_number(v->number);

	switch (v->kind) {
	case VALUE_NULL:
	case VALUE_INSERT:
		str_add(out, "null");
		break;
	case VALUE_BOOL:
		str_add(out, v->boolean ? "true" : "false");
		break;
	case VALUE_NUMBER:
		expr_value_write(&number, out);
		break;
	case VALUE_STRING:
		json_text(out, v->text);
		break;
	case VALUE_LIST:
		write_list(v, out);
		break;
	case VALUE_MAP:
		write_map(v, out);
		break;
	case VALUE_EXPR:
		json_text(out, v->text);
		write_parts(v, out);
		break;
	}
}

void
value_write(const struct value *v, struct str *out)
{
	if (out->len > VALUE_JSON_MAX_BYTES)
		return;
	if (v == NULL) {
		str_add(out, "null");
		return;
	}
	str_add_char(out, '{');
	json_text_name(out, kind_names[v->kind]);
	write_content(v, out);
	json_text_name(out, "at");
	str_addf(out, "[%d, %d, %d]}", v->pos.line, v->pos.col, v->width);
}

/* --- reading -------------------------------------------------------------------- */

struct input {
	struct arena *a;
	struct err *err;
};

static int
refuse(const struct input *in, const char *what)
{
	return err_set(in->err, ERR_CORRUPT, "%s", what);
}

static int
read_value(const struct input *in, const json_t *json, int depth,
    struct value **out);

/* A number from 0 to INT_MAX of a list. */
static int
read_int(const struct input *in, const json_t *list, size_t i, int *out)
{
	const json_t *item = json_array_get(list, i);

	if (!json_is_integer(item) || json_integer_value(item) < 0 ||
	    json_integer_value(item) > INT_MAX)
		return refuse(in, "a place must be of whole numbers");
	*out = (int)json_integer_value(item);
	return 0;
}

int
text_read(const json_t *json, struct arena *a, const char **out,
    struct err *err)
{
	if (!json_is_string(json) ||
	    strlen(json_string_value(json)) != json_string_length(json))
		return err_set(err, ERR_CORRUPT, "it must be a text");
	*out = arena_strdup(a, json_string_value(json));
	return 0;
}

static int
read_expr(const struct input *in, const char *text, const struct expr **out)
{
	struct expr *expr = arena_alloc(in->a, sizeof(*expr));
	struct expr_error error;

	if (expr_parse(text, strlen(text), NULL, in->a, expr, &error) == -1)
		return refuse(in, "an expression cannot be parsed");
	*out = expr;
	return 0;
}

static int
read_part(const struct input *in, const json_t *json, struct value *v)
{
	struct value_part *part = arena_push(in->a, &v->parts, &v->n_parts,
	    sizeof(*part));
	const json_t *on_line = json_array_get(json, 3);

	if (!json_is_boolean(on_line) || json_array_size(json) != 4)
		return refuse(in, "a part must be a text with its place");
	part->on_line = json_is_true(on_line);
	if (text_read(json_array_get(json, 0), in->a, &part->text,
	        in->err) == -1 ||
	    read_int(in, json, 1, &part->pos.line) == -1 ||
	    read_int(in, json, 2, &part->pos.col) == -1)
		return -1;
	/* Most values are one expression, with nothing around it. */
	if (strcmp(part->text, v->text) == 0) {
		part->expr = v->expr;
		return 0;
	}
	return read_expr(in, part->text, &part->expr);
}

static int
read_expression(const struct input *in, const json_t *object,
    const json_t *content, struct value *v)
{
	const json_t *parts = json_object_get(object, "parts"), *item;
	size_t i;

	if (text_read(content, in->a, &v->text, in->err) == -1 ||
	    read_expr(in, v->text, &v->expr) == -1)
		return -1;
	if (!json_is_array(parts))
		return refuse(in, "\"parts\" must be a list");
	json_array_foreach(parts, i, item)
		if (read_part(in, item, v) == -1)
			return -1;
	return 0;
}

static int
read_list(const struct input *in, const json_t *content, int depth,
    struct value *v)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(content))
		return refuse(in, "\"list\" must be a list");
	json_array_foreach(content, i, item) {
		struct value **room = arena_push(in->a, &v->items,
		    &v->n_items, sizeof(*room));

		if (read_value(in, item, depth + 1, room) == -1)
			return -1;
	}
	return 0;
}

static int
read_map(const struct input *in, const json_t *content, int depth,
    struct value *v)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(content))
		return refuse(in, "\"map\" must be a list");
	json_array_foreach(content, i, item) {
		struct value_pair *pair = arena_push(in->a, &v->pairs,
		    &v->n_pairs, sizeof(*pair));

		if (json_array_size(item) != 2)
			return refuse(in, "\"map\" must be of pairs");
		if (read_value(in, json_array_get(item, 0), depth + 1,
		        &pair->key) == -1 ||
		    read_value(in, json_array_get(item, 1), depth + 1,
		        &pair->value) == -1)
			return -1;
		if (pair->key->kind != VALUE_STRING &&
		    pair->key->kind != VALUE_EXPR &&
		    pair->key->kind != VALUE_INSERT)
			return refuse(in, "a key must be a text");
	}
	return 0;
}

static int
read_number(const struct input *in, const json_t *content, struct value *v)
{
	struct expr_value number;

	if (expr_value_read(content, in->a, &number, in->err) == -1)
		return -1;
	if (number.type != EXPR_NUMBER)
		return refuse(in, "\"number\" must be a number");
	v->number = number.number;
	v->text = expr_to_string(&number, in->a);
	return 0;
}

static int
read_content(const struct input *in, const json_t *object,
    const json_t *content, int depth, struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		v->text = "";
		return 0;
	case VALUE_INSERT:
		return 0;
	case VALUE_BOOL:
		if (!json_is_boolean(content))
			return refuse(in, "\"boolean\" must be a boolean");
		v->boolean = json_is_true(content);
		v->text = v->boolean ? "true" : "false";
		return 0;
	case VALUE_NUMBER:
		return read_number(in, content, v);
	case VALUE_STRING:
		return text_read(content, in->a, &v->text, in->err);
	case VALUE_LIST:
		return read_list(in, content, depth, v);
	case VALUE_MAP:
		return read_map(in, content, depth, v);
	case VALUE_EXPR:
		return read_expression(in, object, content, v);
	}
	return -1;
}

static int
read_place(const struct input *in, const json_t *object, struct value *v)
{
	const json_t *at = json_object_get(object, "at");

	if (json_array_size(at) != 3)
		return refuse(in, "\"at\" must be three numbers");
	return read_int(in, at, 0, &v->pos.line) == -1 ||
	    read_int(in, at, 1, &v->pos.col) == -1 ||
	    read_int(in, at, 2, &v->width) == -1 ? -1 : 0;
}

static int
read_value(const struct input *in, const json_t *json, int depth,
    struct value **out)
{
	struct value *v = arena_alloc(in->a, sizeof(*v));

	*out = v;
	if (depth > VALUE_JSON_MAX_DEPTH)
		return refuse(in, "it is too deep");
	if (arena_exceeded(in->a))
		return err_set(in->err, ERR_TOO_LARGE, "it needs more than "
		    "%zu bytes", in->a->limit);
	for (size_t kind = 0; kind < ARRAY_LEN(kind_names); kind++) {
		const json_t *content = json_object_get(json,
		    kind_names[kind]);

		if (content == NULL)
			continue;
		v->kind = (enum value_kind)kind;
		return read_place(in, json, v) == -1 ? -1 :
		    read_content(in, json, content, depth, v);
	}
	return refuse(in, "it must be a value");
}

int
value_read(const json_t *json, struct arena *a, const struct value **out,
    struct err *err)
{
	const struct input in = { a, err };
	struct value *v = NULL;

	if (!json_is_null(json) && read_value(&in, json, 0, &v) == -1)
		return -1;
	*out = v;
	return 0;
}
