/*
 * expr_ast.h - the tree of an expression, and the table of functions.
 *
 * For those who look into expressions without evaluating them: lint infers
 * types from it, planning finds out which contexts are used.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EXPR_AST_H
#define PAWL_PIPELINE_EXPR_AST_H

#include "lib/pipeline/expr.h"

enum expr_node_kind {
	EXPR_NODE_LITERAL,
	EXPR_NODE_CONTEXT,  /* name */
	EXPR_NODE_INDEX,    /* args[0] what is looked into, args[1] by what */
	EXPR_NODE_WILDCARD, /* "*", only as args[1] of an index */
	EXPR_NODE_CALL,     /* name, function, args */
	EXPR_NODE_NOT,
	EXPR_NODE_LESS,
	EXPR_NODE_LESS_EQUAL,
	EXPR_NODE_GREATER,
	EXPR_NODE_GREATER_EQUAL,
	EXPR_NODE_EQUAL,
	EXPR_NODE_NOT_EQUAL,
	EXPR_NODE_AND, /* two args or more */
	EXPR_NODE_OR,
};

struct expr_node {
	enum expr_node_kind kind;
	size_t offset; /* of its text, with parentheses around it */
	size_t len;
	int height; /* levels of the tree below and with it; 1: a leaf */
	bool is_base; /* a name that is looked into: "github" in github.ref */
	struct expr_value literal;
	struct expr_text name;
	const struct expr_function *function;
	struct expr_node **args;
	size_t n_args;
};

struct expr_eval; /* expr_internal.h */

/* A set of types, for results that are not of one. */
#define EXPR_TYPE(type) (1u << (type))
#define EXPR_ANY_TYPE (EXPR_TYPE(EXPR_OBJECT + 1) - 1)

struct expr_function {
	const char *name; /* known without regard to case */
	int min_args;
	int max_args;
	bool odd_args;    /* case(): pairs and one more */
	unsigned extra;   /* enum expr_extra that makes it known; 0: always */
	unsigned results; /* EXPR_TYPE() of what it gives */
	/* Evaluates the arguments that it needs, in order. -1: error set. */
	int (*eval)(struct expr_eval *ev, const struct expr_node *call,
	    int level, struct expr_value *out);
};

extern const struct expr_function expr_functions[];
extern const size_t expr_n_functions;

/* The row of a function's name, or NULL. */
const struct expr_function *
expr_function_find(struct expr_text name);

#endif
