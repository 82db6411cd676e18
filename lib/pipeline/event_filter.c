/*
 * event_filter.c - filters of branches, tags and paths.
 *
 * Of a list of patterns the last one that matches decides, "!" takes out
 * again; in the lists that ignore, "!" means nothing special. A filter of one
 * kind of ref only (branches or tags) leaves out the other kind.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/event.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/pipeline.h"

/* Patterns that are shown in a sentence. */
#define SHOWN_PATTERNS 5

void
event_add_filter(struct str *out, enum filter_kind kind,
    const struct filter_list *list)
{
	str_addf(out, "%s: [", filter_name(kind));
	for (size_t i = 0; i < list->n; i++) {
		if (i == SHOWN_PATTERNS) {
			str_add(out, ", ...");
			break;
		}
		str_addf(out, "%s%s", i > 0 ? ", " : "", list->items[i]->text);
	}
	str_add_char(out, ']');
}

static bool
ignores(enum filter_kind kind)
{
	return kind == FILTER_BRANCHES_IGNORE || kind == FILTER_TAGS_IGNORE ||
	    kind == FILTER_PATHS_IGNORE;
}

/* The last pattern that matches, or NULL. */
static const struct value *
last_match(enum filter_kind kind, const struct filter_list *list,
    const char *name)
{
	for (size_t i = list->n; i > 0; i--) {
		const char *pattern = list->items[i - 1]->text;

		if (pattern[0] == '!' && !ignores(kind))
			pattern++;
		if (pattern_match(pattern, name))
			return list->items[i - 1];
	}
	return NULL;
}

static bool
lets_pass(enum filter_kind kind, const struct value *hit)
{
	if (ignores(kind))
		return hit == NULL;
	return hit != NULL && hit->text[0] != '!';
}

/* What one filter says of one name, as a sentence. */
static bool
filter_decides(const struct workflow *w, const char *what,
    const char *name, enum filter_kind kind, const struct filter_list *list,
    struct str *why, struct pos *pos)
{
	const struct value *hit = last_match(kind, list, name);
	bool out = hit != NULL && hit->text[0] == '!' && !ignores(kind);

	str_addf(why, "%s %s %s ", what, name,
	    hit == NULL ? "matches nothing of" :
	    out ? "is taken out by" : "matches");
	if (hit != NULL && list->n > 1)
		str_addf(why, "\"%s\" of ", hit->text);
	event_add_filter(why, kind, list);
	*pos = hit != NULL ? hit->pos : list->key->pos;
	str_addf(why, " (%s:%d)", w->file, pos->line);
	return lets_pass(kind, hit);
}

/* The one of two filters that is given, or N_FILTERS. */
static enum filter_kind
given(const struct workflow_trigger *t, enum filter_kind a,
    enum filter_kind b)
{
	return t->filters[a].key != NULL ? a :
	    t->filters[b].key != NULL ? b : N_FILTERS;
}

/* No filter at all. */
static bool
every_push(const struct workflow *w, const struct workflow_trigger *t,
    const char *what, const char *name, struct str *why, struct pos *pos)
{
	str_addf(why, "%s %s; ", what, name);
	if (t == NULL) {
		str_addf(why, "every push starts %s, which has no \"on\"",
		    w->file);
		return true;
	}
	*pos = t->key->pos;
	str_addf(why, "every push starts it (%s:%d)", w->file, pos->line);
	return true;
}

bool
event_ref_passes(const struct workflow *w, const struct workflow_trigger *t,
    const char *ref, struct str *why, struct pos *pos)
{
	static const char heads[] = "refs/heads/", tags[] = "refs/tags/";
	bool is_tag = str_starts_with(ref, tags);
	const char *what = is_tag ? "push of tag" : "push to", *name;
	enum filter_kind own, other;

	if (!is_tag && !str_starts_with(ref, heads)) {
		str_addf(why, "push to \"%s\", which is neither a branch nor "
		    "a tag", ref);
		return false;
	}
	name = ref + (is_tag ? sizeof(tags) : sizeof(heads)) - 1;
	if (t == NULL)
		return every_push(w, t, what, name, why, pos);
	own = given(t, FILTER_BRANCHES, FILTER_BRANCHES_IGNORE);
	other = given(t, FILTER_TAGS, FILTER_TAGS_IGNORE);
	if (is_tag) {
		enum filter_kind swap = own;

		own = other;
		other = swap;
	}
	if (own != N_FILTERS)
		return filter_decides(w, what, name, own, &t->filters[own],
		    why, pos);
	if (other == N_FILTERS)
		return every_push(w, t, what, name, why, pos);
	*pos = t->filters[other].key->pos;
	str_addf(why, "%s %s, but only \"%s\" is listed (%s:%d)", what, name,
	    filter_name(other), w->file, pos->line);
	return false;
}

bool
event_branch_passes(const struct workflow *w,
    const struct workflow_trigger *t, const char *branch, struct str *why,
    struct pos *pos)
{
	enum filter_kind kind =
	    given(t, FILTER_BRANCHES, FILTER_BRANCHES_IGNORE);

	if (kind == N_FILTERS)
		return true;
	return filter_decides(w, strcmp(t->event, "workflow_run") == 0 ?
	    "run on branch" : "pull request into", branch, kind,
	    &t->filters[kind], why, pos);
}

/* Nothing of what changed counts. */
static bool
paths_fail(const struct workflow *w, enum filter_kind kind,
    const struct filter_list *list, size_t n_changed, struct str *why,
    struct pos *pos)
{
	if (n_changed == 0)
		str_add(why, "no path changed, and there is ");
	else if (ignores(kind))
		str_addf(why, "all %zu changed paths are ignored by ",
		    n_changed);
	else
		str_addf(why, "none of %zu changed path%s matches ",
		    n_changed, n_changed == 1 ? "" : "s");
	event_add_filter(why, kind, list);
	*pos = list->key->pos;
	str_addf(why, " (%s:%d)", w->file, pos->line);
	return false;
}

bool
event_paths_pass(const struct workflow *w, const struct workflow_trigger *t,
    const struct trigger_event *e, struct str *why, struct pos *pos)
{
	enum filter_kind kind = t == NULL ? N_FILTERS :
	    given(t, FILTER_PATHS, FILTER_PATHS_IGNORE);
	const struct filter_list *list;

	if (kind == N_FILTERS)
		return true;
	list = &t->filters[kind];
	if (!e->changed_known) {
		*pos = list->key->pos;
		str_addf(why, "which paths changed is not known, so \"%s\" "
		    "lets it pass (%s:%d)", filter_name(kind), w->file,
		    pos->line);
		return true;
	}
	for (size_t i = 0; i < e->n_changed; i++)
		if (lets_pass(kind, last_match(kind, list, e->changed[i])))
			return filter_decides(w, "changed path",
			    e->changed[i], kind, list, why, pos);
	return paths_fail(w, kind, list, e->n_changed, why, pos);
}
