/*
 * expr_eval.c - walks the tree of an expression and gives its value.
 *
 * Arguments are evaluated when they are needed and never twice, so what one
 * evaluation costs is bounded by the length of its text and the memory that
 * it may use.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#define VALUE_BYTES 24  /* a value that is no string, as GitHub counts */
#define STRING_BYTES 26 /* what a string costs beside its characters */
#define CEILING 8       /* times max_bytes: what the arena may really take */

size_t
expr_text_bytes(size_t len)
{
	return STRING_BYTES + 2 * len;
}

int
expr_eval_too_large(struct expr_eval *ev, const struct expr_node *n)
{
	expr_error_set(ev->error, ev->arena, EXPR_EVALUATION, n->offset,
	    n->len, "The maximum allowed memory size was exceeded while "
	            "evaluating the following expression: %.*s", (int)n->len,
	    ev->text + n->offset);
	ev->error->hint = arena_printf(ev->arena,
	    "the values of one expression may take %zu bytes", ev->max_bytes);
	return -1;
}

int
expr_eval_room(struct expr_eval *ev, const struct expr_node *n, size_t bytes)
{
	size_t used = ev->arena->used - ev->start;

	if (used > ev->ceiling || bytes > ev->ceiling - used)
		return expr_eval_too_large(ev, n);
	return 0;
}

/* Count the value of a node. One that holds no others lets go of all that
 * deeper levels have made. */
static int
count_value(struct expr_eval *ev, const struct expr_node *n, int level,
    const struct expr_value *v)
{
	size_t bytes = VALUE_BYTES;

	if (v->type == EXPR_STRING)
		bytes = expr_text_bytes(v->text.len);
	else if (v->type == EXPR_ARRAY && v->array->filtered)
		bytes += v->array->n * sizeof(void *);
	if (v->type != EXPR_ARRAY && v->type != EXPR_OBJECT)
		for (; ev->deepest > level; ev->deepest--) {
			ev->total -= ev->levels[ev->deepest];
			ev->levels[ev->deepest] = 0;
		}
	if (level > ev->deepest)
		ev->deepest = level;
	ev->levels[level] += bytes;
	ev->total += bytes;
	if (ev->total > ev->max_bytes)
		return expr_eval_too_large(ev, n);
	return expr_eval_room(ev, n, 0);
}

static void
add_step(struct expr_eval *ev, const struct expr_node *n, int level,
    const struct expr_value *v)
{
	struct expr_trace *trace = ev->env->trace;
	struct expr_step *step;

	if (trace == NULL || n->is_base || n->kind == EXPR_NODE_LITERAL ||
	    n->kind == EXPR_NODE_WILDCARD)
		return;
	step = arena_push(ev->arena, &trace->steps, &trace->n, sizeof(*step));
	*step = (struct expr_step){ n->offset, n->len, level, *v };
}

static void
eval_context(struct expr_eval *ev, const struct expr_node *n,
    struct expr_value *out)
{
	const struct expr_value *v = ev->env->contexts != NULL
	    ? expr_object_get(ev->env->contexts, n->name) : NULL;

	*out = v != NULL ? *v : expr_null();
}

/* The first operand that decides, else the last. */
static int
eval_chain(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out)
{
	bool decides = n->kind == EXPR_NODE_OR;

	for (size_t i = 0; i < n->n_args; i++) {
		if (expr_eval_arg(ev, n, i, level, out) == -1)
			return -1;
		if (expr_truthy(out) == decides)
			break;
	}
	return 0;
}

static bool
compare(enum expr_node_kind kind, const struct expr_value *a,
    const struct expr_value *b)
{
	int order = expr_order(a, b);

	switch (kind) {
	case EXPR_NODE_LESS:
		return order == -1;
	case EXPR_NODE_LESS_EQUAL:
		return order == -1 || expr_equal(a, b);
	case EXPR_NODE_GREATER:
		return order == 1;
	case EXPR_NODE_GREATER_EQUAL:
		return order == 1 || expr_equal(a, b);
	case EXPR_NODE_NOT_EQUAL:
		return !expr_equal(a, b);
	default:
		return expr_equal(a, b);
	}
}

static int
eval_operator(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out)
{
	struct expr_value a, b;

	if (expr_eval_arg(ev, n, 0, level, &a) == -1)
		return -1;
	if (n->kind == EXPR_NODE_NOT) {
		*out = expr_boolean(!expr_truthy(&a));
		return 0;
	}
	if (expr_eval_arg(ev, n, 1, level, &b) == -1)
		return -1;
	*out = expr_boolean(compare(n->kind, &a, &b));
	return 0;
}

static int
eval_by_kind(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out)
{
	switch (n->kind) {
	case EXPR_NODE_LITERAL:
		*out = n->literal;
		return 0;
	case EXPR_NODE_CONTEXT:
		eval_context(ev, n, out);
		return 0;
	case EXPR_NODE_INDEX:
		return expr_eval_index(ev, n, level, out);
	case EXPR_NODE_WILDCARD:
		*out = expr_string("*");
		return 0;
	case EXPR_NODE_CALL:
		return n->function->eval(ev, n, level, out);
	case EXPR_NODE_AND:
	case EXPR_NODE_OR:
		return eval_chain(ev, n, level, out);
	case EXPR_NODE_NOT:
	case EXPR_NODE_LESS:
	case EXPR_NODE_LESS_EQUAL:
	case EXPR_NODE_GREATER:
	case EXPR_NODE_GREATER_EQUAL:
	case EXPR_NODE_EQUAL:
	case EXPR_NODE_NOT_EQUAL:
		break;
	}
	return eval_operator(ev, n, level, out);
}

int
expr_eval_node(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out)
{
	if (eval_by_kind(ev, n, level, out) == -1 ||
	    count_value(ev, n, level, out) == -1)
		return -1;
	add_step(ev, n, level, out);
	return 0;
}

int
expr_eval_arg(struct expr_eval *ev, const struct expr_node *call, size_t i,
    int level, struct expr_value *out)
{
	return expr_eval_node(ev, call->args[i], level + 1, out);
}

int
expr_eval(const struct expr *e, const struct expr_env *env, struct arena *a,
    struct expr_value *out, struct expr_error *error)
{
	struct expr_eval ev = { .env = env, .arena = a, .text = e->text,
		.error = error, .start = a->used, .deepest = -1,
		.max_bytes = env->max_bytes > 0 ? env->max_bytes
		                                : EXPR_MAX_BYTES };

	ev.ceiling = ev.max_bytes * CEILING;
	*out = expr_null();
	if (e->root == NULL || expr_eval_node(&ev, e->root, 0, out) == 0)
		return 0;
	error->expr = (struct expr_text){ e->text, e->len };
	return -1;
}
