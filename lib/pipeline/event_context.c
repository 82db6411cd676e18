/*
 * event_context.c - the github context of an event.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/event_context.h"

#include <string.h>

#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/pipeline/outside.h"

/* Paths that are taken from the commits of a push. GitHub's payload has at
 * most 2,048 commits; what is beyond is not known. */
#define MAX_CHANGED 100000

/* A value deep in an object, by a path such as "head_commit.message". */
static const struct expr_value *
get(struct expr_object *o, const char *path)
{
	const struct expr_value *v = NULL;

	while (o != NULL) {
		size_t len = strcspn(path, ".");

		v = expr_object_get(o, (struct expr_text) { path, len });
		if (v == NULL || path[len] == '\0')
			return v;
		o = v->type == EXPR_OBJECT ? v->object : NULL;
		path += len + 1;
	}
	return NULL;
}

/* A text, or NULL when there is none or it is empty. */
static const char *
text(struct expr_object *o, const char *path, struct arena *a)
{
	const struct expr_value *v = get(o, path);

	if (v == NULL || v->type != EXPR_STRING || v->text.len == 0)
		return NULL;
	return expr_to_string(v, a);
}

static const char *
first(const char *a, const char *b)
{
	return a != NULL ? a : b;
}

static bool
is_pull_request(const struct event_source *s)
{
	return str_starts_with(s->name, "pull_request");
}

/* "refs/heads/a/b" is "a/b"; NULL is NULL. */
static const char *
short_ref(const char *ref)
{
	static const char *const kinds[] = { "refs/heads/", "refs/tags/",
		"refs/pull/" };

	for (size_t i = 0; ref != NULL && i < 3; i++)
		if (str_starts_with(ref, kinds[i]))
			return ref + strlen(kinds[i]);
	return ref;
}

static void
add(struct expr_object *o, const char *name, const char *value)
{
	expr_object_add(o, name, expr_string(value != NULL ? value : ""));
}

/* --- paths of a push ------------------------------------------------------------- */

static void
add_paths(const struct expr_value *list, struct map *seen)
{
	if (list == NULL || list->type != EXPR_ARRAY)
		return;
	for (size_t i = 0; i < list->array->n && seen->n < MAX_CHANGED; i++) {
		const struct expr_value *v = &list->array->items[i];
		struct str path = STR_INIT;

		if (v->type != EXPR_STRING)
			continue;
		str_add_len(&path, v->text.s, v->text.len);
		map_set(seen, path.s, seen);
		str_release(&path);
	}
}

static void
read_changed(struct expr_object *payload, struct arena *a,
    struct trigger_event *e)
{
	static const char *const kinds[] = { "added", "modified", "removed" };
	const struct expr_value *commits = get(payload, "commits");
	struct map seen = MAP_INIT;
	const char **paths;

	if (commits == NULL || commits->type != EXPR_ARRAY)
		return;
	for (size_t i = 0; i < commits->array->n; i++)
		for (size_t k = 0; k < 3; k++) {
			const struct expr_value *one =
			    &commits->array->items[i];

			add_paths(one->type == EXPR_OBJECT ?
			    get(one->object, kinds[k]) : NULL, &seen);
		}
	paths = arena_alloc(a, (seen.n + 1) * sizeof(*paths));
	for (size_t i = 0; i < seen.n; i++)
		paths[i] = arena_strdup(a, seen.entries[i].key);
	e->changed = paths;
	e->n_changed = seen.n;
	e->changed_known = seen.n > 0 && seen.n < MAX_CHANGED;
	map_release(&seen);
}

/* --- both forms -------------------------------------------------------------------- */

static const char *
pull_request_ref(struct expr_object *payload, struct arena *a)
{
	const struct expr_value *number = get(payload, "number");

	return number == NULL ? "refs/pull/0/merge" : arena_printf(a,
	    "refs/pull/%s/merge", expr_to_string(number, a));
}

static const char *
ref_of(const struct event_source *s, const struct trigger_event *e,
    struct arena *a)
{
	if (strcmp(s->name, "pull_request_target") == 0)
		return e->branch != NULL ?
		    arena_printf(a, "refs/heads/%s", e->branch) : NULL;
	if (is_pull_request(s))
		return pull_request_ref(s->payload, a);
	return e->ref;
}

static void
fill_event(const struct event_source *s, struct arena *a,
    struct trigger_event *e)
{
	struct expr_object *p = s->payload;
	const struct expr_value *deleted = get(p, "deleted");

	*e = (struct trigger_event) { .name = s->name,
		.action = first(s->action, text(p, "action", a)),
		.ref = first(s->ref, text(p, "ref", a)),
		.deleted = deleted != NULL && expr_truthy(deleted),
		.workflow = text(p, "workflow_run.name", a),
		.cron = text(p, "schedule", a),
		.message = text(p, "head_commit.message", a) };
	e->branch = first(text(p, "pull_request.base.ref", a),
	    text(p, "workflow_run.head_branch", a));
	if (is_pull_request(s) && e->branch == NULL)
		e->branch = short_ref(s->ref);
	if (is_pull_request(s) && e->action == NULL)
		e->action = "opened";
	if (strcmp(s->name, "push") == 0)
		read_changed(p, a, e);
}

void
event_context(const struct event_source *s, struct arena *a,
    struct expr_object **github, struct trigger_event *e)
{
	struct expr_object *o = expr_object_new(a), *p = s->payload;
	const char *ref, *repository = text(p, "repository.full_name", a);

	fill_event(s, a, e);
	ref = ref_of(s, e, a);
	add(o, "event_name", s->name);
	add(o, "ref", ref);
	add(o, "ref_name", short_ref(ref));
	add(o, "ref_type", ref != NULL && str_starts_with(ref, "refs/tags/") ?
	    "tag" : "branch");
	add(o, "sha", first(s->sha, first(text(p, "after", a),
	    text(p, "pull_request.head.sha", a))));
	add(o, "base_ref", is_pull_request(s) ? e->branch : NULL);
	add(o, "head_ref", is_pull_request(s) ?
	    text(p, "pull_request.head.ref", a) : NULL);
	add(o, "repository", repository);
	add(o, "repository_owner", repository != NULL ? arena_strndup(a,
	    repository, strcspn(repository, "/")) : NULL);
	add(o, "actor", text(p, "sender.login", a));
	expr_object_add(o, "event", expr_from_object(p != NULL ? p :
	    expr_object_new(a)));
	github_mark_outside(o);
	*github = o;
}
