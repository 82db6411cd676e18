/*
 * expr.h - expressions: what stands between "${{" and "}}".
 *
 * The language of GitHub Actions (docs.github.com, "Evaluate expressions in
 * workflows and actions"; corners follow actions/runner,
 * src/Sdk/DTExpressions2). Parse once, evaluate as often as wanted:
 *
 *	struct expr e;
 *	struct expr_value v;
 *	struct expr_error error;
 *
 *	if (expr_parse(text, len, place, arena, &e, &error) == -1 ||
 *	    expr_eval(&e, &env, arena, &v, &error) == -1)
 *		report(error.offset, error.text);
 *
 * Pure: what an expression sees is the caller's `struct expr_env`. Parsed
 * expressions, values and error texts live in the arena that was given, and
 * may point into the text that was parsed and into the contexts.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EXPR_H
#define PAWL_PIPELINE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Limits of GitHub, on text from a stranger. */
#define EXPR_MAX_LENGTH 21000 /* characters (UTF-16) of one expression */
#define EXPR_MAX_DEPTH 50     /* of its tree */
#define EXPR_MAX_JSON_DEPTH 100
/* Memory of intermediate values, counted as GitHub does: two bytes for a
 * character and 26 for a string. The second is for what steps evaluate. */
#define EXPR_MAX_BYTES (1024 * 1024)
#define EXPR_MAX_BYTES_STEP (10 * EXPR_MAX_BYTES)

/* --- values --------------------------------------------------------------- */

enum expr_type {
	EXPR_NULL,
	EXPR_BOOLEAN,
	EXPR_NUMBER,
	EXPR_STRING,
	EXPR_ARRAY,
	EXPR_OBJECT,
};

/* UTF-8, not necessarily closed by a NUL; may hold NUL bytes. */
struct expr_text {
	const char *s;
	size_t len;
};

struct expr_value {
	enum expr_type type;
	/*
	 * Of a string: it holds text that strangers may have written, as it
	 * was or converted; whatever hands a text on hands this on with it.
	 * All other types have false: what null, booleans and numbers look
	 * like as text is ours, so are comparisons and hashes, and what is
	 * in arrays and objects says it itself.
	 */
	bool outside;
	union {
		bool boolean;
		double number;
		struct expr_text text;
		struct expr_array *array;
		struct expr_object *object;
	};
};

/* Made by expr_array_new(), grown by expr_array_add(). Two arrays are equal
 * when they are the same one; so are objects. */
struct expr_array {
	struct expr_value *items;
	size_t n;
	bool filtered; /* came from ".*": indexing goes into every item */
	struct arena *arena;
};

struct expr_member {
	struct expr_text name;
	struct expr_value value;
};

/* Members in order of addition. Names differ by more than case, except in
 * the `env` context of jobs, which is case_sensitive. */
struct expr_object {
	struct expr_member *members;
	size_t n;
	bool case_sensitive;
	bool outside; /* a name may be a stranger's: as of a string */
	struct arena *arena;
	struct expr_member **index; /* sorted by name, made when first needed */
	size_t n_index;
};

struct expr_value
expr_null(void);
struct expr_value
expr_boolean(bool b);
struct expr_value
expr_number(double d);
/* Borrows the text. NULL is null. */
struct expr_value
expr_string(const char *s);
struct expr_value
expr_string_len(const char *s, size_t len);

struct expr_array *
expr_array_new(struct arena *a);
void
expr_array_add(struct expr_array *array, struct expr_value v);
struct expr_object *
expr_object_new(struct arena *a);
/* Borrows the name. Of members whose names count as the same, look-ups see
 * the one that was added first. */
void
expr_object_add(struct expr_object *o, const char *name,
    struct expr_value v);
void
expr_object_add_len(struct expr_object *o, struct expr_text name,
    struct expr_value v);
/* The same; but a member of this name gets the value, where it stands. */
void
expr_object_put(struct expr_object *o, struct expr_text name,
    struct expr_value v);
/* The value of a member, or NULL. The first look-up in a large object sorts
 * an index, which needs its arena to be alive. */
const struct expr_value *
expr_object_get(struct expr_object *o, struct expr_text name);
/* The same by a C string. */
const struct expr_value *
expr_object_member(struct expr_object *o, const char *name);

struct expr_value
expr_from_array(struct expr_array *array);
struct expr_value
expr_from_object(struct expr_object *object);

/* All strings and names in a value came from outside. Changes what it holds,
 * so that must be the caller's own. Goes as deep as the value is, which
 * expr_json_read() bounds. */
void
expr_mark_outside(struct expr_value *v);
void
expr_object_mark_outside(struct expr_object *o);

/* "null", "boolean", "number", "string", "array", "object". */
const char *
expr_type_name(enum expr_type type);

/* false, 0, NaN, the empty string and null are not. */
bool
expr_truthy(const struct expr_value *v);

/*
 * As Number() of JavaScript for null (0), booleans (0, 1) and strings: white
 * space around is dropped, nothing is 0; decimal with exponent, 0x, 0o,
 * Infinity; else NaN. Arrays and objects are NaN.
 */
double
expr_to_number(const struct expr_value *v);

/* null is empty; numbers have at most 15 digits ("G15" of .NET); arrays and
 * objects are the words "Array" and "Object". Lives in `a` or in `v`. */
struct expr_text
expr_to_text(const struct expr_value *v, struct arena *a);
/* The same as a string, from outside if `v` is. */
struct expr_value
expr_as_string(const struct expr_value *v, struct arena *a);
/* The text as a C string, in `a`. */
const char *
expr_to_string(const struct expr_value *v, struct arena *a);

/* `==`: loose, strings without regard to case. */
bool
expr_equal(const struct expr_value *a, const struct expr_value *b);

/*
 * JSON text (RFC 8259) as a value. -1 with ERR_INVALID, the text saying where
 * and why; ERR_TOO_LARGE when it needs more than `max_bytes` of arena or is
 * deeper than EXPR_MAX_JSON_DEPTH.
 */
int
expr_json_read(const char *text, size_t len, size_t max_bytes,
    struct arena *a, struct expr_value *out, struct err *err);

/* As toJSON() writes it, indented by two; or, with `compact`, on one line and
 * cut with "..." after `compact` bytes. */
void
expr_json_write(const struct expr_value *v, size_t compact, struct str *out);

/* --- parsing -------------------------------------------------------------- */

/* Functions that are known only in some places, as bits. All others are known
 * everywhere. */
enum expr_extra {
	EXPR_STATUS = 1 << 0, /* success() failure() cancelled() always() */
	EXPR_STATUS_OF_JOBS = 1 << 1, /* and success('job'), failure('job') */
	EXPR_HASH_FILES = 1 << 2,
};

/* What an expression may use where it stands. */
struct expr_place {
	const char *name; /* for hints: "jobs.<job_id>.if" */
	const char *const *contexts; /* names, without regard to case; ends
	                                with NULL */
	unsigned functions; /* enum expr_extra */
};

/* Places as GitHub's reference names them, such as "jobs.<job_id>.if"; ends
 * with a NULL name. See expr_place.c. */
extern const struct expr_place expr_places[];

/* The row of a name, or NULL. */
const struct expr_place *
expr_place_find(const char *name);

enum expr_error_kind { EXPR_LEXING, EXPR_PARSING, EXPR_EVALUATION };

/*
 * A mistake in an expression: the user's. Not a struct err, for lint needs
 * the place and the parts apart. Offsets count bytes of the text that was
 * parsed (of the whole template for expr_template_*()).
 */
struct expr_error {
	enum expr_error_kind kind;
	const char *text; /* in the words of GitHub; one line */
	const char *hint; /* what to do, or NULL */
	size_t offset;
	size_t len; /* of the wrong part, at least 1 */
	struct expr_text expr; /* that it is in; NULL: not in one, but in the
	                          template around it */
	size_t expr_offset;
};

/* "TEXT. Located at position N within expression: EXPR", as GitHub prints
 * it; N counts UTF-16 units from 1. Without an expression it is TEXT. */
void
expr_error_message(const struct expr_error *error, struct str *out);

struct expr_node; /* expr_ast.h */

struct expr {
	const char *text; /* borrowed; offsets of nodes count from here */
	size_t len;
	struct expr_node *root; /* NULL: blank, which evaluates to null */
	bool uses_status;       /* calls one of the status functions */
};

/*
 * Parse one expression, without "${{" and "}}". `place` may be NULL: then
 * every context and every function of the language is known. Returns 0, or
 * -1 with `error` filled.
 */
int
expr_parse(const char *text, size_t len, const struct expr_place *place,
    struct arena *a, struct expr *out, struct expr_error *error);

/* --- evaluating ----------------------------------------------------------- */

enum expr_status {
	EXPR_SUCCESS,
	EXPR_FAILURE,
	EXPR_CANCELLED,
	EXPR_ALWAYS,
};

/* One node as it was evaluated, for people: `offset`, `len` of its text. */
struct expr_step {
	size_t offset;
	size_t len;
	int depth;
	struct expr_value value;
};

/* The steps in the order in which they were done; what was not evaluated
 * (right of a "&&" that was decided) is not there. Start zeroed. */
struct expr_trace {
	struct expr_step *steps;
	size_t n;
};

/* What an expression sees. Zeroed is fine: no contexts, all jobs well. */
struct expr_env {
	struct expr_object *contexts; /* "github" and so on; a context that
	                                 has no member here is null */
	/*
	 * success(), failure() and cancelled(), `jobs` being what stands in
	 * the parentheses. always() is true and not asked. NULL: nothing has
	 * failed and nothing was cancelled.
	 */
	bool (*status)(void *ctx, enum expr_status which,
	    const char *const *jobs, size_t n_jobs);
	/*
	 * The hash of all files that match the patterns, "" when none does;
	 * its text lives in `a`. -1 with err. NULL: an error that says so.
	 */
	int (*hash_files)(void *ctx, const char *const *patterns, size_t n,
	    struct arena *a, const char **hash, struct err *err);
	void *ctx;
	size_t max_bytes; /* 0: EXPR_MAX_BYTES */
	struct expr_trace *trace; /* NULL: none is kept */
};

/*
 * Evaluate. Returns 0, or -1 with `error` filled (EXPR_EVALUATION). Needs at
 * most 8 times env->max_bytes of arena.
 */
int
expr_eval(const struct expr *e, const struct expr_env *env, struct arena *a,
    struct expr_value *out, struct expr_error *error);

/* The steps as lines, "text => value", indented by depth, with nothing in them
 * that could steer a terminal. */
void
expr_trace_print(const struct expr_trace *trace, const char *text,
    struct str *out);

/* --- texts with expressions in them --------------------------------------- */

/* A piece of a template: literal text, or an expression. */
struct expr_part {
	size_t offset;          /* of the piece; for an expression of "${{" */
	struct expr_text text;  /* literal text */
	struct expr *expr;      /* NULL: literal */
};

struct expr_template {
	const char *text; /* borrowed */
	size_t len;
	struct expr_part *parts; /* none: the empty string */
	size_t n;
	bool uses_status;
	bool implied_success; /* a condition that names no status function */
};

/* Does the text hold an expression at all? */
bool
expr_template_has(const char *text, size_t len);

/* Parse a scalar of a workflow. Text without "${{" is one literal part. */
int
expr_template_parse(const char *text, size_t len,
    const struct expr_place *place, struct arena *a,
    struct expr_template *out, struct expr_error *error);

/*
 * Its value. A single expression with nothing around it keeps its type;
 * otherwise all parts are joined as strings.
 */
int
expr_template_eval(const struct expr_template *t, const struct expr_env *env,
    struct arena *a, struct expr_value *out, struct expr_error *error);

/*
 * The template as one expression, as GitHub makes it: "echo ${{ x }}" is
 * format('echo {0}', x). A template without expressions is a string.
 */
void
expr_template_source(const struct expr_template *t, struct str *out);

/* Both at once, for what is evaluated once. */
int
expr_template(const char *text, size_t len, const struct expr_place *place,
    const struct expr_env *env, struct arena *a, struct expr_value *out,
    struct expr_error *error);

/*
 * An `if`: an expression with or without "${{ }}" around it. Blank text is
 * success(); one that calls no status function means
 * `success() && (it)`.
 */
int
expr_condition_parse(const char *text, size_t len,
    const struct expr_place *place, struct arena *a,
    struct expr_template *out, struct expr_error *error);
/* As one expression, with the success() that it implies. */
void
expr_condition_source(const struct expr_template *t, struct str *out);
int
expr_condition_eval(const struct expr_template *t,
    const struct expr_env *env, struct arena *a, bool *out,
    struct expr_error *error);

#endif
