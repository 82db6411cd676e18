/*
 * trigger.c - does an event start a pipeline, and which line decided?
 *
 * GitHub's rules: of a list of patterns the last one that matches decides,
 * "!" takes out again; a list of one kind of ref only (branches or tags)
 * leaves out the other kind.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/plan_internal.h"

/* Patterns that are shown in a sentence. */
#define SHOWN_PATTERNS 5

/* A ref, taken apart. */
struct ref {
	const char *push; /* "push to", or "push of tag" */
	const char *name; /* "main" */
	const struct filter *own;   /* the filter of its kind */
	const struct filter *other; /* the one of the other kind */
};

static bool
split_ref(const struct triggers *on, const char *ref, struct ref *out)
{
	static const char heads[] = "refs/heads/", tags[] = "refs/tags/";

	if (str_starts_with(ref, heads))
		*out = (struct ref) { "push to", ref + sizeof(heads) - 1,
			&on->branches, &on->tags };
	else if (str_starts_with(ref, tags))
		*out = (struct ref) { "push of tag", ref + sizeof(tags) - 1,
			&on->tags, &on->branches };
	else
		return false;
	return true;
}

static const struct filter_pattern *
last_match(const struct filter *filter, const char *name)
{
	for (size_t i = filter->n_patterns; i > 0; i--)
		if (pattern_match(filter->patterns[i - 1].text, name))
			return &filter->patterns[i - 1];
	return NULL;
}

/* As it was written: "branches: [main, !dev]". */
static void
add_filter(struct str *why, const struct filter *filter)
{
	str_addf(why, "%s: [", filter->key);
	for (size_t i = 0; i < filter->n_patterns; i++) {
		if (i == SHOWN_PATTERNS) {
			str_add(why, ", ...");
			break;
		}
		str_addf(why, "%s%s%s", i > 0 ? ", " : "",
		    filter->patterns[i].negated ? "!" : "",
		    filter->patterns[i].text);
	}
	str_add_char(why, ']');
}

static bool
filter_allows(const struct pipeline *p, const struct ref *ref,
    struct str *why)
{
	const struct filter *filter = ref->own;
	const struct filter_pattern *hit = last_match(filter, ref->name);
	bool allowed = hit == NULL ? filter->ignore :
	    filter->ignore == hit->negated;

	str_addf(why, "%s %s %s ", ref->push, ref->name,
	    hit == NULL ? "matches nothing of" :
	    hit->negated ? "is taken out by" : "matches");
	if (hit != NULL && filter->n_patterns > 1)
		str_addf(why, "\"%s%s\" of ", hit->negated ? "!" : "",
		    hit->text);
	add_filter(why, filter);
	str_addf(why, " (%s:%d)", p->file,
	    hit != NULL ? hit->line : filter->line);
	return allowed;
}

static bool
push_triggers(const struct pipeline *p, const struct plan_event *event,
    int line, struct str *why)
{
	struct ref ref;

	if (!split_ref(&p->on, event->ref, &ref)) {
		str_addf(why, "push to %s, which is neither a branch nor a tag",
		    event->ref);
		return false;
	}
	if (ref.own->key != NULL)
		return filter_allows(p, &ref, why);
	/* `tags-ignore` alone also leaves out every branch. */
	if (ref.other->key != NULL) {
		str_addf(why, "%s %s, but only \"%s\" is listed "
		    "(%s:%d)", ref.push, ref.name, ref.other->key, p->file,
		    ref.other->line);
		return false;
	}
	str_addf(why, "%s %s; ", ref.push, ref.name);
	if (line > 0)
		str_addf(why, "every push starts it (%s:%d)", p->file, line);
	else
		str_addf(why, "every push starts %s, which has no \"on\"",
		    p->file);
	return true;
}

bool
pipeline_triggers(const struct pipeline *p, const struct plan_event *event,
    struct str *why)
{
	const struct triggers *on = &p->on;
	bool is_push = strcmp(event->event, "push") == 0;

	if (!on->given && is_push)
		return push_triggers(p, event, 0, why);
	for (size_t i = 0; i < on->n; i++) {
		if (strcmp(on->list[i].event, event->event) != 0)
			continue;
		if (is_push)
			return push_triggers(p, event, on->list[i].line, why);
		str_addf(why, "event %s starts it (%s:%d)", event->event,
		    p->file, on->list[i].line);
		return true;
	}
	str_addf(why, "event %s is not listed under \"on\"", event->event);
	if (on->given)
		str_addf(why, " (%s:%d)", p->file, on->line);
	return false;
}
