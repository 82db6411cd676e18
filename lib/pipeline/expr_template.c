/*
 * expr_template.c - scalars of a workflow with "${{ }}" in them, and
 * conditions.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <string.h>

#define OPEN "${{"
#define OPEN_LEN 3

bool
expr_template_has(const char *text, size_t len)
{
	return memmem(text, len, OPEN, OPEN_LEN) != NULL;
}

static void
add_literal(struct expr_template *t, struct arena *a, size_t from, size_t to)
{
	struct expr_part *part;

	if (from == to)
		return;
	part = arena_push(a, &t->parts, &t->n, sizeof(*part));
	part->offset = from;
	part->text = (struct expr_text){ t->text + from, to - from };
}

/* The end of the expression that begins at `from`: its "}}" outside of
 * quotes. False when there is none. */
static bool
find_end(const struct expr_template *t, size_t from, size_t *end)
{
	bool quoted = false;

	for (size_t i = from; i < t->len; i++) {
		if (t->text[i] == '\'')
			quoted = !quoted; /* '' turns it off and on */
		else if (!quoted && i + 1 < t->len &&
		    memcmp(t->text + i, "}}", 2) == 0) {
			*end = i;
			return true;
		}
	}
	return false;
}

/* The expression whose "${{" is at `at`; *next is set behind its "}}". */
static int
add_expression(struct expr_template *t, const struct expr_place *place,
    struct arena *a, size_t at, size_t *next, struct expr_error *error)
{
	struct expr_text inner;
	struct expr_part *part;
	struct expr *e;
	size_t end;

	if (!find_end(t, at + OPEN_LEN, &end)) {
		expr_error_set(error, a, EXPR_PARSING, at, OPEN_LEN,
		    "The expression is not closed. An unescaped ${{ sequence "
		    "was found, but the closing }} sequence was not found.");
		error->hint = "close it with }}";
		return -1;
	}
	inner = expr_text_trim((struct expr_text){ t->text + at + OPEN_LEN,
	    end - at - OPEN_LEN });
	e = arena_alloc(a, sizeof(*e));
	if (expr_parse(inner.s, inner.len, place, a, e, error) == -1) {
		error->expr_offset = (size_t)(inner.s - t->text);
		error->offset += error->expr_offset;
		return -1;
	}
	if (e->root == NULL)
		return expr_error_set(error, a, EXPR_PARSING, at,
		    end + 2 - at, "An expression was expected");
	part = arena_push(a, &t->parts, &t->n, sizeof(*part));
	part->offset = at;
	part->expr = e;
	t->uses_status |= e->uses_status;
	*next = end + 2;
	return 0;
}

int
expr_template_parse(const char *text, size_t len,
    const struct expr_place *place, struct arena *a,
    struct expr_template *out, struct expr_error *error)
{
	const char *open;
	size_t at = 0, next;

	*out = (struct expr_template){ .text = text, .len = len };
	while ((open = memmem(text + at, len - at, OPEN, OPEN_LEN)) != NULL) {
		next = (size_t)(open - text);
		add_literal(out, a, at, next);
		if (add_expression(out, place, a, next, &at, error) == -1)
			return -1;
	}
	add_literal(out, a, at, len);
	return 0;
}

static int
eval_part(const struct expr_template *t, const struct expr_part *part,
    const struct expr_env *env, struct arena *a, struct expr_value *out,
    struct expr_error *error)
{
	size_t before = env->trace != NULL ? env->trace->n : 0;
	size_t base;

	if (part->expr == NULL) {
		*out = expr_string_len(part->text.s, part->text.len);
		return 0;
	}
	base = (size_t)(part->expr->text - t->text);
	if (expr_eval(part->expr, env, a, out, error) == -1) {
		error->expr_offset = base;
		error->offset += base;
		return -1;
	}
	for (size_t i = before; env->trace != NULL && i < env->trace->n; i++)
		env->trace->steps[i].offset += base;
	return 0;
}

/* All parts as one string, which has the limit of one value. */
static int
join_parts(const struct expr_template *t, const struct expr_env *env,
    struct arena *a, struct str *s, bool *outside, struct expr_error *error)
{
	size_t max = env->max_bytes > 0 ? env->max_bytes : EXPR_MAX_BYTES;
	struct expr_value v;
	struct expr_text text;

	for (size_t i = 0; i < t->n; i++) {
		if (eval_part(t, &t->parts[i], env, a, &v, error) == -1)
			return -1;
		text = expr_to_text(&v, a);
		if (expr_text_bytes(s->len + text.len) > max)
			return expr_error_set(error, a, EXPR_EVALUATION,
			    t->parts[i].offset, 1,
			    "The maximum allowed memory size was exceeded");
		str_add_len(s, text.s, text.len);
		*outside = *outside || v.outside;
	}
	return 0;
}

int
expr_template_eval(const struct expr_template *t, const struct expr_env *env,
    struct arena *a, struct expr_value *out, struct expr_error *error)
{
	struct str s = STR_INIT;
	bool outside = false;
	int r;

	if (t->n == 1)
		return eval_part(t, &t->parts[0], env, a, out, error);
	r = join_parts(t, env, a, &s, &outside, error);
	if (r == 0)
		*out = expr_string_len(arena_strndup(a, s.s, s.len), s.len);
	out->outside = outside;
	str_release(&s);
	return r;
}

/* A string literal; `format`: braces are doubled too. */
static void
add_quoted(struct str *out, struct expr_text t, bool format)
{
	for (size_t i = 0; i < t.len; i++) {
		str_add_char(out, t.s[i]);
		if (t.s[i] == '\'' ||
		    (format && (t.s[i] == '{' || t.s[i] == '}')))
			str_add_char(out, t.s[i]);
	}
}

void
expr_template_source(const struct expr_template *t, struct str *out)
{
	bool alone = t->n == 1 && t->parts[0].expr != NULL;
	bool format = t->n > 1;
	size_t n = 0;

	if (!alone)
		str_add(out, format ? "format('" : "'");
	for (size_t i = 0; i < t->n && !alone; i++) {
		if (t->parts[i].expr == NULL)
			add_quoted(out, t->parts[i].text, format);
		else
			str_addf(out, "{%zu}", n++);
	}
	if (!alone)
		str_add_char(out, '\'');
	for (size_t i = 0; i < t->n; i++) {
		const struct expr *e = t->parts[i].expr;

		if (e != NULL)
			str_addf(out, "%s%.*s", alone ? "" : ", ",
			    (int)e->len, e->text);
	}
	if (format)
		str_add_char(out, ')');
}

int
expr_template(const char *text, size_t len, const struct expr_place *place,
    const struct expr_env *env, struct arena *a, struct expr_value *out,
    struct expr_error *error)
{
	struct expr_template t;

	if (expr_template_parse(text, len, place, a, &t, error) == -1)
		return -1;
	return expr_template_eval(&t, env, a, out, error);
}

int
expr_condition_parse(const char *text, size_t len,
    const struct expr_place *place, struct arena *a,
    struct expr_template *out, struct expr_error *error)
{
	struct expr_part *part;
	struct expr *e;

	if (expr_template_has(text, len)) {
		if (expr_template_parse(text, len, place, a, out, error) == -1)
			return -1;
	} else {
		*out = (struct expr_template){ .text = text, .len = len };
		e = arena_alloc(a, sizeof(*e));
		if (expr_parse(text, len, place, a, e, error) == -1)
			return -1;
		if (e->root != NULL) {
			part = arena_push(a, &out->parts, &out->n,
			    sizeof(*part));
			part->expr = e;
			out->uses_status = e->uses_status;
		}
	}
	out->implied_success = !out->uses_status;
	return 0;
}

void
expr_condition_source(const struct expr_template *t, struct str *out)
{
	if (t->n == 0) {
		str_add(out, "success()");
		return;
	}
	if (t->implied_success)
		str_add(out, "success() && (");
	expr_template_source(t, out);
	if (t->implied_success)
		str_add_char(out, ')');
}

int
expr_condition_eval(const struct expr_template *t,
    const struct expr_env *env, struct arena *a, bool *out,
    struct expr_error *error)
{
	struct expr_value v;

	*out = !t->implied_success || env->status == NULL ||
	    env->status(env->ctx, EXPR_SUCCESS, NULL, 0);
	if (!*out || t->n == 0)
		return 0;
	if (expr_template_eval(t, env, a, &v, error) == -1)
		return -1;
	*out = expr_truthy(&v);
	return 0;
}
