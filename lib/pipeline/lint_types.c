/*
 * lint_types.c - do expressions ask for what is there?
 *
 * Types are inferred from the tree, and only what cannot be right is
 * reported: what is not known is of any type. GitHub evaluates all of it to
 * null without a word.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/shape.h"

/* One expression of a value. */
struct typing {
	struct checker *c;
	const struct shape_scope *scope;
	const struct value *value;
	const struct value_part *part;
};

static const struct shape *
infer(struct typing *t, const struct expr_node *node);

static void
report(struct typing *t, const struct expr_node *node, const char *hint,
    const char *text)
{
	diag_error(t->c->d, part_pos(t->part, node->offset),
	    t->part->on_line ? (int)node->len : 1, "expression-type", hint,
	    "%s", text);
	diag_value(t->c->d, t->value->pos);
}

/* The text of a node, as written. */
static const char *
source(const struct typing *t, const struct expr_node *node)
{
	return arena_printf(t->c->a, "%.*s", (int)node->len,
	    t->part->text + node->offset);
}

/* --- members ------------------------------------------------------------------------ */

static const char *
member_hint(struct typing *t, const struct shape *object, const char *name)
{
	const char **words = NULL, **room, *near;
	struct str s = STR_INIT;
	size_t n = 0;

	for (const struct shape_member *m = object->members;
	    m != NULL && m->name != NULL; m++) {
		room = arena_push(t->c->a, &words, &n, sizeof(*room));
		*room = m->name;
	}
	arena_push(t->c->a, &words, &n, sizeof(*words));
	near = report_suggest(t->c->a, t->c->d, name, words);
	if (near != NULL)
		return near;
	for (size_t i = 0; words[i] != NULL && s.len < 120; i++)
		str_addf(&s, "%s%s", i > 0 ? ", " : "it has: ", words[i]);
	near = s.len > 0 ? arena_strdup(t->c->a, s.s) : "it has no members";
	str_release(&s);
	return near;
}

static const struct shape *
get_member(struct typing *t, const struct expr_node *node,
    const struct shape *base)
{
	const struct expr_node *index = node->args[1];
	const char *name = arena_strndup(t->c->a, index->literal.text.s,
	    index->literal.text.len);
	const struct shape *found = shape_member(base, index->literal.text);

	if (found != NULL)
		return found;
	report(t, index, member_hint(t, base, name), arena_printf(t->c->a,
	    "\"%s\" is no member of \"%s\"", name,
	    source(t, node->args[0])));
	return &shape_any;
}

static const struct shape *
make_array(struct typing *t, const struct shape *item, bool filtered)
{
	struct shape *s = arena_alloc(t->c->a, sizeof(*s));

	s->kind = SHAPE_ARRAY;
	s->other = item;
	s->filtered = filtered;
	return s;
}

static const struct shape *
filter_all(struct typing *t, const struct shape *base)
{
	const struct shape *item = base->other;

	if (base->kind == SHAPE_OBJECT && base->members != NULL &&
	    base->members[0].name != NULL)
		item = base->members[1].name == NULL && item == NULL ?
		    base->members[0].shape : &shape_any;
	if (base->filtered)
		item = &shape_any;
	return make_array(t, item != NULL ? item : &shape_any, true);
}

static bool
is_text(const struct expr_node *node)
{
	return node->kind == EXPR_NODE_LITERAL &&
	    node->literal.type == EXPR_STRING;
}

static const struct shape *
index_object(struct typing *t, const struct expr_node *node,
    const struct shape *base)
{
	const struct expr_node *index = node->args[1];
	const struct shape *by;

	if (is_text(index))
		return get_member(t, node, base);
	by = infer(t, index);
	if (by->kind == SHAPE_NUMBER || by->kind == SHAPE_BOOL ||
	    by->kind == SHAPE_OBJECT || by->kind == SHAPE_ARRAY)
		report(t, index, "members have names", arena_printf(t->c->a,
		    "a member of \"%s\" is asked for by %s",
		    source(t, node->args[0]), shape_name(by)));
	return &shape_any;
}

static const struct shape *
index_array(struct typing *t, const struct expr_node *node,
    const struct shape *base)
{
	const struct expr_node *index = node->args[1];
	const struct shape *item = base->other != NULL ? base->other :
	    &shape_any;

	if (!is_text(index)) {
		infer(t, index);
		return base->filtered ? make_array(t, &shape_any, true) : item;
	}
	if (!base->filtered) {
		report(t, index, "take one by number, or all with .*",
		    arena_printf(t->c->a, "\"%s\" is an array and has no "
		    "members", source(t, node->args[0])));
		return &shape_any;
	}
	if (item->kind == SHAPE_OBJECT)
		return make_array(t, get_member(t, node, item), true);
	return make_array(t, &shape_any, true);
}

static const struct shape *
infer_index(struct typing *t, const struct expr_node *node)
{
	const struct shape *base = infer(t, node->args[0]);

	if (base->kind == SHAPE_ANY) {
		if (node->args[1]->kind != EXPR_NODE_WILDCARD)
			infer(t, node->args[1]);
		return node->args[1]->kind == EXPR_NODE_WILDCARD ?
		    make_array(t, &shape_any, true) : &shape_any;
	}
	if (base->kind != SHAPE_OBJECT && base->kind != SHAPE_ARRAY) {
		report(t, node->args[1], NULL, arena_printf(t->c->a,
		    "\"%s\" is a %s and has no members",
		    source(t, node->args[0]), shape_name(base)));
		return &shape_any;
	}
	if (node->args[1]->kind == EXPR_NODE_WILDCARD)
		return filter_all(t, base);
	return base->kind == SHAPE_OBJECT ? index_object(t, node, base) :
	    index_array(t, node, base);
}

/* --- functions ---------------------------------------------------------------------- */

static bool
is_named(const struct expr_node *call, const char *name)
{
	return call->name.len == strlen(name) &&
	    strncasecmp(call->name.s, name, call->name.len) == 0;
}

/* {N} of a format; -1: none follows. Doubled braces are text. */
static int
next_placeholder(const char **s, const char *end)
{
	int n;

	for (; *s < end; (*s)++) {
		if (**s != '{')
			continue;
		if (*s + 1 < end && (*s)[1] == '{') {
			(*s)++;
			continue;
		}
		n = 0;
		for ((*s)++; *s < end && **s >= '0' && **s <= '9' && n < 1000;
		    (*s)++)
			n = n * 10 + (**s - '0');
		return n;
	}
	return -1;
}

static void
check_format(struct typing *t, const struct expr_node *call)
{
	const char *s, *end;
	bool used[64] = { false };
	int n;

	if (!is_text(call->args[0]))
		return;
	s = call->args[0]->literal.text.s;
	end = s + call->args[0]->literal.text.len;
	while ((n = next_placeholder(&s, end)) >= 0) {
		if ((size_t)n + 1 >= call->n_args)
			report(t, call->args[0], NULL, arena_printf(t->c->a,
			    "the format has {%d}, but there are %zu values",
			    n, call->n_args - 1));
		if (n < 64)
			used[n] = true;
	}
	for (size_t i = 1; i < call->n_args && i <= 64; i++)
		if (!used[i - 1])
			report(t, call->args[i], "remove it",
			    arena_printf(t->c->a, "the format has no {%zu}, so "
			    "this value is never used", i - 1));
}

static const struct shape *
check_json(struct typing *t, const struct expr_node *call)
{
	struct err err = { 0 };
	const struct shape *s = shape_of_json(t->c->a, call, &err);

	if (err.code != ERR_NONE)
		report(t, call->args[0], NULL, arena_printf(t->c->a,
		    "this is not JSON: %s", err.text));
	return s;
}

/* Functions of texts; objects and arrays become the words "Object" and
 * "Array", which nobody wants. */
static void
check_texts(struct typing *t, const struct expr_node *call,
    const struct shape *const *args, size_t from)
{
	for (size_t i = from; i < call->n_args; i++)
		if (args[i]->kind == SHAPE_OBJECT ||
		    args[i]->kind == SHAPE_ARRAY)
			report(t, call->args[i], "toJSON() makes text of it",
			    arena_printf(t->c->a, "%.*s() takes text, not an "
			    "%s", (int)call->name.len, call->name.s,
			    shape_name(args[i])));
}

static const struct shape *
infer_call(struct typing *t, const struct expr_node *call)
{
	const struct shape **args = arena_alloc(t->c->a,
	    (call->n_args + 1) * sizeof(*args));

	for (size_t i = 0; i < call->n_args; i++)
		args[i] = infer(t, call->args[i]);
	if (is_named(call, "format")) {
		check_format(t, call);
		check_texts(t, call, args, 0);
	} else if (is_named(call, "fromJSON")) {
		check_texts(t, call, args, 0);
		return check_json(t, call);
	} else if (is_named(call, "startsWith") ||
	    is_named(call, "endsWith") || is_named(call, "hashFiles")) {
		check_texts(t, call, args, 0);
	} else if (is_named(call, "contains")) {
		if (args[0]->kind == SHAPE_OBJECT)
			report(t, call->args[0], "take a part of it",
			    "contains() looks into text or an array, not an "
			    "object");
	} else if (is_named(call, "join")) {
		if (args[0]->kind == SHAPE_OBJECT)
			report(t, call->args[0], NULL,
			    "join() takes an array, not an object");
	}
	if (call->function == NULL)
		return &shape_any;
	if (call->function->results == EXPR_TYPE(EXPR_BOOLEAN))
		return &shape_bool;
	if (call->function->results == EXPR_TYPE(EXPR_STRING))
		return &shape_string;
	return &shape_any;
}

/* --- the tree ----------------------------------------------------------------------- */

/* && and || give one of their operands. */
static const struct shape *
infer_either(struct typing *t, const struct expr_node *node)
{
	const struct shape *all = NULL;

	for (size_t i = 0; i < node->n_args; i++) {
		const struct shape *one = infer(t, node->args[i]);

		all = all == NULL || (all->kind == one->kind &&
		    one->kind < SHAPE_ARRAY) ? one : &shape_any;
	}
	return all;
}

/* "github.NAME"? */
static bool
is_github(const struct expr_node *node, const char *name)
{
	return node->kind == EXPR_NODE_INDEX &&
	    node->args[0]->kind == EXPR_NODE_CONTEXT &&
	    node->args[0]->name.len == strlen("github") &&
	    strncasecmp(node->args[0]->name.s, "github", 6) == 0 &&
	    is_text(node->args[1]) &&
	    node->args[1]->literal.text.len == strlen(name) &&
	    strncasecmp(node->args[1]->literal.text.s, name,
	        strlen(name)) == 0;
}

static bool
is_event(const char *name)
{
	for (size_t i = 0; map_on.keys[i].name != NULL; i++)
		if (strcasecmp(map_on.keys[i].name, name) == 0)
			return true;
	return false;
}

/* Two members of github whose texts have a form that the other side must
 * have, too. */
static void
check_literal(struct typing *t, const struct expr_node *node,
    const struct expr_node *literal)
{
	const char *text;

	if (!is_text(literal) || literal->literal.text.len == 0)
		return;
	text = arena_strndup(t->c->a, literal->literal.text.s,
	    literal->literal.text.len);
	if (is_github(node, "ref") && strncasecmp(text, "refs/", 5) != 0)
		lint_warn(t->c, part_pos(t->part, literal->offset),
		    t->part->on_line ? (int)literal->len : 1,
		    "never-equal", "github.ref_name is the short name",
		    "github.ref begins with \"refs/\" and is never this");
	if (is_github(node, "event_name") && !is_event(text))
		lint_warn(t->c, part_pos(t->part, literal->offset),
		    t->part->on_line ? (int)literal->len : 1,
		    "never-equal", NULL, "there is no event of this name");
}

/* Only strings, numbers, booleans and null are compared by value. */
static void
infer_comparison(struct typing *t, const struct expr_node *node)
{
	const struct shape *x = infer(t, node->args[0]);
	const struct shape *y = infer(t, node->args[1]);
	const struct shape *large = x->kind >= SHAPE_ARRAY ? x : y;

	check_literal(t, node->args[0], node->args[1]);
	check_literal(t, node->args[1], node->args[0]);
	if ((x->kind >= SHAPE_ARRAY) == (y->kind >= SHAPE_ARRAY) ||
	    x->kind == SHAPE_ANY || y->kind == SHAPE_ANY ||
	    x->kind == SHAPE_NULL || y->kind == SHAPE_NULL)
		return;
	report(t, node, "take a part of it", arena_printf(t->c->a,
	    "an %s is never equal to a %s, smaller or larger",
	    shape_name(large), shape_name(large == x ? y : x)));
}

static const struct shape *
infer(struct typing *t, const struct expr_node *node)
{
	switch (node->kind) {
	case EXPR_NODE_LITERAL:
		return shape_of(t->c->a, &node->literal);
	case EXPR_NODE_CONTEXT:
		return shape_context(t->scope, node->name);
	case EXPR_NODE_INDEX:
		return infer_index(t, node);
	case EXPR_NODE_WILDCARD:
		return &shape_any;
	case EXPR_NODE_CALL:
		return infer_call(t, node);
	case EXPR_NODE_AND:
	case EXPR_NODE_OR:
		return infer_either(t, node);
	case EXPR_NODE_NOT:
		infer(t, node->args[0]);
		return &shape_bool;
	case EXPR_NODE_LESS:
	case EXPR_NODE_LESS_EQUAL:
	case EXPR_NODE_GREATER:
	case EXPR_NODE_GREATER_EQUAL:
	case EXPR_NODE_EQUAL:
	case EXPR_NODE_NOT_EQUAL:
		infer_comparison(t, node);
		return &shape_bool;
	}
	return &shape_any;
}

/* --- values ------------------------------------------------------------------------- */

#define TEXT_SCALARS (SCALAR_STRING | SCALAR_TEXT)

/* Is the type of a whole value one that can stand there? */
static void
check_whole(struct typing *t, const struct value *v, const struct shape *s)
{
	const struct schema_type *type = v->type;
	bool simple = s->kind >= SHAPE_BOOL && s->kind <= SHAPE_STRING;
	bool scalars = type->scalars != 0 || type->words != NULL;
	const char *want = NULL;

	if (s->kind == SHAPE_ANY || type->condition)
		return;
	if (simple && !scalars)
		want = type->maps != NULL ? "a map" : "a list";
	else if (s->kind == SHAPE_STRING &&
	    (type->scalars & TEXT_SCALARS) == 0 &&
	    (type->scalars & (SCALAR_BOOL | SCALAR_NUMBER)) != 0)
		return; /* a string may hold one */
	else if (s->kind == SHAPE_OBJECT && scalars && type->maps == NULL)
		want = "text";
	else if (s->kind == SHAPE_ARRAY && scalars && type->item == NULL)
		want = "text";
	else if (s->kind == SHAPE_NULL)
		want = "a value";
	if (want != NULL)
		report(t, v->parts[0].expr->root, s->kind >= SHAPE_ARRAY ?
		    "toJSON() makes text of it" : NULL,
		    arena_printf(t->c->a, "%s is expected here, and this is "
		    "%s %s", want, s->kind >= SHAPE_ARRAY ? "an" : "a",
		    shape_name(s)));
}

/* Within text everything becomes text; objects and arrays only as words. */
static void
check_embedded(struct typing *t, const struct shape *s)
{
	if (s->kind == SHAPE_OBJECT || s->kind == SHAPE_ARRAY ||
	    s->kind == SHAPE_NULL)
		diag_warning(t->c->d, part_pos(t->part, 0),
		    t->part->on_line ? (int)t->part->expr->root->len : 1,
		    "expression-type", s->kind == SHAPE_NULL ? NULL :
		    "toJSON() makes text of it", "this becomes the text "
		    "\"%s\"", s->kind == SHAPE_NULL ? "" :
		    s->kind == SHAPE_ARRAY ? "Array" : "Object");
}

static void
lint_value(struct checker *c, const struct shape_scope *scope,
    const struct value *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->n_parts; i++) {
		struct typing t = { c, scope, v, &v->parts[i] };
		const struct shape *s;

		if (t.part->expr == NULL || t.part->expr->root == NULL)
			continue;
		s = infer(&t, t.part->expr->root);
		if (v->kind == VALUE_EXPR && v->expr == t.part->expr)
			check_whole(&t, v, s);
		else if (v->kind == VALUE_EXPR)
			check_embedded(&t, s);
	}
	for (size_t i = 0; i < v->n_items; i++)
		lint_value(c, scope, v->items[i]);
	for (size_t i = 0; i < v->n_pairs; i++) {
		lint_value(c, scope, v->pairs[i].key);
		lint_value(c, scope, v->pairs[i].value);
	}
}

static void
lint_steps(struct checker *c, struct shape_scope *scope,
    const struct workflow_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		scope->step = &steps[i];
		if (steps[i].kind == STEP_PARALLEL)
			lint_steps(c, scope, steps[i].steps,
			    steps[i].n_steps);
		else
			lint_value(c, scope, steps[i].value);
	}
}

static void
lint_job(struct checker *c, const struct workflow_job *job,
    struct shape_cache *cache)
{
	struct shape_scope scope = { c->w, job, NULL, c->a, cache, c->actions,
		c->workflows };
	const struct value *steps = value_get(job->value, "steps");

	for (size_t i = 0; i < job->value->n_pairs; i++)
		if (job->value->pairs[i].value != steps)
			lint_value(c, &scope, job->value->pairs[i].value);
	lint_steps(c, &scope, job->steps, job->n_steps);
}

void
lint_expressions(struct checker *c)
{
	struct shape_cache cache = { NULL };
	struct shape_scope scope = { c->w, NULL, NULL, c->a, &cache,
		c->actions, c->workflows };
	const struct value *jobs = value_get(c->w->value, "jobs");

	for (size_t i = 0; i < c->w->value->n_pairs; i++)
		if (c->w->value->pairs[i].value != jobs)
			lint_value(c, &scope, c->w->value->pairs[i].value);
	for (size_t i = 0; i < c->w->n_jobs; i++)
		lint_job(c, &c->w->jobs[i], &cache);
}
