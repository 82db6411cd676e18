/*
 * expr_internal.h - between the files of the expression engine: tokens, the
 * state of an evaluation, comparison of texts.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EXPR_INTERNAL_H
#define PAWL_PIPELINE_EXPR_INTERNAL_H

#include <stdint.h>
#include "lib/pipeline/expr.h"
#include "lib/pipeline/expr_ast.h"

/* --- tokens: expr_lex.c --------------------------------------------------- */

enum expr_token_kind {
	TOKEN_END,
	TOKEN_OPEN,          /* ( */
	TOKEN_CLOSE,         /* ) */
	TOKEN_OPEN_INDEX,    /* [ */
	TOKEN_CLOSE_INDEX,   /* ] */
	TOKEN_COMMA,
	TOKEN_DOT,
	TOKEN_STAR,
	TOKEN_NOT,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_LITERAL, /* null, true, false, a number, a string */
	TOKEN_NAME,
};

struct expr_token {
	enum expr_token_kind kind;
	size_t offset;
	size_t len;
	struct expr_value value; /* of a literal */
};

/* All tokens of a text; the last is TOKEN_END. 0, or -1 with `error`. */
int
expr_lex(const char *text, size_t len, struct arena *a,
    struct expr_token **tokens, size_t *n, struct expr_error *error);

/* --- errors: expr_error.c ------------------------------------------------- */

/* Fill `error`; the text lives in `a`. Always returns -1. */
int
expr_error_set(struct expr_error *error, struct arena *a,
    enum expr_error_kind kind, size_t offset, size_t len, const char *fmt,
    ...) __attribute__((format(printf, 6, 7)));

/* "Unexpected symbol: 'x'" for a part of the text. */
int
expr_error_symbol(struct expr_error *error, struct arena *a,
    enum expr_error_kind kind, const char *what, const char *text,
    size_t offset, size_t len);

/* --- names: expr_names.c; `place` may be NULL ----------------------------- */

bool
expr_context_known(const struct expr_place *place, struct expr_text name);
const struct expr_function *
expr_function_known(const struct expr_place *place, struct expr_text name);
int
expr_function_max_args(const struct expr_place *place,
    const struct expr_function *f);

/* What to do about a name that is not known: in `a`, or NULL. */
const char *
expr_context_hint(const struct expr_place *place, struct expr_text name,
    struct arena *a);
const char *
expr_function_hint(const struct expr_place *place, struct expr_text name,
    struct arena *a);

/* --- texts: expr_text.c --------------------------------------------------- */

/* Bytes of white space at `s`, 0 when there is none. */
size_t
expr_space_len(const char *s, size_t len);

/* Without white space at both ends. */
struct expr_text
expr_text_trim(struct expr_text t);

/* Characters of UTF-16 that a text has. */
size_t
expr_utf16_len(const char *s, size_t len);

/* Less than, equal to or greater than 0, in upper case and in the order of
 * UTF-16. */
int
expr_text_compare(struct expr_text a, struct expr_text b);
bool
expr_text_equal(struct expr_text a, struct expr_text b, bool case_sensitive);

enum expr_match { EXPR_CONTAINS, EXPR_STARTS, EXPR_ENDS };

/* Does `text` hold `part` there, without regard to case? In linear time. */
bool
expr_text_match(struct expr_text text, struct expr_text part,
    enum expr_match where);

/* --- numbers: expr_number.c ----------------------------------------------- */

/* A number as it may stand in an expression or a string; NaN: it is none. */
double
expr_parse_number(struct expr_text text);
struct expr_text
expr_format_number(double d, struct arena *a);

/* --- values: expr_value.c ------------------------------------------------- */

/* `<` and `>`: -1, 0, 1; 2 when the values have no order. */
int
expr_order(const struct expr_value *a, const struct expr_value *b);

/* --- evaluation: expr_eval.c ---------------------------------------------- */

/*
 * Memory as GitHub counts it (EvaluationMemory.cs): what every level of the
 * tree has made, deeper levels being forgotten when a level gives a value
 * that holds no others. `ceiling` bounds what the arena really takes.
 */
struct expr_eval {
	const struct expr_env *env;
	struct arena *arena;
	const char *text; /* of the expression */
	struct expr_error *error;
	size_t max_bytes;
	size_t start;   /* arena->used at the beginning */
	size_t ceiling; /* bytes of arena beyond it */
	size_t total;
	size_t levels[EXPR_MAX_DEPTH + 1];
	int deepest;
};

int
expr_eval_node(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out);

/* An argument of the node at `level`. */
int
expr_eval_arg(struct expr_eval *ev, const struct expr_node *call, size_t i,
    int level, struct expr_value *out);

/* As GitHub counts a string. */
size_t
expr_text_bytes(size_t len);

/* "The maximum allowed memory size was exceeded"; returns -1. */
int
expr_eval_too_large(struct expr_eval *ev, const struct expr_node *n);

/* Is there room for `bytes` more of the arena? 0, or -1 with the error. */
int
expr_eval_room(struct expr_eval *ev, const struct expr_node *n,
    size_t bytes);

int
expr_eval_index(struct expr_eval *ev, const struct expr_node *n, int level,
    struct expr_value *out);

/* Functions with a file of their own: expr_format.c, expr_json.c. */
int
expr_call_format(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out);
int
expr_call_to_json(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out);
int
expr_call_from_json(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out);

#endif
