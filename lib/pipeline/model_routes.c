/*
 * model_routes.c - step.conditional: a script that gives the step to go to as
 * its output, and conditions of the steps that can be gone to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/typed.h"

#define MAX_ROUTES 100

/* A text as a literal of expressions. */
static const char *
quoted(struct reader *r, const char *text)
{
	struct str s = STR_INIT;
	const char *kept;

	str_add_char(&s, '\'');
	for (; *text != '\0'; text++) {
		str_add_char(&s, *text);
		if (*text == '\'')
			str_add_char(&s, '\'');
	}
	str_add_char(&s, '\'');
	kept = arena_strdup(r->a, s.s);
	str_release(&s);
	return kept;
}

/* case(FIELD == 'VALUE', 'STEP', ..., 'DEFAULT'), compared as texts. */
static const struct value *
make_choice(struct reader *r, const struct value *field,
    const struct value *routes, const struct value *fallback)
{
	const char *text = field->kind == VALUE_EXPR ? field->text :
	    field->parts[0].text;
	const struct value *choice;
	struct str s = STR_INIT;

	str_add(&s, "case(");
	for (size_t i = 0; i < routes->n_pairs; i++)
		str_addf(&s, "format('{0}', (%s)) == %s, %s, ", text,
		    quoted(r, routes->pairs[i].key->text),
		    quoted(r, routes->pairs[i].value->text));
	str_addf(&s, "%s)", quoted(r, fallback != NULL ? fallback->text : ""));
	choice = schema_expression(r, arena_strdup(r->a, s.s), field);
	str_release(&s);
	return choice;
}

static bool
is_literal(const struct value *v)
{
	return v == NULL || value_literal(v) != NULL;
}

void
typed_conditional(struct reader *r, struct workflow_step *step,
    const struct value *config)
{
	const struct value *field = value_get(config, "field");
	const struct value *routes = value_get(config, "routes");
	const struct value *fallback = value_get(config, "default");

	if (field == NULL || field->expr == NULL || routes == NULL ||
	    routes->kind != VALUE_MAP || !is_literal(fallback))
		return; /* has been reported */
	if (routes->n_pairs == 0 || routes->n_pairs > MAX_ROUTES) {
		report_value(r, routes, "no-value", NULL,
		    "step.conditional has 1 to %d routes", MAX_ROUTES);
		return;
	}
	for (size_t i = 0; i < routes->n_pairs; i++)
		if (!is_literal(routes->pairs[i].value))
			return;
	/* Ids that begin with "__" are hidden from expressions. */
	if (!step->id_written)
		step->id = arena_printf(r->a, "_route_%d", step->number);
	typed_script(r, step,
	    "printf 'goes to: %s\\n' \"${ROUTE:-no step}\"\n"
	    "printf 'route=%s\\n' \"$ROUTE\" >>\"$GITHUB_OUTPUT\"\n",
	    "ROUTE", make_choice(r, field, routes, fallback));
	step->routes = config;
}

/* Steps of which some go to others. */
struct ways {
	struct reader *r;
	struct workflow_step *steps;
	size_t n;
	const char **needed; /* by step: what it needs so that it runs */
};

static struct workflow_step *
find_target(const struct ways *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		struct workflow_step *step = &w->steps[i];
		const char *title = value_literal(step->name);

		if ((step->id_written && strcmp(step->id, name) == 0) ||
		    (title != NULL && strcmp(title, name) == 0))
			return step;
	}
	return NULL;
}

static void
report_target(const struct ways *w, const struct value *target)
{
	const char **words = arena_alloc(w->r->a,
	    (2 * w->n + 1) * sizeof(*words));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (w->steps[i].id_written)
			words[n++] = w->steps[i].id;
		if (value_literal(w->steps[i].name) != NULL)
			words[n++] = w->steps[i].name->text;
	}
	report_value(w->r, target, "unknown-step",
	    report_suggest(w->r->a, w->r->d, target->text, words),
	    "no step here has the id or name \"%s\"", target->text);
}

/* A step that can be gone to runs only when it is. */
static void
add_way(struct ways *w, const struct workflow_step *from,
    const struct value *target)
{
	struct workflow_step *step = find_target(w, target->text);
	const char **needed, *text;

	if (step == NULL) {
		report_target(w, target);
		return;
	}
	if (step <= from) {
		report_value(w->r, target, "unknown-step", "go on with a step "
		    "behind it", "\"%s\" does not stand behind the step that "
		    "goes to it", target->text);
		return;
	}
	needed = &w->needed[step - w->steps];
	text = arena_printf(w->r->a, "steps['%s'].outputs.route == %s",
	    from->id, quoted(w->r, target->text));
	*needed = *needed == NULL ? text :
	    arena_printf(w->r->a, "%s || %s", *needed, text);
}

static void
add_ways(struct ways *w, const struct workflow_step *from)
{
	const struct value *routes = value_get(from->routes, "routes");
	const struct value *fallback = value_get(from->routes, "default");

	for (size_t i = 0; routes != NULL && i < routes->n_pairs; i++)
		add_way(w, from, routes->pairs[i].value);
	if (fallback != NULL)
		add_way(w, from, fallback);
}

void
typed_routes(struct reader *r, struct workflow_step *steps, size_t n)
{
	struct ways w = { r, steps, n,
		arena_alloc(r->a, n * sizeof(*w.needed)) };

	for (size_t i = 0; i < n; i++)
		if (steps[i].routes != NULL)
			add_ways(&w, &steps[i]);
	for (size_t i = 0; i < n; i++)
		if (w.needed[i] != NULL)
			steps[i].condition = schema_expression(r,
			    arena_printf(r->a, "(%s) && (%s)", w.needed[i],
			    steps[i].condition->text), steps[i].condition);
}
