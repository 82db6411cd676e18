/*
 * read_on.c - `on`: the events and the filters of push.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

/* GitHub's documentation, "Events that trigger workflows". */
const char *const event_names[] = {
	"branch_protection_rule", "check_run", "check_suite", "create",
	"delete", "deployment", "deployment_status", "discussion",
	"discussion_comment", "fork", "gollum", "image_version",
	"issue_comment", "issues", "label", "merge_group", "milestone",
	"page_build", "project", "project_card", "project_column", "public",
	"pull_request", "pull_request_comment", "pull_request_review",
	"pull_request_review_comment", "pull_request_target", "push",
	"registry_package", "release", "repository_dispatch", "schedule",
	"status", "watch", "workflow_call", "workflow_dispatch",
	"workflow_run", NULL
};

/* Remember an event; false when it is none of GitHub's. */
static bool
add_event(struct reader *r, const struct yaml *name)
{
	struct triggers *on = &r->p->on;
	struct trigger *one;
	size_t i = 0;

	while (event_names[i] != NULL &&
	    strcmp(event_names[i], name->text) != 0)
		i++;
	if (event_names[i] == NULL) {
		diag_error(r->d, name->pos, name->width, "unknown-event",
		    value_hint(r, name->text, event_names),
		    "unknown event \"%s\" in \"on\"", name->text);
		return false;
	}
	one = arena_push(r->a, &on->list, &on->n, sizeof(*one));
	one->event = event_names[i];
	one->line = name->pos.line;
	return true;
}

static void
read_event_item(struct reader *r, void *thing, const struct yaml *item)
{
	(void)thing;
	add_event(r, item);
}

/* The filters of other events are not looked at: they never match here. */
static void
read_event_map(struct reader *r, const struct yaml *map)
{
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct yaml_pair *pair = &map->pairs[i];
		const struct schema_key *key =
		    schema_find(&schema_on, pair->key->text);

		if (!add_event(r, pair->key))
			continue;
		if (key != NULL && schema_check_type(r, pair->value,
		    key->allowed, key->name, "in \"on\""))
			key->read(r, r->p, pair);
	}
}

void
read_on(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct triggers *on = &r->p->on;

	on->given = true;
	on->line = pair->key->pos.line;
	if (pair->value->type == YAML_MAP)
		read_event_map(r, pair->value);
	else
		value_each(r, pair, read_event_item, thing);
	if ((pair->value->type == YAML_MAP && pair->value->n_pairs == 0) ||
	    (pair->value->type == YAML_LIST && pair->value->n_items == 0))
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "no-value", "remove it to run for every push",
		    "\"on\" names no event");
}

void
read_push(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	if (pair->value->type == YAML_MAP)
		schema_read(r, &schema_push, pair->value,
		    "in \"push\" under \"on\"", thing);
}

static void
add_pattern(struct reader *r, void *thing, const struct yaml *item)
{
	struct filter *filter = thing;
	const char *text = value_text(r, item), *wrong;
	bool negated = text != NULL && text[0] == '!';
	struct filter_pattern *one;

	if (text == NULL)
		return;
	if (negated && filter->ignore) {
		diag_warning(r->d, item->pos, item->width, "pattern",
		    "use \"!\" in a list without -ignore",
		    "\"!\" has no special meaning in \"%s\"", filter->key);
		negated = false;
	}
	wrong = pattern_check(text + negated);
	if (wrong != NULL) {
		diag_error(r->d, item->pos, item->width, "pattern", NULL,
		    "pattern \"%s\" in \"%s\" %s", text, filter->key, wrong);
		return;
	}
	one = arena_push(r->a, &filter->patterns, &filter->n_patterns,
	    sizeof(*one));
	*one = (struct filter_pattern) { text + negated, negated,
		item->pos.line };
}

static void
check_patterns(struct reader *r, const struct filter *filter,
    const struct yaml_pair *pair)
{
	size_t n_positive = 0;

	if (pair->value->type == YAML_LIST && pair->value->n_items == 0) {
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "no-value", "remove it to have no such filter",
		    "\"%s\" lists no pattern", filter->key);
		return;
	}
	for (size_t i = 0; i < filter->n_patterns; i++)
		n_positive += !filter->patterns[i].negated;
	if (n_positive == 0 && filter->n_patterns > 0)
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "pattern", "put \"**\" before them, or use -ignore",
		    "\"%s\" has only patterns with \"!\", so nothing matches",
		    filter->key);
}

static void
read_filter(struct reader *r, struct filter *filter,
    const struct yaml_pair *pair)
{
	filter->key = pair->key->text;
	filter->ignore = str_ends_with(filter->key, "-ignore");
	filter->line = pair->key->pos.line;
	if (pair->value->n_items > MAX_PATTERNS) {
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "too-many", NULL, "\"%s\" has %zu patterns; at most %d "
		    "are allowed", filter->key, pair->value->n_items,
		    MAX_PATTERNS);
		return;
	}
	value_each(r, pair, add_pattern, filter);
	check_patterns(r, filter, pair);
}

void
read_push_branches(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	(void)thing;
	read_filter(r, &r->p->on.branches, pair);
}

void
read_push_tags(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	(void)thing;
	read_filter(r, &r->p->on.tags, pair);
}
