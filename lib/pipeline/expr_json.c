/*
 * expr_json.c - toJSON(), fromJSON(), and values as JSON.
 *
 * The form is that of GitHub: two blanks a level, ": " behind names, numbers
 * as they become strings (so Infinity and NaN are written bare, which no
 * JSON reader takes).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <jansson.h>
#include <string.h>
#include "lib/base/mem.h"
#include "lib/base/utf8.h"

/* --- writing -------------------------------------------------------------- */

struct writer {
	struct str *out;
	struct arena *arena; /* for numbers */
	bool compact;        /* on one line */
	size_t spent;        /* as GitHub counts memory */
	size_t max;          /* of `spent`; compact: bytes of text */
	bool full;           /* the rest is dropped */
	bool outside;        /* a text or name in it is */
};

static void
put_bytes(struct writer *w, const char *s, size_t len, size_t cost)
{
	w->spent += w->compact ? len : cost;
	if (w->spent > w->max && !w->full && w->compact)
		str_add_len(w->out, s, /* no part of a character */
		    utf8_valid_len(s, len - (w->spent - w->max)));
	if (w->spent > w->max)
		w->full = true;
	if (!w->full)
		str_add_len(w->out, s, len);
}

/* A value, a name or a bracket: a string of its own in GitHub's count. */
static void
put(struct writer *w, const char *s, size_t len)
{
	put_bytes(w, s, len, expr_text_bytes(len));
}

/* What stands between them. */
static void
put_between(struct writer *w, const char *s, size_t len)
{
	put_bytes(w, s, len, 2 * len);
}

/* Bytes at the start that stand for themselves in JSON: most of most texts. */
static size_t
plain_len(struct expr_text t)
{
	size_t n = 0;

	while (n < t.len && t.s[n] >= 0x20 && t.s[n] < 0x7f &&
	    t.s[n] != '"' && t.s[n] != '\\')
		n++;
	return n;
}

/* Take one character off the text and append it as it stands in JSON. */
static void
add_char(struct str *out, struct expr_text *t)
{
	static const char *const escapes[128] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",
		['\f'] = "\\f", ['\r'] = "\\r", ['"'] = "\\\"",
		['\\'] = "\\\\",
	};
	size_t n = utf8_char_len(t->s, t->len);
	uint32_t c = n > 0 ? utf8_char(t->s, n) : 0xfffd;

	if (c < 128 && escapes[c] != NULL)
		str_add(out, escapes[c]);
	else if (n == 0 || c < 0x20 || c == 0x85 || c == 0x2028 || c == 0x2029)
		str_addf(out, "\\u%04x", (unsigned)c);
	else
		str_add_len(out, t->s, n);
	n += n == 0;
	t->s += n;
	t->len -= n;
}

static void
put_text(struct writer *w, struct expr_text t)
{
	struct str s = STR_INIT;
	size_t n;

	str_add_char(&s, '"');
	while (t.len > 0) {
		n = plain_len(t);
		str_add_len(&s, t.s, n);
		t.s += n;
		t.len -= n;
		if (t.len > 0)
			add_char(&s, &t);
	}
	str_add_char(&s, '"');
	put(w, s.s, s.len);
	str_release(&s);
}

static void
put_line(struct writer *w, bool first, int level)
{
	struct str s = STR_INIT;

	if (!first)
		str_add(&s, w->compact ? ", " : ",");
	if (!w->compact)
		str_addf(&s, "\n%*s", 2 * level, "");
	put_between(w, s.s, s.len);
	str_release(&s);
}

static void
put_value(struct writer *w, const struct expr_value *v, int level);

static void
put_array(struct writer *w, const struct expr_array *array, int level)
{
	put(w, "[", 1);
	for (size_t i = 0; i < array->n && !w->full; i++) {
		put_line(w, i == 0, level + 1);
		put_value(w, &array->items[i], level + 1);
	}
	if (array->n > 0 && !w->compact)
		put_line(w, true, level);
	put(w, "]", 1);
}

static void
put_object(struct writer *w, const struct expr_object *o, int level)
{
	w->outside = w->outside || o->outside;
	put(w, "{", 1);
	for (size_t i = 0; i < o->n && !w->full; i++) {
		put_line(w, i == 0, level + 1);
		put_text(w, o->members[i].name);
		put_between(w, ": ", 2);
		put_value(w, &o->members[i].value, level + 1);
	}
	if (o->n > 0 && !w->compact)
		put_line(w, true, level);
	put(w, "}", 1);
}

static void
put_value(struct writer *w, const struct expr_value *v, int level)
{
	struct expr_text t = { "null", 4 };

	if (v->type == EXPR_ARRAY) {
		put_array(w, v->array, level);
	} else if (v->type == EXPR_OBJECT) {
		put_object(w, v->object, level);
	} else if (v->type == EXPR_STRING) {
		w->outside = w->outside || v->outside;
		put_text(w, v->text);
	} else {
		if (v->type != EXPR_NULL)
			t = expr_to_text(v, w->arena);
		put(w, t.s, t.len);
	}
}

/* Numbers need an arena to become text; it is gone when all is written. */
static bool
write_value(const struct expr_value *v, bool compact, size_t max,
    struct str *out, bool *outside)
{
	struct arena a = ARENA_INIT(0);
	struct writer w = { .out = out, .arena = &a, .compact = compact,
		.max = max };

	put_value(&w, v, 0);
	arena_release(&a);
	*outside = w.outside;
	return !w.full;
}

void
expr_json_write(const struct expr_value *v, size_t compact, struct str *out)
{
	bool outside;

	if (!write_value(v, compact > 0, compact > 0 ? compact : SIZE_MAX,
	    out, &outside))
		str_add(out, "...");
}

int
expr_call_to_json(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out)
{
	struct str s = STR_INIT;
	struct expr_value v;
	bool outside;
	int r = 0;

	if (expr_eval_arg(ev, call, 0, level, &v) == -1)
		return -1;
	if (write_value(&v, false, ev->max_bytes, &s, &outside))
		*out = expr_string_len(arena_strndup(ev->arena, s.s, s.len),
		    s.len);
	else
		r = expr_eval_too_large(ev, call);
	out->outside = outside;
	str_release(&s);
	return r;
}

/* --- reading -------------------------------------------------------------- */

static int
from_json(const json_t *j, struct arena *a, struct expr_value *out,
    struct err *err, int depth);

static int
from_array(const json_t *j, struct arena *a, struct expr_value *out,
    struct err *err, int depth)
{
	struct expr_array *array = expr_array_new(a);
	struct expr_value v;
	const json_t *item;
	size_t i;

	json_array_foreach(j, i, item) {
		if (from_json(item, a, &v, err, depth + 1) == -1)
			return -1;
		expr_array_add(array, v);
	}
	*out = expr_from_array(array);
	return 0;
}

static int
from_object(json_t *j, struct arena *a, struct expr_value *out,
    struct err *err, int depth)
{
	struct expr_object *o = expr_object_new(a);
	struct expr_value v;
	const char *name;
	json_t *value;

	json_object_foreach(j, name, value) {
		if (from_json(value, a, &v, err, depth + 1) == -1)
			return -1;
		expr_object_add(o, arena_strdup(a, name), v);
	}
	*out = expr_from_object(o);
	return 0;
}

static int
from_json(const json_t *j, struct arena *a, struct expr_value *out,
    struct err *err, int depth)
{
	*out = expr_null();
	if (depth > EXPR_MAX_JSON_DEPTH)
		return err_set(err, ERR_TOO_LARGE, "deeper than %d levels",
		    EXPR_MAX_JSON_DEPTH);
	switch (json_typeof(j)) {
	case JSON_NULL:
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		*out = expr_boolean(json_is_true(j));
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		*out = expr_number(json_number_value(j));
		break;
	case JSON_STRING:
		*out = expr_string_len(arena_strndup(a, json_string_value(j),
		    json_string_length(j)), json_string_length(j));
		break;
	case JSON_ARRAY:
		return from_array(j, a, out, err, depth);
	case JSON_OBJECT:
		return from_object((json_t *)j, a, out, err, depth);
	}
	return 0;
}

/* No fewer values than the text can have; not looked into is whether the
 * brackets match. */
static size_t
count_values(const char *text, size_t len)
{
	bool quoted = false;
	size_t n = 1;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted)
			i += text[i] == '\\';
		else if (text[i] == ',' || text[i] == '[' || text[i] == '{')
			n++;
	}
	return n;
}

/* What a value costs beside its text: here, in growing arrays, in jansson. */
#define VALUE_COST (3 * sizeof(struct expr_member))

/* Up to "near 'TEXT'". */
static int
unquoted_len(const char *message)
{
	const char *near = strstr(message, " near '");

	return (int)(near != NULL ? (size_t)(near - message) :
	    strlen(message));
}

int
expr_json_read(const char *text, size_t len, size_t max_bytes,
    struct arena *a, struct expr_value *out, struct err *err)
{
	json_error_t error;
	json_t *j;
	int r;

	if (len > max_bytes ||
	    count_values(text, len) > (max_bytes - len) / VALUE_COST)
		return err_set(err, ERR_TOO_LARGE, "needs more than %zu bytes",
		    max_bytes);
	/* integers as reals: those of any size are numbers of expressions */
	j = json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL |
	    JSON_ALLOW_NUL, &error);
	if (j == NULL) /* what jansson quotes may be half of a secret */
		return err_set(err, ERR_INVALID, "line %d, column %d: %.*s",
		    error.line, error.column, unquoted_len(error.text),
		    error.text);
	r = from_json(j, a, out, err, 0);
	json_decref(j);
	return r;
}

int
expr_call_from_json(struct expr_eval *ev, const struct expr_node *call,
    int level, struct expr_value *out)
{
	size_t used = ev->arena->used - ev->start;
	struct err err = { ERR_NONE, "" };
	struct expr_value v;
	struct expr_text t;

	if (expr_eval_arg(ev, call, 0, level, &v) == -1)
		return -1;
	t = expr_to_text(&v, ev->arena);
	if (expr_text_trim(t).len == 0)
		err_set(&err, ERR_INVALID, "empty input");
	else if (expr_json_read(t.s, t.len,
	    used < ev->ceiling ? ev->ceiling - used : 0, ev->arena, out,
	    &err) == 0) {
		if (v.outside)
			expr_mark_outside(out);
		return 0;
	}
	return expr_error_set(ev->error, ev->arena, EXPR_EVALUATION,
	    call->offset, call->len,
	    "Error parsing JSON when evaluating fromJson: %s", err.text);
}
