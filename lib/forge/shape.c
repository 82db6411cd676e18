/*
 * shape.c - pieces of GitHub's payloads, for forges that send others.
 *
 * docs.github.com, "Webhook events and payloads". What a forge does not tell
 * is null, so that a workflow that asks for it finds it empty.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/forge/row.h"

json_t *
shape_text(const char *s)
{
	json_t *v = s != NULL ? json_string(s) : NULL;

	return v != NULL ? v : json_null();
}

json_t *
shape_same(const json_t *v)
{
	return v != NULL ? json_incref((json_t *)(uintptr_t)v) : json_null();
}

/* What stands before the last slash. */
static json_t *
owner_of(const char *full_name)
{
	const char *slash = strrchr(full_name, '/');

	return json_stringn(full_name,
	    slash != NULL ? (size_t)(slash - full_name) : 0);
}

json_t *
shape_repo(const struct shape_repo *repo)
{
	const char *slash;
	json_t *owner;

	if (repo->full_name == NULL)
		return json_null();
	slash = strrchr(repo->full_name, '/');
	owner = owner_of(repo->full_name);
	return json_pack("{s:o, s:o, s:o, s:{s:o, s:O}, s:o, s:o, s:o, s:o, "
	    "s:o}", "id", shape_same(repo->id),
	    "name", shape_text(slash != NULL ? slash + 1 : repo->full_name),
	    "full_name", shape_text(repo->full_name),
	    "owner", "login", owner, "name", owner,
	    "private", repo->is_private == -1 ? json_null() :
	    json_boolean(repo->is_private),
	    "html_url", shape_text(repo->html_url),
	    "clone_url", shape_text(repo->clone_url),
	    "ssh_url", shape_text(repo->ssh_url),
	    "default_branch", shape_text(repo->default_branch));
}

json_t *
shape_user(const json_t *id, const char *login, const char *name,
    const char *email)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "id", shape_same(id),
	    "login", shape_text(login), "name", shape_text(name), "email",
	    shape_text(email));
}

json_t *
shape_author(const char *name, const char *email, const char *login)
{
	return json_pack("{s:o, s:o, s:o}", "name", shape_text(name),
	    "email", shape_text(email), "username", shape_text(login));
}

json_t *
shape_event(const struct reading *r, const char *action)
{
	return json_pack("{s:s, s:O, s:O}", "action", action, "repository",
	    r->repository, "sender", r->sender);
}

json_t *
shape_side(const char *ref, const char *sha, json_t *repo)
{
	return json_pack("{s:o, s:o, s:o}", "ref", shape_text(ref), "sha",
	    shape_text(sha), "repo", repo);
}

static void
set_or_null(json_t *o, const char *name, json_t *value)
{
	json_object_set_new(o, name, value != NULL ? value : json_null());
}

json_t *
shape_pull(const struct shape_pull *p)
{
	json_t *o = json_pack("{s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:o}",
	    "number", shape_same(p->number), "state",
	    p->open ? "open" : "closed", "draft", p->draft, "merged",
	    p->merged, "title", shape_text(p->title), "body",
	    shape_text(p->body), "html_url", shape_text(p->html_url),
	    "merge_commit_sha", shape_text(p->merge_commit));

	if (p->user != NULL)
		json_object_set_new(o, "user", p->user);
	if (p->labels != NULL)
		json_object_set_new(o, "labels", p->labels);
	set_or_null(o, "head", p->head);
	set_or_null(o, "base", p->base);
	return o;
}

json_t *
shape_pull_event(const struct reading *r, const char *action,
    const json_t *number, json_t *pull)
{
	json_t *o = shape_event(r, action);

	json_object_set_new(o, "number", shape_same(number));
	json_object_set_new(o, "pull_request", pull);
	return o;
}

void
shape_review(struct reading *r, const char *state, json_t *payload)
{
	json_object_set_new(payload, "review", json_pack("{s:s, s:O}",
	    "state", state, "user", r->sender));
	reading_add(r, "pull_request_review", NULL, payload);
}

void
shape_comment(struct reading *r, const struct shape_comment *c)
{
	json_t *payload = shape_event(r, c->action);
	json_t *issue = json_pack("{s:o, s:o, s:o, s:o}", "number",
	    shape_same(c->number), "title", shape_text(c->title), "body",
	    shape_text(c->body), "html_url", shape_text(c->html_url));

	if (c->is_pull)
		json_object_set_new(issue, "pull_request", json_pack(
		    "{s:o}", "html_url", shape_text(c->html_url)));
	json_object_set_new(payload, "issue", issue);
	json_object_set_new(payload, "comment", json_pack(
	    "{s:o, s:o, s:o, s:O}", "id", shape_same(c->id), "body",
	    shape_text(c->text), "html_url", shape_text(c->comment_url),
	    "user", r->sender));
	reading_add(r, "issue_comment", NULL, payload);
}

const char *
shape_short_ref(const char *ref)
{
	static const char *const kinds[] = { "refs/heads/", "refs/tags/" };

	for (size_t i = 0; i < 2; i++)
		if (str_starts_with(ref, kinds[i]))
			return ref + strlen(kinds[i]);
	return ref;
}

const char *
shape_no_commit(const char *other)
{
	static const char zeros[] = "00000000000000000000000000000000"
	    "00000000000000000000000000000000";

	return other != NULL && strlen(other) == 64 ? zeros : zeros + 24;
}

/* GitHub has an event of its own for a branch or tag that came or went. */
static void
add_came_or_went(struct reading *r, const char *event, const char *ref)
{
	const char *name = shape_short_ref(ref);

	if (name == ref)
		return;
	reading_add_derived(r, event, NULL, json_pack(
	    "{s:o, s:s, s:O, s:O}", "ref", shape_text(name), "ref_type",
	    str_starts_with(ref, "refs/tags/") ? "tag" : "branch",
	    "repository", r->repository, "sender", r->sender));
}

void
shape_push(struct reading *r, const struct shape_push *p)
{
	bool created = forge_sha_is_zero(p->before);
	bool deleted = forge_sha_is_zero(p->after);

	reading_add(r, "push", NULL, json_pack("{s:o, s:o, s:o, s:b, s:b, "
	    "s:b, s:o, s:o, s:O, s:O, s:O}", "ref", shape_text(p->ref),
	    "before", shape_text(p->before), "after", shape_text(p->after),
	    "created", created, "deleted", deleted, "forced", p->forced,
	    "commits", p->commits != NULL ? p->commits : json_array(),
	    "head_commit", p->head != NULL ? p->head : json_null(),
	    "repository", r->repository, "sender", r->sender,
	    "pusher", r->sender));
	if (created != deleted)
		add_came_or_went(r, created ? "create" : "delete", p->ref);
}
