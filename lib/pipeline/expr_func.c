/*
 * expr_func.c - the functions of expressions: one row each.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include "lib/base/mem.h"

static bool
is_primitive(const struct expr_value *v)
{
	return v->type != EXPR_ARRAY && v->type != EXPR_OBJECT;
}

/* Two primitives as texts; anything else matches nothing. */
static int
call_match(struct expr_eval *ev, const struct expr_node *call, int level,
    enum expr_match where, struct expr_value *out)
{
	struct expr_value text, part;

	*out = expr_boolean(false);
	if (expr_eval_arg(ev, call, 0, level, &text) == -1)
		return -1;
	if (!is_primitive(&text))
		return 0;
	if (expr_eval_arg(ev, call, 1, level, &part) == -1)
		return -1;
	if (is_primitive(&part))
		*out = expr_boolean(expr_text_match(
		    expr_to_text(&text, ev->arena),
		    expr_to_text(&part, ev->arena), where));
	return 0;
}

static int
call_starts_with(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out)
{
	return call_match(ev, call, level, EXPR_STARTS, out);
}

static int
call_ends_with(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	return call_match(ev, call, level, EXPR_ENDS, out);
}

/* In a text, or as an item of an array that is equal by `==`. What is looked
 * for is not evaluated where nothing can be found. */
static int
call_contains(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	struct expr_value in, item;
	bool found = false;

	*out = expr_boolean(false);
	if (expr_eval_arg(ev, call, 0, level, &in) == -1)
		return -1;
	if (in.type == EXPR_OBJECT ||
	    (in.type == EXPR_ARRAY && in.array->n == 0))
		return 0;
	if (expr_eval_arg(ev, call, 1, level, &item) == -1)
		return -1;
	if (is_primitive(&in) && is_primitive(&item))
		found = expr_text_match(expr_to_text(&in, ev->arena),
		    expr_to_text(&item, ev->arena), EXPR_CONTAINS);
	for (size_t i = 0; in.type == EXPR_ARRAY && !found &&
	    i < in.array->n; i++)
		found = expr_equal(&in.array->items[i], &item);
	*out = expr_boolean(found);
	return 0;
}

static int
add_item(struct expr_eval *ev, const struct expr_node *call, struct str *s,
    size_t *spent, struct expr_text t)
{
	*spent += expr_text_bytes(t.len);
	if (*spent > ev->max_bytes)
		return expr_eval_too_large(ev, call);
	str_add_len(s, t.s, t.len);
	return 0;
}

static int
join_items(struct expr_eval *ev, const struct expr_node *call,
    const struct expr_array *array, struct expr_value separator,
    struct expr_value *out)
{
	struct str s = STR_INIT;
	size_t spent = 0;
	bool outside = separator.outside && array->n > 1;
	int r = 0;

	for (size_t i = 0; i < array->n && r == 0; i++) {
		if (i > 0)
			r = add_item(ev, call, &s, &spent, separator.text);
		if (r == 0)
			r = add_item(ev, call, &s, &spent,
			    expr_to_text(&array->items[i], ev->arena));
		outside = outside || array->items[i].outside;
	}
	if (r == 0)
		*out = expr_string_len(arena_strndup(ev->arena, s.s, s.len),
		    s.len);
	out->outside = outside;
	str_release(&s);
	return r;
}

/* Of one item or none the separator is not evaluated. */
static int
eval_separator(struct expr_eval *ev, const struct expr_node *call, int level,
    const struct expr_value *items, struct expr_value *out)
{
	struct expr_value by;

	*out = expr_string(",");
	if (call->n_args < 2 || items->type != EXPR_ARRAY ||
	    items->array->n < 2)
		return 0;
	if (expr_eval_arg(ev, call, 1, level, &by) == -1)
		return -1;
	if (is_primitive(&by))
		*out = expr_as_string(&by, ev->arena);
	return 0;
}

static int
call_join(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	struct expr_value separator, items;

	if (expr_eval_arg(ev, call, 0, level, &items) == -1 ||
	    eval_separator(ev, call, level, &items, &separator) == -1)
		return -1;
	if (items.type == EXPR_ARRAY)
		return join_items(ev, call, items.array, separator, out);
	*out = is_primitive(&items) ? expr_as_string(&items, ev->arena) :
	    expr_string("");
	return 0;
}

/* case(p1, v1, p2, v2, ..., default): only what decides is evaluated. */
static int
call_case(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	struct expr_value p;
	size_t i;

	for (i = 0; i + 1 < call->n_args; i += 2) {
		if (expr_eval_arg(ev, call, i, level, &p) == -1)
			return -1;
		if (p.type != EXPR_BOOLEAN)
			return expr_error_set(ev->error, ev->arena,
			    EXPR_EVALUATION, call->args[i]->offset,
			    call->args[i]->len, "case predicate must evaluate "
			                        "to a boolean value");
		if (p.boolean)
			return expr_eval_arg(ev, call, i + 1, level, out);
	}
	return expr_eval_arg(ev, call, i, level, out);
}

/* All arguments as C strings. */
static int
eval_strings(struct expr_eval *ev, const struct expr_node *call, int level,
    const char ***out)
{
	const char **list = arena_alloc(ev->arena,
	    (call->n_args + 1) * sizeof(*list));
	struct expr_value v;

	for (size_t i = 0; i < call->n_args; i++) {
		if (expr_eval_arg(ev, call, i, level, &v) == -1)
			return -1;
		list[i] = expr_to_string(&v, ev->arena);
	}
	*out = list;
	return 0;
}

static int
call_status(struct expr_eval *ev, const struct expr_node *call, int level,
    enum expr_status which, struct expr_value *out)
{
	const struct expr_env *env = ev->env;
	const char **jobs;
	bool yes = which == EXPR_SUCCESS;

	if (eval_strings(ev, call, level, &jobs) == -1)
		return -1;
	if (env->status != NULL)
		yes = env->status(env->ctx, which, jobs, call->n_args);
	*out = expr_boolean(yes);
	return 0;
}

static int
call_success(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	return call_status(ev, call, level, EXPR_SUCCESS, out);
}

static int
call_failure(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	return call_status(ev, call, level, EXPR_FAILURE, out);
}

static int
call_cancelled(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	return call_status(ev, call, level, EXPR_CANCELLED, out);
}

static int
call_always(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	(void)ev;
	(void)call;
	(void)level;
	*out = expr_boolean(true);
	return 0;
}

static int
call_hash_files(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_value *out)
{
	const struct expr_env *env = ev->env;
	struct err err = { ERR_NONE, "" };
	const char **patterns, *hash;

	if (eval_strings(ev, call, level, &patterns) == -1)
		return -1;
	if (env->hash_files == NULL)
		err_set(&err, ERR_UNSUPPORTED, "there are no files here");
	else if (env->hash_files(env->ctx, patterns, call->n_args, ev->arena,
	    &hash, &err) == 0) {
		*out = expr_string(hash);
		return 0;
	}
	return expr_error_set(ev->error, ev->arena, EXPR_EVALUATION,
	    call->offset, call->len, "hashFiles failed: %s", err.text);
}

#define BOOLEAN EXPR_TYPE(EXPR_BOOLEAN)
#define STRING EXPR_TYPE(EXPR_STRING)
#define ANY EXPR_ANY_TYPE
#define MAX 255

const struct expr_function expr_functions[] = {
	/* name, arguments, odd, known where, results, evaluator */
	{ "contains", 2, 2, false, 0, BOOLEAN, call_contains },
	{ "startsWith", 2, 2, false, 0, BOOLEAN, call_starts_with },
	{ "endsWith", 2, 2, false, 0, BOOLEAN, call_ends_with },
	{ "format", 1, MAX, false, 0, STRING, expr_call_format },
	{ "join", 1, 2, false, 0, STRING, call_join },
	{ "toJSON", 1, 1, false, 0, STRING, expr_call_to_json },
	{ "fromJSON", 1, 1, false, 0, ANY, expr_call_from_json },
	{ "case", 3, MAX, true, 0, ANY, call_case },
	{ "hashFiles", 1, MAX, false, EXPR_HASH_FILES, STRING,
	    call_hash_files },
	{ "success", 0, MAX, false, EXPR_STATUS | EXPR_STATUS_OF_JOBS, BOOLEAN,
	    call_success },
	{ "failure", 0, MAX, false, EXPR_STATUS | EXPR_STATUS_OF_JOBS, BOOLEAN,
	    call_failure },
	{ "cancelled", 0, 0, false, EXPR_STATUS, BOOLEAN, call_cancelled },
	{ "always", 0, 0, false, EXPR_STATUS, BOOLEAN, call_always },
};
const size_t expr_n_functions = ARRAY_LEN(expr_functions);
