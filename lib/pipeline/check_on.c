/*
 * check_on.c - triggers: filters that exclude each other, patterns, times,
 * inputs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/cron.h"

/* A list of filters and the one that cannot stand beside it. */
static const enum filter_kind exclusive[][2] = {
	{ FILTER_BRANCHES, FILTER_BRANCHES_IGNORE },
	{ FILTER_TAGS, FILTER_TAGS_IGNORE },
	{ FILTER_PATHS, FILTER_PATHS_IGNORE },
};

static void
check_exclusive(struct checker *c, const struct workflow_trigger *t)
{
	for (size_t i = 0; i < ARRAY_LEN(exclusive); i++) {
		const struct value *a = t->filters[exclusive[i][0]].key;
		const struct value *b = t->filters[exclusive[i][1]].key;

		if (a == NULL || b == NULL)
			continue;
		/* The second one written is the one too many. */
		if (a->pos.line > b->pos.line || (a->pos.line == b->pos.line &&
		    a->pos.col > b->pos.col)) {
			const struct value *swap = a;

			a = b;
			b = swap;
		}
		diag_error(c->d, b->pos, b->width, "two-keys",
		    "keep one; \"!\" in front of a pattern takes out",
		    "you may only define one of '%s' and '%s' for a single "
		    "event", a->text, b->text);
	}
}

#define MAX_OPTIONS 1000 /* that are compared with each other */

static bool
is_ignore(enum filter_kind kind)
{
	return kind == FILTER_BRANCHES_IGNORE ||
	    kind == FILTER_TAGS_IGNORE || kind == FILTER_PATHS_IGNORE;
}

/* Git allows few characters in names of refs; a pattern with another can
 * match none (git-check-ref-format(1)). */
static const char *
wrong_ref_pattern(const char *s)
{
	/* git-check-ref-format(1) */
	if (strpbrk(s, " ~^:\177") != NULL)
		return "has a character that no branch or tag can have: "
		    "blank, \"~\", \"^\" or \":\"";
	if (s[0] == '/' || str_ends_with(s, "/") || strstr(s, "//") != NULL)
		return "has an empty part between \"/\"";
	return NULL;
}

/* Paths count from the top of the repository and are never normalised. */
static const char *
wrong_path_pattern(const char *s)
{
	if (s[0] == ' ' || str_ends_with(s, " "))
		return "begins or ends with a blank";
	for (const char *part = s; *part != '\0';) {
		size_t len = strcspn(part, "/");

		if ((len == 1 && part[0] == '.') ||
		    (len == 2 && strncmp(part, "..", 2) == 0))
			return "has the part \".\" or \"..\", which no changed "
			    "file has";
		part += len + (part[len] == '/');
	}
	return NULL;
}

static void
check_pattern(struct checker *c, const struct filter_list *list,
    enum filter_kind kind, const struct value *item)
{
	const char *text = item->text, *wrong;
	bool paths = kind == FILTER_PATHS || kind == FILTER_PATHS_IGNORE;
	bool negated = text[0] == '!';

	if (negated && is_ignore(kind)) {
		diag_warning(c->d, item->pos, item->width, "pattern",
		    "use \"!\" in a list without -ignore",
		    "\"!\" has no special meaning in \"%s\"",
		    list->key->text);
		negated = false;
	}
	wrong = pattern_check(text + negated);
	if (wrong == NULL)
		wrong = paths ? wrong_path_pattern(text + negated) :
		    wrong_ref_pattern(text + negated);
	if (wrong != NULL) {
		diag_error(c->d, item->pos, item->width, "pattern", NULL,
		    "pattern \"%s\" in \"%s\" %s", text, list->key->text,
		    wrong);
		return;
	}
	wrong = pattern_doubt(text + negated);
	if (wrong != NULL)
		diag_warning(c->d, item->pos, item->width, "pattern", NULL,
		    "pattern \"%s\" in \"%s\" %s", text, list->key->text,
		    wrong);
}

static void
check_only_negated(struct checker *c, const struct filter_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i]->text[0] != '!')
			return;
	if (list->n > 0)
		diag_error(c->d, list->key->pos, list->key->width, "pattern",
		    "put \"**\" before them, or use -ignore",
		    "\"%s\" has only patterns with \"!\", so nothing matches",
		    list->key->text);
}

static void
check_filters(struct checker *c, const struct workflow_trigger *t)
{
	for (int i = 0; i < N_FILTERS; i++) {
		const struct filter_list *list = &t->filters[i];
		bool pattern = i != FILTER_TYPES && i != FILTER_WORKFLOWS;

		if (list->key == NULL)
			continue;
		if (list->n == 0)
			diag_error(c->d, list->key->pos, list->key->width,
			    "no-value", "remove it to have no such filter",
			    "\"%s\" of \"%s\" is empty", list->key->text,
			    t->event);
		if (list->n > MAX_PATTERNS)
			diag_error(c->d, list->key->pos, list->key->width,
			    "too-many", NULL, "\"%s\" has %zu entries; at "
			    "most %d are allowed", list->key->text, list->n,
			    MAX_PATTERNS);
		else if (pattern)
			for (size_t j = 0; j < list->n; j++)
				check_pattern(c, list, (enum filter_kind)i,
				    list->items[j]);
		if (pattern && !is_ignore((enum filter_kind)i))
			check_only_negated(c, list);
	}
}

static void
check_cron(struct checker *c, const struct value *v)
{
	const char *text = value_literal(v);
	size_t at = 0, len = 1;
	struct err err = { 0 };
	struct pos pos;
	struct cron cron;

	if (text == NULL)
		return;
	if (cron_parse(text, strlen(text), &cron, &at, &len, &err) == -1) {
		pos = v->pos;
		if (v->yaml->quoted && strchr(text, '\n') == NULL)
			pos.col += (int)at + 1;
		diag_error(c->d, pos, (int)len, "cron", "minute hour day month "
		    "weekday, such as \"30 4 * * 1-5\"", "%s", err.text);
	} else if (cron_shortest_gap_min(&cron) < CRON_MIN_GAP_MIN) {
		diag_warning(c->d, v->pos, v->width, "cron", NULL,
		    "GitHub starts it at most every %d minutes",
		    CRON_MIN_GAP_MIN);
	}
}

static void
check_schedules(struct checker *c, const struct workflow_trigger *t)
{
	if (strcmp(t->event, "schedule") == 0 && t->n_schedules == 0)
		diag_error(c->d, t->key->pos, t->key->width, "no-value",
		    "add \"- cron: '0 3 * * *'\"",
		    "\"schedule\" has no time");
	for (size_t i = 0; i < t->n_schedules; i++)
		check_cron(c, t->schedules[i].cron);
}

static void
check_default(struct checker *c, const struct workflow_input *in)
{
	const struct value *v = in->default_value;
	const char *text = value_literal(v);
	bool wrong = false;

	if (text == NULL)
		return;
	if (in->type == INPUT_BOOLEAN)
		wrong = v->kind != VALUE_BOOL;
	if (in->type == INPUT_NUMBER)
		wrong = v->kind != VALUE_NUMBER;
	if (wrong)
		diag_error(c->d, v->pos, v->width, "input",
		    in->type == INPUT_BOOLEAN ? "true or false" : "a number",
		    "the default of input \"%s\" is not of its type",
		    in->name);
	if (in->type != INPUT_CHOICE || in->options == NULL)
		return;
	for (size_t i = 0; i < in->options->n_items; i++)
		if (strcmp(in->options->items[i]->text, text) == 0)
			return;
	diag_error(c->d, v->pos, v->width, "input", "name one of them",
	    "the default \"%s\" of input \"%s\" is none of its options", text,
	    in->name);
}

static void
check_options(struct checker *c, const struct workflow_input *in)
{
	const struct value *o = in->options;
	const struct value *at = o != NULL && o->n_items == 0 ? o : in->key;

	if (in->type == INPUT_CHOICE && (o == NULL || o->n_items == 0))
		diag_error(c->d, at->pos, at->width, "input",
		    "add \"options:\" with a list", "input \"%s\" is a choice "
		    "without options", in->name);
	if (in->type != INPUT_CHOICE && o != NULL)
		diag_error(c->d, at->pos, at->width, "input",
		    "write \"type: choice\"", "input \"%s\" has options, but "
		    "is no choice", in->name);
	for (size_t i = 0; o != NULL && i < o->n_items; i++)
		if (value_literal(o->items[i]) == NULL ||
		    o->items[i]->text[0] == '\0')
			diag_error(c->d, o->items[i]->pos,
			    o->items[i]->width, "input", NULL,
			    "an option of \"%s\" is empty", in->name);
	for (size_t i = 1; o != NULL && i < o->n_items && i < MAX_OPTIONS;
	    i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(o->items[i]->text, o->items[j]->text) == 0)
				diag_error(c->d, o->items[i]->pos,
				    o->items[i]->width, "input", NULL,
				    "option \"%s\" stands twice",
				    o->items[i]->text);
}

static void
check_inputs(struct checker *c, const struct workflow_trigger *t)
{
	bool call = strcmp(t->event, "workflow_call") == 0;

	if (!call && t->n_inputs > MAX_INPUTS)
		diag_error(c->d, t->key->pos, t->key->width, "too-many", NULL,
		    "\"%s\" has %zu inputs; at most %d are allowed", t->event,
		    t->n_inputs, MAX_INPUTS);
	for (size_t i = 0; i < t->n_inputs; i++) {
		const struct workflow_input *in = &t->inputs[i];

		if (!is_id(in->name))
			diag_error(c->d, in->key->pos, in->key->width,
			    "wrong-name", "letters, digits, \"_\" and \"-\", a "
			    "letter or \"_\" first", "\"%s\" cannot be the "
			    "name of an input", in->name);
		check_default(c, in);
		if (!call)
			check_options(c, in);
		if (call && in->required && in->default_value != NULL)
			diag_warning(c->d, in->default_value->pos,
			    in->default_value->width, "input", "remove one",
			    "input \"%s\" is required, so its default is "
			    "never used", in->name);
	}
}

void
check_triggers(struct checker *c)
{
	for (size_t i = 0; i < c->w->n_triggers; i++) {
		const struct workflow_trigger *t = &c->w->triggers[i];

		check_exclusive(c, t);
		if (strcmp(t->event, "workflow_run") == 0 &&
		    t->filters[FILTER_WORKFLOWS].key == NULL)
			diag_error(c->d, t->key->pos, t->key->width,
			    "no-value", "add \"workflows: [NAME]\"",
			    "\"workflow_run\" names no workflow");
		check_filters(c, t);
		check_schedules(c, t);
		check_inputs(c, t);
	}
	if (c->w->on_given && c->w->n_triggers == 0 &&
	    c->d->n_errors == 0)
		diag_error(c->d, c->w->on->pos, c->w->on->width, "no-value",
		    "remove it to run for every push",
		    "\"on\" names no event");
}
