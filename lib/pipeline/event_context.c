/*
 * event_context.c - the github context of an event.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/event_context.h"

#include <string.h>
#include <strings.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/outside.h"

/* Paths that are taken from the commits of a push. GitHub's payload has at
 * most 2,048 commits; what is beyond is not known. */
#define MAX_CHANGED 100000

const struct expr_value *
event_value(struct expr_object *o, const char *path)
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

const char *
event_text(struct expr_object *o, const char *path, struct arena *a)
{
	const struct expr_value *v = event_value(o, path);

	if (v == NULL || v->type != EXPR_STRING || v->text.len == 0)
		return NULL;
	return expr_to_string(v, a);
}

bool
event_from_fork(struct expr_object *payload, struct arena *a,
    const char **fork)
{
	const char *base = event_text(payload,
	    "pull_request.base.repo.full_name", a);

	*fork = event_text(payload, "pull_request.head.repo.full_name", a);
	if (base == NULL)
		base = event_text(payload, "repository.full_name", a);
	return *fork == NULL || base == NULL || strcasecmp(*fork, base) != 0;
}

bool
event_is_strangers(struct expr_object *github, struct arena *a)
{
	const char *name = event_text(github, "event_name", a), *fork;
	const struct expr_value *payload = event_value(github, "event");

	if (name == NULL || !str_starts_with(name, "pull_request") ||
	    strcmp(name, "pull_request_target") == 0)
		return false;
	return event_from_fork(payload != NULL && payload->type ==
	    EXPR_OBJECT ? payload->object : NULL, a, &fork);
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
	const struct expr_value *commits = event_value(payload, "commits");
	struct map seen = MAP_INIT;
	const char **paths;

	if (commits == NULL || commits->type != EXPR_ARRAY)
		return;
	for (size_t i = 0; i < commits->array->n; i++)
		for (size_t k = 0; k < 3; k++) {
			const struct expr_value *one =
			    &commits->array->items[i];

			add_paths(one->type == EXPR_OBJECT ?
			    event_value(one->object, kinds[k]) : NULL, &seen);
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
	const struct expr_value *number = event_value(payload, "number");

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
	if (!is_pull_request(s))
		return e->ref;
	return s->ref != NULL && str_starts_with(s->ref, "refs/pull/") ?
	    s->ref : pull_request_ref(s->payload, a);
}

static void
fill_event(const struct event_source *s, struct arena *a,
    struct trigger_event *e)
{
	struct expr_object *p = s->payload;
	const struct expr_value *deleted = event_value(p, "deleted");

	*e = (struct trigger_event) { .name = s->name,
		.action = first(s->action, event_text(p, "action", a)),
		.ref = first(s->ref, event_text(p, "ref", a)),
		.deleted = deleted != NULL && expr_truthy(deleted),
		.workflow = event_text(p, "workflow_run.name", a),
		.cron = event_text(p, "schedule", a),
		.message = event_text(p, "head_commit.message", a) };
	e->branch = first(event_text(p, "pull_request.base.ref", a),
	    event_text(p, "workflow_run.head_branch", a));
	if (is_pull_request(s) && e->branch == NULL)
		e->branch = short_ref(s->ref);
	if (is_pull_request(s) && e->action == NULL)
		e->action = "opened";
	if (strcmp(s->name, "push") == 0)
		read_changed(p, a, e);
}

/* Where the forge is: the repository's page without its name. */
static const char *
server_url(struct expr_object *payload, const char *repository,
    struct arena *a)
{
	const char *page = event_text(payload, "repository.html_url", a);
	size_t len, name;

	if (page == NULL || repository == NULL)
		return NULL;
	len = strlen(page);
	name = strlen(repository);
	if (len <= name + 1 || page[len - name - 1] != '/' ||
	    strcmp(page + len - name, repository) != 0)
		return NULL;
	return arena_strndup(a, page, len - name - 1);
}

/* What addresses of the API begin with. A push of GitHub has the page as the
 * repository's `url`. */
static const char *
api_url(struct expr_object *payload, struct arena *a)
{
	static const char *const members[] = { "repository.url",
		"repository.forks_url" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *url = event_text(payload, members[i], a);
		const char *repos = url != NULL ? strstr(url, "/repos/") :
		    NULL;

		if (repos != NULL)
			return arena_strndup(a, url, (size_t)(repos - url));
	}
	return NULL;
}

/* GitHub's own, and that of an Enterprise Server; others have none. */
static const char *
graphql_url(const char *api, struct arena *a)
{
	if (api == NULL)
		return NULL;
	if (str_ends_with(api, "/v3"))
		return arena_printf(a, "%.*s/graphql",
		    (int)(strlen(api) - strlen("/v3")), api);
	return str_ends_with(api, "//api.github.com") ?
	    arena_printf(a, "%s/graphql", api) : NULL;
}

static void
add_ids(struct expr_object *o, struct expr_object *payload, struct arena *a)
{
	static const char *const ids[][2] = {
		{ "repository_id", "repository.id" },
		{ "repository_owner_id", "repository.owner.id" },
		{ "actor_id", "sender.id" },
	};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const struct expr_value *v = event_value(payload, ids[i][1]);

		add(o, ids[i][0], v != NULL ? expr_to_string(v, a) : NULL);
	}
}

static void
add_server(struct expr_object *o, struct expr_object *payload,
    const char *repository, struct arena *a)
{
	const char *api = api_url(payload, a);

	add(o, "server_url", server_url(payload, repository, a));
	add(o, "api_url", api);
	add(o, "graphql_url", graphql_url(api, a));
	add(o, "repositoryUrl", event_text(payload, "repository.clone_url",
	    a));
	add_ids(o, payload, a);
}

void
event_context(const struct event_source *s, struct arena *a,
    struct expr_object **github, struct trigger_event *e)
{
	struct expr_object *o = expr_object_new(a), *p = s->payload;
	const char *ref, *repository = event_text(p, "repository.full_name", a);
	const char *actor = first(s->actor, event_text(p, "sender.login", a));

	fill_event(s, a, e);
	ref = ref_of(s, e, a);
	add(o, "event_name", s->name);
	add(o, "ref", ref);
	add(o, "ref_name", short_ref(ref));
	add(o, "ref_type", ref != NULL && str_starts_with(ref, "refs/tags/") ?
	    "tag" : "branch");
	/* What protects a branch is not asked of the forge. */
	expr_object_add(o, "ref_protected", expr_boolean(false));
	add(o, "sha", first(s->sha, first(event_text(p, "after", a),
	    event_text(p, "pull_request.head.sha", a))));
	add(o, "base_ref", is_pull_request(s) ? e->branch : NULL);
	add(o, "head_ref", is_pull_request(s) ?
	    event_text(p, "pull_request.head.ref", a) : NULL);
	add(o, "repository", repository);
	add(o, "repository_owner", repository != NULL ? arena_strndup(a,
	    repository, strcspn(repository, "/")) : NULL);
	add(o, "actor", actor);
	add(o, "triggering_actor", actor);
	add(o, "token", NULL); /* none is made */
	add_server(o, p, repository, a);
	expr_object_add(o, "event", expr_from_object(p != NULL ? p :
	    expr_object_new(a)));
	github_mark_outside(o);
	*github = o;
}
