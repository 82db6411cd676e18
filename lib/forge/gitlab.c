/*
 * gitlab.c - GitLab's payloads: docs.gitlab.com, "Webhook events".
 *
 * Which one it is says the body, which a signature covers, rather than the
 * header; a system hook sends the same bodies under a header of its own. A
 * repository's name is the last part of its path, not its title.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/gitlab.h"

#define PUBLIC 20 /* visibility_level */

json_t *
gitlab_project(const json_t *p)
{
	const json_t *level = json_object_get(p, "visibility_level");
	struct shape_repo repo = { .id = json_object_get(p, "id"),
		.full_name = payload_str(p, "path_with_namespace"),
		.html_url = payload_str(p, "web_url"),
		.clone_url = payload_str(p, "git_http_url"),
		.ssh_url = payload_str(p, "git_ssh_url"),
		.default_branch = payload_str(p, "default_branch"),
		.is_private = level == NULL ? -1 :
		    json_integer_value(level) != PUBLIC };

	return shape_repo(&repo);
}

/* A push has its user in pieces. */
static json_t *
sender(const json_t *root)
{
	const json_t *user = json_object_get(root, "user");

	if (json_is_object(user))
		return shape_user(json_object_get(user, "id"),
		    payload_str(user, "username"), payload_str(user, "name"),
		    payload_str(user, "email"));
	return shape_user(json_object_get(root, "user_id"),
	    payload_str(root, "user_username"),
	    payload_str(root, "user_name"), payload_str(root, "user_email"));
}

/* --- pushes --------------------------------------------------------------- */

static json_t *
find_commit(const json_t *commits, const char *id)
{
	json_t *commit;
	size_t i;

	json_array_foreach(commits, i, commit) {
		const char *s = payload_str(commit, "id");

		if (s != NULL && id != NULL && strcmp(s, id) == 0)
			return json_incref(commit);
	}
	return NULL;
}

/* Commits look as GitHub's do. `after` of an annotated tag is the tag. */
static int
read_push(struct reading *r, struct err *err)
{
	json_t *commits = json_object_get(r->root, "commits");
	struct shape_push push = { .ref = payload_str(r->root, "ref"),
		.before = payload_str(r->root, "before"),
		.after = payload_str(r->root, "after") };

	if (push.ref == NULL || push.before == NULL || push.after == NULL)
		return err_set(err, ERR_INVALID, "payload has no %s",
		    push.ref == NULL ? "ref" : push.before == NULL ? "before" :
		    "after");
	push.head = find_commit(commits, payload_str(r->root,
	    "checkout_sha"));
	if (push.head == NULL)
		push.head = find_commit(commits, push.after);
	push.commits = json_is_array(commits) ? json_incref(commits) : NULL;
	shape_push(r, &push);
	return 0;
}

/* --- issues, comments, releases, wiki -------------------------------------- */

static const char *
word_for(const char *const (*words)[2], size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (word != NULL && strcmp(words[i][0], word) == 0)
			return words[i][1];
	return "edited";
}

static int
read_issue(struct reading *r, struct err *err)
{
	static const char *const actions[][2] = { { "open", "opened" },
		{ "close", "closed" }, { "reopen", "reopened" } };
	const json_t *o = json_object_get(r->root, "object_attributes");
	json_t *payload = shape_event(r, word_for(actions,
	    ARRAY_LEN(actions), payload_str(o, "action")));

	(void)err;
	json_object_set_new(payload, "issue", json_pack(
	    "{s:o, s:o, s:o, s:o}", "number",
	    shape_same(json_object_get(o, "iid")),
	    "title", shape_text(payload_str(o, "title")),
	    "body", shape_text(payload_str(o, "description")),
	    "html_url", shape_text(payload_str(o, "url"))));
	reading_add(r, "issues", NULL, payload);
	return 0;
}

static int
read_note(struct reading *r, struct err *err)
{
	const json_t *note = json_object_get(r->root, "object_attributes");
	const char *type = payload_str(note, "noteable_type");
	const char *action = payload_str(note, "action");
	bool is_pull = type != NULL && strcmp(type, "MergeRequest") == 0;
	const json_t *on = json_object_get(r->root, is_pull ?
	    "merge_request" : "issue");
	const struct shape_comment c = {
		.action = action != NULL && strcmp(action, "update") == 0 ?
		    "edited" : "created",
		.is_pull = is_pull,
		.number = json_object_get(on, "iid"),
		.title = payload_str(on, "title"),
		.body = payload_str(on, "description"),
		.html_url = payload_str(on, "url"),
		.id = json_object_get(note, "id"),
		.text = payload_str(note, "note"),
		.comment_url = payload_str(note, "url") };

	(void)err;
	if (!is_pull && (type == NULL || strcmp(type, "Issue") != 0))
		return reading_ignore(r, FORGE_OTHER, "only comments on "
		    "issues and merge requests can start runs");
	shape_comment(r, &c);
	return 0;
}

static json_t *
release_payload(struct reading *r, const char *action)
{
	json_t *payload = shape_event(r, action);

	json_object_set_new(payload, "release", json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:b, s:b}",
	    "id", shape_same(json_object_get(r->root, "id")),
	    "tag_name", shape_text(payload_str(r->root, "tag")),
	    "name", shape_text(payload_str(r->root, "name")),
	    "body", shape_text(payload_str(r->root, "description")),
	    "html_url", shape_text(payload_str(r->root, "url")),
	    "draft", 0, "prerelease", 0));
	return payload;
}

/* GitHub tells of a new release three times. */
static int
read_release(struct reading *r, struct err *err)
{
	const char *action = payload_str(r->root, "action");

	(void)err;
	if (action != NULL && strcmp(action, "create") != 0) {
		reading_add(r, "release", NULL, release_payload(r,
		    strcmp(action, "delete") == 0 ? "deleted" : "edited"));
		return 0;
	}
	reading_add(r, "release", NULL, release_payload(r, "published"));
	reading_add_derived(r, "release", NULL, release_payload(r,
	    "created"));
	reading_add_derived(r, "release", NULL, release_payload(r,
	    "released"));
	return 0;
}

static int
read_wiki(struct reading *r, struct err *err)
{
	static const char *const actions[][2] = { { "create", "created" } };
	const json_t *o = json_object_get(r->root, "object_attributes");
	const char *title = payload_str(o, "title");
	json_t *payload = json_pack("{s:[{s:o, s:o, s:s, s:o}], s:O, s:O}",
	    "pages", "page_name", shape_text(title), "title",
	    shape_text(title), "action", word_for(actions,
	    ARRAY_LEN(actions), payload_str(o, "action")), "html_url",
	    shape_text(payload_str(o, "url")), "repository", r->repository,
	    "sender", r->sender);

	(void)err;
	reading_add(r, "gollum", NULL, payload);
	return 0;
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *kind;
	reading_fn *read;
} kinds[] = {
	{ "push", read_push },
	{ "tag_push", read_push },
	{ "merge_request", gitlab_merge_request },
	{ "note", read_note },
	{ "issue", read_issue },
	{ "release", read_release },
	{ "wiki_page", read_wiki },
};

int
gitlab_read(struct reading *r, struct err *err)
{
	const char *kind = payload_str(r->root, "object_kind");

	if (kind == NULL)
		kind = payload_str(r->root, "event_name");
	r->repository = gitlab_project(json_object_get(r->root, "project"));
	r->sender = sender(r->root);
	for (size_t i = 0; kind != NULL && i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].read(r, err);
	return reading_ignore(r, FORGE_OTHER, arena_printf(r->a,
	    "event \"%s\" (%.*s) starts no runs", r->event, FORGE_MAX_NAME,
	    kind != NULL ? kind : "of no kind"));
}
