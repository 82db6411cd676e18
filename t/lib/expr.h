/*
 * expr.h - what the tests of expressions share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_EXPR_H
#define PAWL_T_EXPR_H

#include <stddef.h>
#include "lib/pipeline/expr.h"

/* Contexts for all tests: github, env, list, nothing. */
extern const char expr_test_contexts[];

/* A place where these are known, and all functions. */
extern const struct expr_place expr_test_place;

struct expr_value
expr_test_json(const char *text, struct arena *a);

/* The value as JSON on one line, or the text of the mistake. `env` may be
 * NULL; its contexts are those above. */
void
expr_test_eval(const char *text, const struct expr_env *env, struct str *out);

struct expr_pair {
	const char *text, *want;
};

/* One test for each pair, of what expr_test_eval() gives. */
void
expr_test_pairs(const struct expr_pair *pairs, size_t n);

/* `n` times `open`, a middle, `n` times `close`. */
void
expr_test_nested(struct str *s, const char *open, const char *middle,
    const char *close, int n);

#endif
