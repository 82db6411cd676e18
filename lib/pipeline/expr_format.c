/*
 * expr_format.c - format('{0} of {1}', a, b).
 *
 * "{{" and "}}" are braces. The format string is checked as a whole before an
 * argument is evaluated, and arguments that it does not name never are
 * (actions/runner, Format.cs).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <string.h>

#define MAX_INDEX 255 /* GitHub reads it as a byte */

enum piece_kind { PIECE_TEXT, PIECE_ARGUMENT, PIECE_BAD };

struct piece {
	enum piece_kind kind;
	struct expr_text text; /* literal; or what stands behind ":" */
	size_t index;          /* of an argument, from 0 */
};

static bool
at(struct expr_text f, size_t i, char c)
{
	return i < f.len && f.s[i] == c;
}

/* The digits at `*i`; false when there are none or they are too many. */
static bool
read_index(struct expr_text f, size_t *i, size_t *index)
{
	size_t from = *i;

	*index = 0;
	for (; *i < f.len && f.s[*i] >= '0' && f.s[*i] <= '9'; (*i)++) {
		*index = *index * 10 + (size_t)(f.s[*i] - '0');
		if (*index > MAX_INDEX)
			return false;
	}
	return *i > from;
}

/* "{N}" or "{N:specifiers}", `*i` at its opening brace. */
static struct piece
read_argument(struct expr_text f, size_t *i)
{
	struct piece p = { .kind = PIECE_BAD, .text = { "", 0 } };
	size_t k = *i + 1, from;

	if (!read_index(f, &k, &p.index))
		return p;
	if (at(f, k, ':')) {
		from = ++k;
		while (k < f.len && (f.s[k] != '}' || at(f, k + 1, '}')))
			k += f.s[k] == '}' ? 2 : 1;
		if (k > f.len)
			k = f.len;
		p.text = (struct expr_text){ f.s + from, k - from };
	}
	if (!at(f, k, '}'))
		return p;
	*i = k + 1;
	p.kind = PIECE_ARGUMENT;
	return p;
}

/* The next piece of a format string that is not at its end. */
static struct piece
next_piece(struct expr_text f, size_t *i)
{
	size_t from = *i, end = from;

	while (end < f.len && f.s[end] != '{' && f.s[end] != '}')
		end++;
	if (end == f.len || at(f, end + 1, f.s[end])) {
		/* to the end, or with the first of a doubled brace */
		*i = end == f.len ? end : end + 2;
		end += end < f.len;
	} else if (end == from) {
		return f.s[end] == '{' ? read_argument(f, i)
		                       : (struct piece){ .kind = PIECE_BAD };
	} else {
		*i = end;
	}
	return (struct piece){ .kind = PIECE_TEXT,
		.text = { f.s + from, end - from } };
}

static int
fail(struct expr_eval *ev, const struct expr_node *call, const char *what,
    struct expr_text f)
{
	return expr_error_set(ev->error, ev->arena, EXPR_EVALUATION,
	    call->args[0]->offset, call->args[0]->len, "%s: %.*s", what,
	    (int)f.len, f.s);
}

static int
check(struct expr_eval *ev, const struct expr_node *call, struct expr_text f)
{
	for (size_t i = 0; i < f.len;) {
		struct piece p = next_piece(f, &i);

		if (p.kind == PIECE_BAD)
			return fail(ev, call, "The following format string is "
			                      "invalid", f);
		if (p.kind == PIECE_ARGUMENT && p.index + 1 >= call->n_args)
			return fail(ev, call, "The following format string "
			    "references more arguments than were supplied", f);
	}
	return 0;
}

/* An argument as a string, evaluated at its first use. */
static int
argument(struct expr_eval *ev, const struct expr_node *call, int level,
    const struct piece *p, struct expr_value *cache, struct expr_value *out)
{
	struct expr_value v;

	if (cache[p->index].type == EXPR_NULL) {
		if (expr_eval_arg(ev, call, p->index + 1, level, &v) == -1)
			return -1;
		cache[p->index] = expr_as_string(&v, ev->arena);
	}
	if (p->text.len > 0)
		return fail(ev, call, "The following format specifiers are "
		                      "not valid", p->text);
	*out = cache[p->index];
	return 0;
}

static int
build(struct expr_eval *ev, const struct expr_node *call, int level,
    struct expr_text f, struct str *s, bool *outside)
{
	struct expr_value *cache = arena_alloc(ev->arena,
	    call->n_args * sizeof(*cache));
	size_t spent = 0;

	for (size_t i = 0; i < f.len;) {
		struct piece p = next_piece(f, &i);
		struct expr_value v = expr_string_len(p.text.s, p.text.len);

		if (p.kind == PIECE_ARGUMENT &&
		    argument(ev, call, level, &p, cache, &v) == -1)
			return -1;
		if (v.text.len > 0)
			spent += expr_text_bytes(v.text.len);
		if (spent > ev->max_bytes)
			return expr_eval_too_large(ev, call);
		str_add_len(s, v.text.s, v.text.len);
		*outside = *outside || v.outside;
	}
	return 0;
}

int
expr_call_format(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out)
{
	struct str s = STR_INIT;
	struct expr_value format;
	struct expr_text f;
	bool outside;
	int r;

	if (expr_eval_arg(ev, call, 0, level, &format) == -1)
		return -1;
	f = expr_to_text(&format, ev->arena);
	if (check(ev, call, f) == -1)
		return -1;
	outside = format.outside;
	r = build(ev, call, level, f, &s, &outside);
	if (r == 0)
		*out = expr_string_len(arena_strndup(ev->arena, s.s, s.len),
		    s.len);
	out->outside = outside;
	str_release(&s);
	return r;
}
