/*
 * schema_scalar.c - scalars: literals, and text with ${{ }} in it.
 *
 * Text with expressions becomes one expression, as GitHub has it: literal
 * text around goes into format(). Only "${{ 'text' }}" alone becomes plain
 * text. Each expression also keeps its own place, for messages.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/expr_ast.h"

#define OPEN "${{"
#define CLOSE "}}"
#define BLANKS " \t\r\n"

/* As .NET prints with "G15", which GitHub's runner uses. */
static const char *
number_text(struct arena *a, double number)
{
	if (isnan(number))
		return "NaN";
	if (isinf(number))
		return number > 0 ? "Infinity" : "-Infinity";
	if (number == 0)
		return "0";
	return arena_printf(a, "%.15G", number);
}

static struct value *
new_value(struct reader *r, const struct yaml *yaml,
    const struct schema_type *type, unsigned contexts)
{
	static const enum value_kind kinds[] = {
		[YAML_NULL] = VALUE_NULL, [YAML_BOOL] = VALUE_BOOL,
		[YAML_NUMBER] = VALUE_NUMBER, [YAML_STRING] = VALUE_STRING,
		[YAML_LIST] = VALUE_LIST, [YAML_MAP] = VALUE_MAP,
	};
	struct value *v = arena_alloc(r->a, sizeof(*v));

	v->kind = kinds[yaml->type];
	v->pos = yaml->pos;
	v->width = yaml->width;
	v->yaml = yaml;
	v->type = type;
	v->contexts = contexts;
	v->key = r->key;
	r->key = NULL;
	v->boolean = yaml->boolean;
	v->number = yaml->number;
	v->text = yaml->text;
	if (yaml->type == YAML_NULL)
		v->text = "";
	else if (yaml->type == YAML_BOOL)
		v->text = yaml->boolean ? "true" : "false";
	else if (yaml->type == YAML_NUMBER)
		v->text = number_text(r->a, yaml->number);
	return v;
}

const struct expr_place *
schema_place(struct reader *r, unsigned contexts)
{
	char key[16];
	struct expr_place *place;
	const char **names = NULL;
	size_t n = 0;

	snprintf(key, sizeof(key), "%x", contexts);
	place = map_get(&r->places, key);
	if (place != NULL)
		return place;
	place = arena_alloc(r->a, sizeof(*place));
	for (unsigned bit = 1; bit < 1u << N_CONTEXTS; bit <<= 1) {
		const char **name;

		if ((contexts & bit) == 0 || bit == CONTEXT_SHORT)
			continue;
		name = arena_push(r->a, &names, &n, sizeof(*name));
		*name = schema_context_name(bit);
	}
	if ((contexts & CONTEXT_SHORT) != 0) {
		static const char *const words[] = { "branch", "tag",
			"event", "sha" };

		for (size_t i = 0; i < 4; i++) {
			const char **name = arena_push(r->a, &names, &n,
			    sizeof(*name));

			*name = words[i];
		}
	}
	arena_push(r->a, &names, &n, sizeof(*names));
	place->name = "this place";
	place->contexts = names;
	if ((contexts & FUNCTION_STATUS) != 0)
		place->functions |= EXPR_STATUS;
	if ((contexts & FUNCTION_STATUS_JOBS) != 0)
		place->functions |= EXPR_STATUS_OF_JOBS;
	if ((contexts & FUNCTION_HASHFILES) != 0)
		place->functions |= EXPR_HASH_FILES;
	map_set(&r->places, key, place);
	return place;
}

/* One scalar on its way through. */
struct scan {
	struct reader *r;
	struct value *v;
	const struct expr_place *place;
	const char *source; /* from here on the next ${{ is looked for */
	const char *source_end;
};

static void
scan_start(struct scan *s, const struct value *v)
{
	const struct lines *l = &s->r->lines;
	size_t len;
	const char *line = lines_get(l, v->pos.line, &len);

	s->source_end = l->text + l->len;
	if (line == NULL || (size_t)v->pos.col > len + 1)
		s->source = s->source_end;
	else
		s->source = line + v->pos.col - 1;
}

/* Where the next ${{ of the scalar stands in the file: the first behind the
 * one before. Only an escape such as "\x24{{" hides it; then it is said to
 * stand at the start of the scalar. */
static struct pos
next_open(struct scan *s, const char **at)
{
	size_t left = (size_t)(s->source_end - s->source);
	const char *found = left > 0 ?
	    memmem(s->source, left, OPEN, strlen(OPEN)) : NULL;

	*at = found;
	if (found == NULL)
		return s->v->pos;
	s->source = found + strlen(OPEN);
	return lines_pos(&s->r->lines,
	    (size_t)(found - s->r->lines.text));
}

struct pos
part_pos(const struct value_part *part, size_t offset)
{
	struct pos pos = part->pos;

	if (part->on_line)
		pos.col += (int)offset;
	return pos;
}

static void
report_error(struct scan *s, const struct value_part *part,
    const struct expr_error *error)
{
	struct str text = STR_INIT;
	struct diags *d = s->r->d;

	expr_error_message(error, &text);
	diag_error(d, part_pos(part, error->offset),
	    part->on_line ? (int)error->len : 1, "expression", error->hint,
	    "%s", text.s);
	diag_value(d, s->v->pos);
	str_release(&text);
	s->v->failed = true;
}

/* Parse `text` (trimmed, in the arena) as the next part of the value. */
static void
add_part(struct scan *s, const char *text, struct pos pos,
    const char *in_file)
{
	struct value_part *part = arena_push(s->r->a, &s->v->parts,
	    &s->v->n_parts, sizeof(*part));
	struct expr *expr = arena_alloc(s->r->a, sizeof(*expr));
	size_t len = strlen(text);
	struct expr_error error = { 0 };

	part->text = text;
	part->pos = pos;
	part->on_line = in_file != NULL &&
	    len <= (size_t)(s->source_end - in_file) &&
	    memcmp(in_file, text, len) == 0 && strchr(text, '\n') == NULL;
	if (expr_parse(text, len, s->place, s->r->a, expr, &error) == -1)
		report_error(s, part, &error);
	else
		part->expr = expr;
}

/* The text between "${{" and "}}"; quotes hide a "}}". NULL: not closed. */
static const char *
find_close(const char *s)
{
	bool quoted = false;

	for (; *s != '\0'; s++) {
		if (*s == '\'')
			quoted = !quoted;
		else if (!quoted && strncmp(s, CLOSE, 2) == 0)
			return s;
	}
	return NULL;
}

static char *
trimmed(struct arena *a, const char *s, size_t len)
{
	while (len > 0 && strchr(BLANKS, *s) != NULL) {
		s++;
		len--;
	}
	while (len > 0 && strchr(BLANKS, s[len - 1]) != NULL)
		len--;
	return arena_strndup(a, s, len);
}

static void
report_here(struct scan *s, struct pos pos, int width, const char *hint,
    const char *text)
{
	diag_error(s->r->d, pos, width, "expression", hint, "%s", text);
	diag_value(s->r->d, s->v->pos);
	s->v->failed = true;
}

/* One ${{ }} from behind its "${{"; returns what follows it, or NULL. */
static const char *
scan_one(struct scan *s, const char *text)
{
	const char *close = find_close(text), *at;
	struct pos pos = next_open(s, &at);
	const char *inner;
	size_t skip;

	if (close == NULL) {
		report_here(s, pos, 3, "close it with }}",
		    "The expression is not closed. An unescaped ${{ sequence "
		    "was found, but the closing }} sequence was not found.");
		return NULL;
	}
	inner = trimmed(s->r->a, text, (size_t)(close - text));
	if (inner[0] == '\0') {
		report_here(s, pos, 3, NULL, "An expression was expected");
		return close + 2;
	}
	skip = strspn(text, BLANKS) + 3;
	if (at != NULL)
		at += skip;
	if (at != NULL && at > s->source_end)
		at = NULL;
	if (at != NULL)
		pos.col += (int)skip;
	if (strcmp(inner, "insert") == 0)
		s->v->kind = VALUE_INSERT;
	else
		add_part(s, inner, pos, at);
	if (at != NULL && s->source < at)
		s->source = at;
	return close + 2;
}

/* Literal text as part of the first argument of format(). */
static void
add_format(struct str *out, const char *s, size_t len)
{
	for (; len > 0; s++, len--) {
		if (strchr("'{}", *s) != NULL)
			str_add_char(out, *s);
		str_add_char(out, *s);
	}
}

/* The whole value as one expression. */
static void
join_parts(struct scan *s, const char *text)
{
	struct value *v = s->v;
	struct str format = STR_INIT, args = STR_INIT;
	struct expr *expr = arena_alloc(s->r->a, sizeof(*expr));
	struct expr_error error;
	size_t n = 0;

	for (const char *at = text; *at != '\0';) {
		const char *open = strstr(at, OPEN);
		size_t len = open != NULL ? (size_t)(open - at) : strlen(at);

		add_format(&format, at, len);
		at += len;
		if (open == NULL)
			break;
		str_addf(&format, "{%zu}", n);
		str_addf(&args, ", %s", v->parts[n++].text);
		at = find_close(open + 3) + 2;
	}
	v->text = arena_printf(s->r->a, "format('%s'%s)", format.s, args.s);
	v->expr = expr;
	if (expr_parse(v->text, strlen(v->text), NULL, s->r->a, expr,
	    &error) == -1)
		report_here(s, v->pos, v->width, "write it shorter",
		    error.text);
	str_release(&format);
	str_release(&args);
}

/* "${{ 'text' }}" alone is the text. */
static bool
is_literal_text(const struct expr *expr)
{
	return expr->root != NULL &&
	    expr->root->kind == EXPR_NODE_LITERAL &&
	    expr->root->literal.type == EXPR_STRING;
}

static void
finish(struct scan *s, const char *text, bool whole)
{
	struct value *v = s->v;

	if (v->kind == VALUE_INSERT && whole)
		return;
	if (v->kind == VALUE_INSERT) {
		v->kind = VALUE_STRING;
		report_here(s, v->pos, v->width, NULL, "The directive "
		    "'insert' is not allowed in this context. Directives are "
		    "not supported for expressions that are embedded within a "
		    "string. Directives are only supported when the entire "
		    "value is an expression.");
		return;
	}
	if (whole && is_literal_text(v->parts[0].expr)) {
		const struct expr_text *t =
		    &v->parts[0].expr->root->literal.text;

		v->text = arena_strndup(s->r->a, t->s, t->len);
		return;
	}
	v->kind = VALUE_EXPR;
	if (whole) {
		v->text = v->parts[0].text;
		v->expr = v->parts[0].expr;
	} else {
		join_parts(s, text);
	}
}

static void
scan_template(struct scan *s, const char *text)
{
	const char *at = strstr(text, OPEN), *end = NULL;
	bool first = at == text;
	size_t n = 0;

	if (text == s->v->text)
		scan_start(s, s->v);
	for (; at != NULL; n++) {
		end = scan_one(s, at + 3);
		if (end == NULL)
			return;
		at = strstr(end, OPEN);
	}
	if (!s->v->failed)
		finish(s, text, first && n == 1 && *end == '\0');
}

/* --- ours: ${matrix.os} ---------------------------------------------------- */

#define SHORT "${matrix."

/* Bytes of "${matrix.NAME}" with names behind dots, 0 when it is none. */
static size_t
short_len(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const char *at = s + strlen(SHORT);

	if (strncmp(s, SHORT, strlen(SHORT)) != 0)
		return 0;
	for (;; at++) {
		if (strspn(at, first) == 0)
			return 0;
		while (strspn(at, first) + strspn(at, "0123456789-") > 0)
			at++;
		if (*at != '.')
			return *at == '}' ? (size_t)(at + 1 - s) : 0;
	}
}

/* The text with "${{matrix.os}}" for each "${matrix.os}"; NULL: it has none.
 * What is within ${{ }} stays. */
static const char *
write_long(struct arena *a, const char *text)
{
	struct str out = STR_INIT;
	const char *kept = NULL, *close;
	size_t n, n_short = 0;

	for (; *text != '\0'; text += n) {
		n = short_len(text);
		if (n > 0) {
			str_addf(&out, "${{%.*s}}", (int)n - 3, text + 2);
			n_short++;
			continue;
		}
		close = strncmp(text, OPEN, 3) == 0 ? find_close(text + 3) :
		    NULL;
		n = close != NULL ? (size_t)(close - text) : 1;
		str_add_len(&out, text, n);
	}
	if (n_short > 0)
		kept = arena_strdup(a, out.s);
	str_release(&out);
	return kept;
}

/* Its parts are said to stand where the text begins. */
static bool
scan_short(struct scan *s)
{
	const char *text = strstr(s->v->text, SHORT) == NULL ? NULL :
	    write_long(s->r->a, s->v->text);

	if (text == NULL)
		return false;
	scan_template(s, text);
	return true;
}

/* The text of an `if` without ${{ }}. */
static void
scan_condition(struct scan *s)
{
	const char *text = trimmed(s->r->a, s->v->text, strlen(s->v->text));
	const char *at;

	if (text[0] == '\0')
		return;
	scan_start(s, s->v);
	at = s->source;
	if (at < s->source_end && (*at == '"' || *at == '\''))
		at++;
	add_part(s, text, s->v->pos, at);
	if (s->v->parts[0].on_line && at > s->source)
		s->v->parts[0].pos.col++;
	s->v->expr = s->v->parts[0].expr;
}

struct value *
schema_scalar(struct reader *r, const struct yaml *yaml,
    const struct schema_type *type, unsigned contexts)
{
	struct value *v = new_value(r, yaml, type, contexts);
	struct scan s = { .r = r, .v = v };

	if (type->matrix && v->kind == VALUE_STRING)
		s.place = schema_place(r, contexts);
	if (s.place != NULL && scan_short(&s))
		return v;
	if (v->kind == VALUE_STRING && strstr(v->text, OPEN) != NULL) {
		s.place = schema_place(r, contexts);
		scan_template(&s, v->text);
	} else if (type->condition && v->kind != VALUE_NULL) {
		s.place = schema_place(r, contexts);
		scan_condition(&s);
	}
	return v;
}

struct value *
schema_expression(struct reader *r, const char *text,
    const struct value *like)
{
	struct value *v = arena_alloc(r->a, sizeof(*v));
	struct expr *expr = arena_alloc(r->a, sizeof(*expr));
	struct expr_error error;

	*v = *like;
	v->kind = VALUE_EXPR;
	v->text = text;
	v->expr = expr;
	v->parts = NULL;
	v->n_parts = 0;
	if (expr_parse(text, strlen(text), NULL, r->a, expr, &error) == -1)
		diag_error(r->d, v->pos, v->width, "expression",
		    "write it shorter", "%s", error.text);
	return v;
}
