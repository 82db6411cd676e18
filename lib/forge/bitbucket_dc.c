/*
 * bitbucket_dc.c - Bitbucket Data Center's payloads:
 * confluence.atlassian.com/bitbucketserver, "Event payload".
 *
 * An owner is the key of a project. What a push brought is told since 8.15
 * only; git is asked where it is not.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/row.h"

/* One of links.clone[] by its name. */
static const char *
clone_link(const json_t *repo, const char *name)
{
	const json_t *link;
	size_t i;

	json_array_foreach(payload_at(repo, "links.clone"), i, link) {
		const char *s = payload_str(link, "name");

		if (s != NULL && strcmp(s, name) == 0)
			return payload_str(link, "href");
	}
	return NULL;
}

static const char *
self_link(const json_t *o)
{
	return payload_str(json_array_get(payload_at(o, "links.self"), 0),
	    "href");
}

static json_t *
repository(const struct reading *r, const json_t *repo)
{
	const char *key = payload_str(repo, "project.key");
	const char *slug = payload_str(repo, "slug");
	const json_t *is_public = json_object_get(repo, "public");
	struct shape_repo s = { .id = json_object_get(repo, "id"),
		.full_name = key != NULL && slug != NULL ?
		    arena_printf(r->a, "%s/%s", key, slug) : NULL,
		.html_url = self_link(repo),
		.clone_url = clone_link(repo, "http"),
		.ssh_url = clone_link(repo, "ssh"),
		.is_private = is_public == NULL ? -1 :
		    !json_is_true(is_public) };

	return shape_repo(&s);
}

static json_t *
account(const json_t *user)
{
	return shape_user(json_object_get(user, "id"),
	    payload_str(user, "name"), payload_str(user, "displayName"),
	    payload_str(user, "emailAddress"));
}

/* --- pushes --------------------------------------------------------------- */

static json_t *
commit(const json_t *c)
{
	return json_pack("{s:o, s:o, s:o}", "id",
	    shape_text(payload_str(c, "id")), "message",
	    shape_text(payload_str(c, "message")), "author",
	    shape_author(payload_str(c, "author.displayName") != NULL ?
	    payload_str(c, "author.displayName") :
	    payload_str(c, "author.name"),
	    payload_str(c, "author.emailAddress"),
	    payload_str(c, "author.name")));
}

/* With one change, what it brought is told beside it. */
static void
add_push(struct reading *r, const json_t *change, bool alone)
{
	struct shape_push push = { .ref = payload_str(change, "ref.id"),
		.before = payload_str(change, "fromHash"),
		.after = payload_str(change, "toHash") };
	const json_t *to = json_object_get(r->root, "toCommit"), *c;
	const char *id = payload_str(to, "id");
	size_t i;

	if (push.ref == NULL || push.before == NULL || push.after == NULL)
		return;
	if (id != NULL && strcmp(id, push.after) == 0)
		push.head = commit(to);
	else if (!forge_sha_is_zero(push.after))
		push.head = json_pack("{s:o, s:n, s:n}", "id",
		    shape_text(push.after), "message", "author");
	push.commits = json_array();
	if (alone)
		json_array_foreach(json_object_get(r->root, "commits"), i, c)
			json_array_insert_new(push.commits, 0, commit(c));
	shape_push(r, &push);
}

static int
read_push(struct reading *r, const char *action)
{
	const json_t *changes = json_object_get(r->root, "changes"), *change;
	size_t i;

	(void)action;
	json_array_foreach(changes, i, change)
		add_push(r, change, json_array_size(changes) == 1);
	return json_array_size(r->list) > 0 ? 0 : reading_ignore(r,
	    FORGE_OTHER, "the push changes nothing");
}

/* --- pull requests -------------------------------------------------------- */

static json_t *
side(const struct reading *r, const json_t *ref)
{
	const char *id = payload_str(ref, "id");

	return shape_side(id != NULL ? shape_short_ref(id) : NULL,
	    payload_str(ref, "latestCommit"),
	    repository(r, json_object_get(ref, "repository")));
}

static json_t *
pull(const struct reading *r, const json_t *p)
{
	const char *state = payload_str(p, "state");
	const struct shape_pull s = { .number = json_object_get(p, "id"),
		.open = str_equal(state, "OPEN"),
		.merged = str_equal(state, "MERGED"),
		.draft = json_is_true(json_object_get(p, "draft")),
		.title = payload_str(p, "title"),
		.body = payload_str(p, "description"),
		.html_url = self_link(p),
		.merge_commit = payload_str(p, "properties.mergeCommit.id"),
		.user = account(payload_at(p, "author.user")),
		.head = side(r, json_object_get(p, "fromRef")),
		.base = side(r, json_object_get(p, "toRef")) };

	return shape_pull(&s);
}

static json_t *
payload(const struct reading *r, const char *action)
{
	const json_t *p = json_object_get(r->root, "pullRequest");
	const json_t *before = json_object_get(r->root, "previousFromHash");
	json_t *o = shape_pull_event(r, action, json_object_get(p, "id"),
	    pull(r, p));

	if (before != NULL) {
		json_object_set_new(o, "before", shape_same(before));
		json_object_set_new(o, "after", shape_text(payload_str(p,
		    "fromRef.latestCommit")));
	}
	return o;
}

static int
read_pull(struct reading *r, const char *action)
{
	reading_add(r, "pull_request", NULL, payload(r, action));
	return 0;
}

static int
read_review(struct reading *r, const char *state)
{
	shape_review(r, state, payload(r, strcmp(state, "dismissed") == 0 ?
	    state : "submitted"));
	return 0;
}

static int
read_comment(struct reading *r, const char *action)
{
	const json_t *p = json_object_get(r->root, "pullRequest");
	const json_t *comment = json_object_get(r->root, "comment");
	const struct shape_comment c = { .action = action, .is_pull = true,
		.number = json_object_get(p, "id"),
		.title = payload_str(p, "title"),
		.body = payload_str(p, "description"),
		.html_url = self_link(p),
		.id = json_object_get(comment, "id"),
		.text = payload_str(comment, "text") };

	shape_comment(r, &c);
	return 0;
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *key;
	int (*read)(struct reading *r, const char *action);
	const char *action;
} keys[] = {
	{ "repo:refs_changed", read_push, NULL },
	{ "mirror:repo_synchronized", read_push, NULL },
	{ "pr:opened", read_pull, "opened" },
	{ "pr:from_ref_updated", read_pull, "synchronize" },
	{ "pr:modified", read_pull, "edited" },
	{ "pr:merged", read_pull, "closed" },
	{ "pr:declined", read_pull, "closed" },
	{ "pr:deleted", read_pull, "closed" },
	{ "pr:reviewer:approved", read_review, "approved" },
	{ "pr:reviewer:unapproved", read_review, "dismissed" },
	{ "pr:reviewer:needs_work", read_review, "changes_requested" },
	{ "pr:comment:added", read_comment, "created" },
	{ "pr:comment:edited", read_comment, "edited" },
	{ "pr:comment:deleted", read_comment, "deleted" },
};

int
bitbucket_dc_read(struct reading *r, struct err *err)
{
	const json_t *repo = json_object_get(r->root, "repository");

	(void)err;
	if (repo == NULL)
		repo = payload_at(r->root, "pullRequest.toRef.repository");
	r->repository = repository(r, repo);
	r->sender = account(json_object_get(r->root, "actor"));
	if (strcmp(r->event, "diagnostics:ping") == 0)
		return reading_ignore(r, FORGE_PING,
		    "ping: the webhook and its secret are right");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].key, r->event) == 0)
			return keys[i].read(r, keys[i].action);
	return reading_ignore(r, FORGE_OTHER, arena_printf(r->a,
	    "event \"%s\" starts no runs", r->event));
}
