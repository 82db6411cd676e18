/*
 * expr_parse.c - tokens to a tree.
 *
 *	expression := or
 *	or         := and ("||" and)*
 *	and        := equality ("&&" equality)*
 *	equality   := order (("==" | "!=") order)*
 *	order      := unary (("<" | "<=" | ">" | ">=") unary)*
 *	unary      := "!" unary | postfix
 *	postfix    := primary ("." (NAME | "*") | "[" (expression | "*") "]")*
 *	primary    := LITERAL | "(" expression ")" | NAME
 *	            | NAME "(" (expression ("," expression)*)? ")"
 *
 * Only names, calls and parentheses can be looked into. The depth is counted
 * on the way down, so that no text makes the parser recurse without a bound,
 * and on the tree, so that nothing that walks it does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include "lib/base/mem.h"

struct parser {
	const char *text;
	const struct expr_token *token; /* the next one */
	const struct expr_token *first;
	const struct expr_place *place;
	struct arena *arena;
	struct expr_error *error;
	int depth;
	bool uses_status;
};

static struct expr_node *
parse_or(struct parser *p);
static struct expr_node *
parse_unary(struct parser *p);

/* --- errors: all give NULL ------------------------------------------------ */

static struct expr_node *
fail(struct parser *p, const char *what, const struct expr_token *t)
{
	expr_error_symbol(p->error, p->arena, EXPR_PARSING, what, p->text,
	    t->offset, t->len);
	return NULL;
}

/* The end itself has no text: the last token stands for it. */
static const struct expr_token *
with_text(const struct parser *p, const struct expr_token *t)
{
	return t->kind == TOKEN_END && t > p->first ? t - 1 : t;
}

static struct expr_node *
fail_here(struct parser *p)
{
	const struct expr_token *t = with_text(p, p->token);

	return fail(p, t != p->token ? "Unexpected end of expression" :
	    "Unexpected symbol", t);
}

static struct expr_node *
fail_depth(struct parser *p, const struct expr_token *t)
{
	t = with_text(p, t);
	expr_error_set(p->error, p->arena, EXPR_PARSING, t->offset, t->len,
	    "Exceeded max expression depth %d", EXPR_MAX_DEPTH);
	return NULL;
}

/* --- nodes ---------------------------------------------------------------- */

static size_t
node_end(const struct expr_node *n)
{
	return n->offset + n->len;
}

static struct expr_node *
new_node(struct parser *p, enum expr_node_kind kind,
    const struct expr_token *t)
{
	struct expr_node *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = kind;
	n->offset = t->offset;
	n->len = t->len;
	n->height = 1;
	return n;
}

static void
add_arg(struct parser *p, struct expr_node *n, struct expr_node *arg)
{
	*(struct expr_node **)arena_push(p->arena, &n->args, &n->n_args,
	    sizeof(arg)) = arg;
	if (arg->height >= n->height)
		n->height = arg->height + 1;
	if (arg->offset < n->offset)
		n->offset = arg->offset;
	if (node_end(arg) > node_end(n))
		n->len = node_end(arg) - n->offset;
}

/* `first` OP: a node whose first argument is known. */
static struct expr_node *
new_operation(struct parser *p, enum expr_node_kind kind,
    struct expr_node *first)
{
	struct expr_node *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = kind;
	n->offset = first->offset;
	n->len = first->len;
	add_arg(p, n, first);
	return n;
}

/* The node, or NULL when its tree is too high. */
static struct expr_node *
checked(struct parser *p, struct expr_node *n, const struct expr_token *t)
{
	return n->height > EXPR_MAX_DEPTH ? fail_depth(p, t) : n;
}

/* --- the grammar, from the inside to the outside -------------------------- */

static bool
accept(struct parser *p, enum expr_token_kind kind)
{
	if (p->token->kind != kind)
		return false;
	p->token++;
	return true;
}

/* A whole expression inside of another one. */
static struct expr_node *
parse_inner(struct parser *p)
{
	struct expr_node *n;

	if (++p->depth > EXPR_MAX_DEPTH)
		return fail_depth(p, p->token);
	n = parse_or(p);
	p->depth--;
	return n;
}

static struct expr_node *
parse_name(struct parser *p, const struct expr_token *t)
{
	struct expr_node *n = new_node(p, EXPR_NODE_CONTEXT, t);

	n->name = (struct expr_text){ p->text + t->offset, t->len };
	if (expr_context_known(p->place, n->name))
		return n;
	fail(p, "Unrecognized named-value", t);
	p->error->hint = expr_context_hint(p->place, n->name, p->arena);
	return NULL;
}

/* Arguments are checked when all are read, as the last of a call's errors. */
static struct expr_node *
check_arguments(struct parser *p, struct expr_node *n,
    const struct expr_token *t)
{
	const struct expr_function *f = n->function;

	if (n->n_args < (size_t)f->min_args)
		return fail(p, "Too few parameters supplied", t);
	if (n->n_args > (size_t)expr_function_max_args(p->place, f))
		return fail(p, "Too many parameters supplied", t);
	if (f->odd_args && n->n_args % 2 == 0)
		return fail(p, "Even number of parameters supplied, requires "
		               "an odd number of parameters", t);
	return checked(p, n, t);
}

/* Behind the opening parenthesis. */
static struct expr_node *
parse_call(struct parser *p, const struct expr_token *t)
{
	struct expr_node *n = new_node(p, EXPR_NODE_CALL, t), *arg;

	n->name = (struct expr_text){ p->text + t->offset, t->len };
	n->function = expr_function_known(p->place, n->name);
	if (n->function == NULL) {
		fail(p, "Unrecognized function", t);
		p->error->hint = expr_function_hint(p->place, n->name,
		    p->arena);
		return NULL;
	}
	if (n->function->extra & (EXPR_STATUS | EXPR_STATUS_OF_JOBS))
		p->uses_status = true;
	if (!accept(p, TOKEN_CLOSE)) {
		do {
			arg = parse_inner(p);
			if (arg == NULL)
				return NULL;
			add_arg(p, n, arg);
		} while (accept(p, TOKEN_COMMA));
		if (!accept(p, TOKEN_CLOSE))
			return fail_here(p);
	}
	n->len = p->token[-1].offset + 1 - n->offset;
	return check_arguments(p, n, t);
}

/* Behind the opening parenthesis; the node's text takes both in. */
static struct expr_node *
parse_group(struct parser *p, const struct expr_token *open)
{
	struct expr_node *n = parse_inner(p);

	if (n == NULL)
		return NULL;
	if (!accept(p, TOKEN_CLOSE))
		return fail_here(p);
	n->offset = open->offset;
	n->len = p->token[-1].offset + 1 - n->offset;
	return n;
}

/* ".name", ".*", "[expression]" or "[*]" behind a node. */
static struct expr_node *
parse_index(struct parser *p, struct expr_node *base)
{
	const struct expr_token *t = p->token++;
	struct expr_node *n = new_operation(p, EXPR_NODE_INDEX, base), *by;

	base->is_base = base->kind == EXPR_NODE_CONTEXT ||
	    base->kind == EXPR_NODE_INDEX;
	if (accept(p, TOKEN_STAR)) {
		by = new_node(p, EXPR_NODE_WILDCARD, p->token - 1);
	} else if (t->kind == TOKEN_OPEN_INDEX) {
		by = parse_inner(p);
	} else if (accept(p, TOKEN_NAME)) {
		by = new_node(p, EXPR_NODE_LITERAL, p->token - 1);
		by->literal = expr_string_len(p->text + by->offset, by->len);
	} else {
		return fail_here(p);
	}
	if (by == NULL)
		return NULL;
	if (t->kind == TOKEN_OPEN_INDEX && !accept(p, TOKEN_CLOSE_INDEX))
		return fail_here(p);
	add_arg(p, n, by);
	n->len = p->token[-1].offset + p->token[-1].len - n->offset;
	return checked(p, n, t);
}

static struct expr_node *
parse_postfix(struct parser *p)
{
	const struct expr_token *t = p->token;
	struct expr_node *n;

	if (accept(p, TOKEN_LITERAL)) {
		n = new_node(p, EXPR_NODE_LITERAL, t);
		n->literal = t->value;
		return n;
	}
	if (accept(p, TOKEN_OPEN))
		n = parse_group(p, t);
	else if (!accept(p, TOKEN_NAME))
		n = fail_here(p);
	else if (accept(p, TOKEN_OPEN))
		n = parse_call(p, t);
	else
		n = parse_name(p, t);
	while (n != NULL && (p->token->kind == TOKEN_DOT ||
	    p->token->kind == TOKEN_OPEN_INDEX))
		n = parse_index(p, n);
	return n;
}

static struct expr_node *
parse_unary(struct parser *p)
{
	const struct expr_token *t = p->token;
	struct expr_node *n, *arg;

	if (!accept(p, TOKEN_NOT))
		return parse_postfix(p);
	if (++p->depth > EXPR_MAX_DEPTH)
		return fail_depth(p, p->token);
	arg = parse_unary(p);
	p->depth--;
	if (arg == NULL)
		return NULL;
	n = new_node(p, EXPR_NODE_NOT, t);
	add_arg(p, n, arg);
	return checked(p, n, t);
}

/* Operators of two operands, by how tightly they bind. */
static const struct {
	enum expr_token_kind token;
	enum expr_node_kind node;
	int level;
} binary[] = {
	{ TOKEN_EQUAL, EXPR_NODE_EQUAL, 1 },
	{ TOKEN_NOT_EQUAL, EXPR_NODE_NOT_EQUAL, 1 },
	{ TOKEN_LESS, EXPR_NODE_LESS, 2 },
	{ TOKEN_LESS_EQUAL, EXPR_NODE_LESS_EQUAL, 2 },
	{ TOKEN_GREATER, EXPR_NODE_GREATER, 2 },
	{ TOKEN_GREATER_EQUAL, EXPR_NODE_GREATER_EQUAL, 2 },
};

/* equality (level 1) and order (level 2), from left to right. */
static struct expr_node *
parse_binary(struct parser *p, int level)
{
	struct expr_node *left, *right;
	const struct expr_token *t;
	size_t i;

	left = level > 2 ? parse_unary(p) : parse_binary(p, level + 1);
	while (level <= 2 && left != NULL) {
		t = p->token;
		for (i = 0; i < ARRAY_LEN(binary); i++)
			if (binary[i].level == level &&
			    binary[i].token == t->kind)
				break;
		if (i == ARRAY_LEN(binary))
			break;
		p->token++;
		right = parse_binary(p, level + 1);
		if (right == NULL)
			return NULL;
		left = new_operation(p, binary[i].node, left);
		add_arg(p, left, right);
		left = checked(p, left, t);
	}
	return left;
}

static struct expr_node *
parse_and(struct parser *p);

/* A chain of one operator is one node, however long. */
static struct expr_node *
parse_chain(struct parser *p, enum expr_token_kind token,
    enum expr_node_kind kind)
{
	const struct expr_token *t;
	struct expr_node *n, *arg;

	n = kind == EXPR_NODE_OR ? parse_and(p) : parse_binary(p, 1);
	t = p->token;
	if (n == NULL || t->kind != token)
		return n;
	if (++p->depth > EXPR_MAX_DEPTH)
		return fail_depth(p, t);
	n = new_operation(p, kind, n);
	while (accept(p, token)) {
		arg = kind == EXPR_NODE_OR ? parse_and(p) : parse_binary(p, 1);
		if (arg == NULL)
			return NULL;
		add_arg(p, n, arg);
	}
	p->depth--;
	return checked(p, n, t);
}

static struct expr_node *
parse_and(struct parser *p)
{
	return parse_chain(p, TOKEN_AND, EXPR_NODE_AND);
}

static struct expr_node *
parse_or(struct parser *p)
{
	return parse_chain(p, TOKEN_OR, EXPR_NODE_OR);
}

static int
parse_all(struct parser *p, const char *text, size_t len, struct expr *out)
{
	struct expr_token *tokens;
	size_t n;

	if (expr_lex(text, len, p->arena, &tokens, &n, p->error) == -1)
		return -1;
	if (n == 1)
		return 0;
	p->first = p->token = tokens;
	out->root = parse_inner(p);
	if (out->root == NULL)
		return -1;
	if (p->token->kind != TOKEN_END) {
		fail(p, "Unexpected symbol", p->token);
		return -1;
	}
	out->uses_status = p->uses_status;
	return 0;
}

int
expr_parse(const char *text, size_t len, const struct expr_place *place,
    struct arena *a, struct expr *out, struct expr_error *error)
{
	struct parser p = { .text = text, .place = place, .arena = a,
		.error = error };

	*out = (struct expr){ .text = text, .len = len };
	if (parse_all(&p, text, len, out) == 0)
		return 0;
	error->expr = (struct expr_text){ text, len };
	return -1;
}
