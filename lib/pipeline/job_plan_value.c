/*
 * job_plan_value.c - single values of a job that is frozen.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_maker.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/pipeline/decider.h"
#include "lib/pipeline/evaluate.h"

bool
maker_is_open(const struct maker *m, const struct value *v)
{
	return m->rehearsal && value_uses(v, "needs");
}

static struct value *
made_text(struct maker *m, const char *text, const struct value *like)
{
	struct value *v = arena_alloc(m->a, sizeof(*v));

	v->kind = VALUE_STRING;
	v->text = text;
	v->pos = like->pos;
	v->width = like->width;
	return v;
}

const struct value *
maker_text(struct maker *m, const char *text, const struct value *like)
{
	return made_text(m, text, like);
}

static struct value *
made_expression(struct maker *m, const char *text, const struct value *like)
{
	struct value *v = made_text(m, text, like);
	struct expr *expr = arena_alloc(m->a, sizeof(*expr));
	struct expr_error error;

	v->kind = VALUE_EXPR;
	v->expr = expr;
	if (expr_parse(text, strlen(text), NULL, m->a, expr, &error) == -1)
		diag_error(m->d, v->pos, v->width, "expression", NULL, "%s",
		    error.text);
	return v;
}

const struct value *
maker_expression(struct maker *m, const char *text, const struct value *like)
{
	return made_expression(m, text, like);
}

/* --- expressions that give lists and maps ------------------------------------------ */

/* A part of what an expression gave, and how to get at it. */
struct given {
	const struct expr_value *value;
	const char *path;          /* an expression */
	const struct value *like;  /* as which it stands in the file */
};

static struct value *
from_given(struct maker *m, const struct given *g);

static struct value *
from_member(struct maker *m, const struct given *g, const char *index,
    const struct expr_value *value)
{
	const struct given part = { value, arena_printf(m->a, "%s[%s]",
	    g->path, index), g->like };

	return from_given(m, &part);
}

static void
add_items(struct maker *m, const struct given *g, struct value *v)
{
	const struct expr_array *array = g->value->array;

	for (size_t i = 0; i < array->n; i++) {
		struct value **room = arena_push(m->a, &v->items,
		    &v->n_items, sizeof(*room));

		*room = from_member(m, g, arena_printf(m->a, "%zu", i),
		    &array->items[i]);
	}
}

static void
add_pairs(struct maker *m, const struct given *g, struct value *v)
{
	const struct expr_object *o = g->value->object;

	for (size_t i = 0; i < o->n; i++) {
		const struct expr_member *member = &o->members[i];
		const struct expr_value name = expr_string_len(
		    member->name.s, member->name.len);
		struct value_pair *pair = arena_push(m->a, &v->pairs,
		    &v->n_pairs, sizeof(*pair));
		struct str index = STR_INIT;

		pair->key = made_text(m, expr_to_string(&name, m->a),
		    g->like);
		str_add_char(&index, '\'');
		for (const char *c = pair->key->text; *c != '\0'; c++)
			str_addf(&index, *c == '\'' ? "''" : "%c", *c);
		str_add_char(&index, '\'');
		pair->value = from_member(m, g, index.s, &member->value);
		str_release(&index);
	}
}

/* A text from outside must not become one of ours: it stays an expression,
 * which is evaluated in the same contexts when the job runs. */
static struct value *
outside_text(struct maker *m, const struct given *g)
{
	return made_expression(m, g->path, g->like);
}

/* What an expression gave as if it had been written there. */
static struct value *
from_given(struct maker *m, const struct given *g)
{
	static const enum value_kind kinds[] = {
		[EXPR_NULL] = VALUE_NULL, [EXPR_BOOLEAN] = VALUE_BOOL,
		[EXPR_NUMBER] = VALUE_NUMBER, [EXPR_STRING] = VALUE_STRING,
		[EXPR_ARRAY] = VALUE_LIST, [EXPR_OBJECT] = VALUE_MAP,
	};
	const struct expr_value *e = g->value;
	struct value *v;

	if (e->outside)
		return outside_text(m, g);
	v = made_text(m, e->type == EXPR_ARRAY || e->type == EXPR_OBJECT ?
	    NULL : expr_to_string(e, m->a), g->like);
	v->kind = kinds[e->type];
	if (e->type == EXPR_BOOLEAN)
		v->boolean = e->boolean;
	else if (e->type == EXPR_NUMBER)
		v->number = e->number;
	else if (e->type == EXPR_ARRAY)
		add_items(m, g, v);
	else if (e->type == EXPR_OBJECT)
		add_pairs(m, g, v);
	return v;
}

/* Only the running job knows these. */
static bool
is_late(const struct value *v)
{
	return value_uses(v, "env") || value_uses(v, "secrets") ||
	    value_uses(v, "steps") || value_uses(v, "job") ||
	    value_uses(v, "runner");
}

static bool
is_plain_map(const struct value *v)
{
	for (size_t i = 0; i < v->n_pairs; i++)
		if (v->pairs[i].key->kind != VALUE_STRING)
			return false;
	return true;
}

/* Items of a filtered array are not found by their index. */
static const char *
path_to(struct maker *m, const struct value *v, const struct expr_value *e)
{
	bool filtered = e->type == EXPR_ARRAY && e->array->filtered;

	return arena_printf(m->a, filtered ? "fromJSON(toJSON(%s))" : "(%s)",
	    v->text);
}

static const struct value *
evaluated(struct maker *m, const struct value *v)
{
	struct given g = { .like = v };
	struct expr_value e;

	if (v->kind != VALUE_EXPR)
		return v;
	if (is_late(v)) {
		diag_error(m->d, v->pos, v->width, "expression",
		    "write the keys out, each with an expression of its own",
		    "a map as one expression may not look into \"env\" and "
		    "\"secrets\"");
		return NULL;
	}
	if (value_eval(v, &m->env, m->a, m->d, &e) == -1 ||
	    e.type == EXPR_NULL)
		return NULL;
	g.value = &e;
	g.path = path_to(m, v, &e);
	return from_given(m, &g);
}

/* A map with ${{ insert }}, or keys that are expressions, as one without. */
static const struct value *
plain_map(struct maker *m, const struct value *map)
{
	struct value *out = arena_alloc(m->a, sizeof(*out));

	*out = *map;
	out->pairs = NULL;
	out->n_pairs = 0;
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct value_pair *pair = &map->pairs[i];
		bool insert = pair->key->kind == VALUE_INSERT;
		const struct value *made = pair->key->kind == VALUE_STRING ?
		    NULL : evaluated(m, insert ? pair->value : pair->key);
		struct value_pair *room;

		for (size_t k = 0; insert && made != NULL &&
		    k < made->n_pairs; k++) {
			room = arena_push(m->a, &out->pairs, &out->n_pairs,
			    sizeof(*room));
			*room = made->pairs[k];
		}
		if (insert || (made == NULL &&
		    pair->key->kind != VALUE_STRING))
			continue;
		room = arena_push(m->a, &out->pairs, &out->n_pairs,
		    sizeof(*room));
		*room = *pair;
		if (made != NULL)
			room->key = made_text(m, made->text != NULL ?
			    made->text : "", pair->key);
	}
	return out;
}

const struct value *
maker_expand(struct maker *m, const struct value *v)
{
	if (v == NULL || maker_is_open(m, v))
		return v;
	if (v->kind == VALUE_EXPR)
		return evaluated(m, v);
	if (v->kind == VALUE_MAP && !is_plain_map(v))
		return plain_map(m, v);
	return v;
}

/* --- times -------------------------------------------------------------------------- */

static int64_t
check_timeout(struct maker *m, const struct value *v, double ms)
{
	/* Also false for NaN. */
	if (ms > 0 && ms <= (double)JOB_PLAN_MAX_TIMEOUT_MS)
		return ms < 1 ? 1 : (int64_t)ms;
	return diag_error(m->d, v->pos, v->width, "wrong-value", NULL,
	    "\"%s\" must be more than 0 and at most 30 days",
	    v->key != NULL ? v->key->text : "timeout");
}

int64_t
maker_timeout(struct maker *m, const struct value *minutes,
    const struct value *duration)
{
	struct expr_value e;
	const char *text;
	int64_t ms;

	if (minutes != NULL && !maker_is_open(m, minutes)) {
		if (value_eval(minutes, &m->env, m->a, m->d, &e) == -1)
			return -1;
		return check_timeout(m, minutes,
		    expr_to_number(&e) * 60000);
	}
	text = value_literal(duration);
	if (minutes != NULL || text == NULL)
		return 0;
	if (clock_parse_duration(text, 1000, &ms))
		return check_timeout(m, duration, (double)ms);
	return diag_error(m->d, duration->pos, duration->width, "wrong-value",
	    "a number with a unit, such as 90s, 10m or 1.5h",
	    "\"timeout\" is not a duration");
}
