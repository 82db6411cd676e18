/*
 * expr.c - fuzz: an expression, as itself, in a template and as a condition.
 *
 * The first NUL divides it from JSON for a context. Beside crashes it seeks
 * disagreement: an expression evaluates twice to the same, in a template of
 * its own to the same, its tree stays within its text and its limits, and an
 * error lies within the text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pipeline/expr.h"
#include "lib/pipeline/expr_ast.h"
#include "t/fuzz/require.h"

#define MEMORY 100000

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
check_node(const struct expr_node *n, size_t len)
{
	int height = 1, h;

	require(n->len > 0 && n->offset <= len && n->len <= len - n->offset);
	for (size_t i = 0; i < n->n_args; i++) {
		h = check_node(n->args[i], len) + 1;
		height = h > height ? h : height;
	}
	require(height == n->height && height <= EXPR_MAX_DEPTH);
	return height;
}

static void
check_error(const struct expr_error *error, size_t len)
{
	struct str message = STR_INIT;

	require(error->text != NULL && error->text[0] != '\0');
	require(error->offset <= len && error->len > 0);
	require(len == 0 || error->len <= len - error->offset);
	require(error->expr.s == NULL ||
	    error->expr_offset + error->expr.len <= len);
	expr_error_message(error, &message);
	str_release(&message);
}

/* What evaluation gives, as text; an error as its text. */
static void
show(const struct expr *e, const struct expr_env *env, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct expr_error error;
	struct expr_value v;
	bool truthy;

	if (expr_eval(e, env, &a, &v, &error) == -1) {
		check_error(&error, e->len);
		str_add(out, error.text);
	} else {
		truthy = expr_truthy(&v);
		expr_json_write(&v, 0, out);
		require(expr_equal(&v, &v) || v.type == EXPR_NUMBER);
		require(truthy || v.type <= EXPR_STRING);
	}
	require(a.used < 10 * MEMORY + 100 * e->len + 10000);
	arena_release(&a);
}

static void
run(const char *text, size_t len, struct expr_env *env)
{
	struct str first = STR_INIT, second = STR_INIT, steps = STR_INIT;
	struct expr_trace trace = { NULL, 0 };
	struct arena a = ARENA_INIT(0);
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	if (expr_parse(text, len, NULL, &a, &e, &error) == -1) {
		check_error(&error, len);
	} else if (e.root != NULL) {
		check_node(e.root, len);
		show(&e, env, &first);
		show(&e, env, &second);
		require(first.len == second.len &&
		    memcmp(first.s, second.s, first.len) == 0);
		env->trace = &trace;
		if (expr_eval(&e, env, &a, &v, &error) == 0)
			require(trace.n > 0 || e.root->n_args == 0);
		expr_trace_print(&trace, text, &steps);
		env->trace = NULL;
	}
	str_release(&first);
	str_release(&second);
	str_release(&steps);
	arena_release(&a);
}

static void
run_template(const char *text, size_t len, const struct expr_env *env)
{
	struct arena a = ARENA_INIT(0);
	struct expr_template t;
	struct expr_error error;
	struct expr_value v;
	bool yes;

	if (expr_template(text, len, NULL, env, &a, &v, &error) == -1)
		check_error(&error, len);
	else if (!expr_template_has(text, len))
		require(v.type == EXPR_STRING && v.text.len == len &&
		    memcmp(v.text.s, text, len) == 0);
	if (expr_condition_parse(text, len, NULL, &a, &t, &error) == -1 ||
	    expr_condition_eval(&t, env, &a, &yes, &error) == -1)
		check_error(&error, len);
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t len = nul != NULL ? (size_t)(nul - data) : size;
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .max_bytes = MEMORY };
	struct err err = { ERR_NONE, "" };
	struct expr_value v;
	char *text = malloc(len + 1); /* of its own, so that a step beyond
	                                 its end is seen */

	require(text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	env.contexts = expr_object_new(&a);
	if (nul != NULL && expr_json_read((const char *)nul + 1,
	    size - len - 1, MEMORY, &a, &v, &err) == 0)
		expr_object_add(env.contexts, "a", v);
	run(text, len, &env);
	run_template(text, len, &env);
	free(text);
	arena_release(&a);
	return 0;
}
