/*
 * bitbucket.c - Bitbucket Cloud's payloads: support.atlassian.com, "Event
 * payloads".
 *
 * One push may tell of several branches and tags. A pull request has only the
 * beginnings of its commits' names, no ref of its own, and does not tell
 * whether an update brought commits.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/row.h"

static json_t *
repository(const struct reading *r, const json_t *repo)
{
	static const char scheme[] = "https://";
	const char *page = payload_str(repo, "links.html.href");
	const char *name = payload_str(repo, "full_name");
	const json_t *is_private = json_object_get(repo, "is_private");
	struct shape_repo s = { .id = json_object_get(repo, "uuid"),
		.full_name = name, .html_url = page,
		.default_branch = payload_str(repo, "mainbranch.name"),
		.is_private = is_private == NULL ? -1 :
		    json_is_true(is_private) };

	if (page != NULL && name != NULL && str_starts_with(page, scheme)) {
		const char *host = page + strlen(scheme);

		s.clone_url = arena_printf(r->a, "%s.git", page);
		s.ssh_url = arena_printf(r->a, "git@%.*s:%s.git",
		    (int)strcspn(host, "/"), host, name);
	}
	return shape_repo(&s);
}

static const char *
login(const json_t *user)
{
	const char *s = payload_str(user, "username");

	if (s == NULL)
		s = payload_str(user, "nickname");
	return s != NULL ? s : payload_str(user, "display_name");
}

static json_t *
account(const json_t *user)
{
	return shape_user(json_object_get(user, "uuid"), login(user),
	    payload_str(user, "display_name"), NULL);
}

/* --- pushes --------------------------------------------------------------- */

/* "Name <mail>" in two. */
static json_t *
author(const struct reading *r, const json_t *a)
{
	const char *raw = payload_str(a, "raw");
	const char *less = raw != NULL ? strrchr(raw, '<') : NULL;
	size_t len;

	if (less == NULL)
		return shape_author(raw, NULL, login(json_object_get(a,
		    "user")));
	len = (size_t)(less - raw);
	while (len > 0 && raw[len - 1] == ' ')
		len--;
	return shape_author(arena_strndup(r->a, raw, len),
	    arena_strndup(r->a, less + 1, strcspn(less + 1, ">")),
	    login(json_object_get(a, "user")));
}

static json_t *
commit(const struct reading *r, const json_t *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}",
	    "id", shape_text(payload_str(c, "hash")),
	    "message", shape_text(payload_str(c, "message")),
	    "timestamp", shape_text(payload_str(c, "date")),
	    "url", shape_text(payload_str(c, "links.html.href")),
	    "author", author(r, json_object_get(c, "author")));
}

/* Five at most, newest first; GitHub has the oldest first. */
static json_t *
commits(const struct reading *r, const json_t *list)
{
	json_t *out = json_array();

	for (size_t i = json_array_size(list); i > 0; i--)
		json_array_append_new(out, commit(r, json_array_get(list,
		    i - 1)));
	return out;
}

static void
add_push(struct reading *r, const json_t *change)
{
	const json_t *from = json_object_get(change, "old");
	const json_t *to = json_object_get(change, "new");
	const json_t *either = json_is_object(to) ? to : from;
	const char *type = payload_str(either, "type");
	const char *name = payload_str(either, "name");
	const char *before = payload_str(from, "target.hash");
	const char *after = payload_str(to, "target.hash");
	struct shape_push push = { .before = before, .after = after,
		.forced = json_is_true(json_object_get(change, "forced")) };

	if (name == NULL || (before == NULL && after == NULL))
		return;
	push.ref = arena_printf(r->a, "refs/%s/%s", type != NULL &&
	    strcmp(type, "tag") == 0 ? "tags" : "heads", name);
	if (before == NULL)
		push.before = shape_no_commit(after);
	if (after == NULL)
		push.after = shape_no_commit(before);
	else
		push.head = commit(r, json_object_get(to, "target"));
	push.commits = commits(r, json_object_get(change, "commits"));
	shape_push(r, &push);
}

static int
read_push(struct reading *r, const char *action, struct err *err)
{
	const json_t *changes = payload_at(r->root, "push.changes"), *change;
	size_t i;

	(void)action;
	(void)err;
	json_array_foreach(changes, i, change)
		add_push(r, change);
	return json_array_size(r->list) > 0 ? 0 : reading_ignore(r,
	    FORGE_OTHER, "the push changes nothing");
}

/* --- pull requests -------------------------------------------------------- */

static json_t *
side(const struct reading *r, const json_t *s)
{
	return shape_side(payload_str(s, "branch.name"),
	    payload_str(s, "commit.hash"),
	    repository(r, json_object_get(s, "repository")));
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
		.html_url = payload_str(p, "links.html.href"),
		.merge_commit = payload_str(p, "merge_commit.hash"),
		.user = account(json_object_get(p, "author")),
		.head = side(r, json_object_get(p, "source")),
		.base = side(r, json_object_get(p, "destination")) };

	return shape_pull(&s);
}

static json_t *
payload(const struct reading *r, const char *action)
{
	const json_t *p = json_object_get(r->root, "pullrequest");

	return shape_pull_event(r, action, json_object_get(p, "id"),
	    pull(r, p));
}

static int
read_pull(struct reading *r, const char *action, struct err *err)
{
	(void)err;
	reading_add(r, "pull_request", NULL, payload(r, action));
	return 0;
}

static int
read_review(struct reading *r, const char *state, struct err *err)
{
	(void)err;
	shape_review(r, state, payload(r, strcmp(state, "dismissed") == 0 ?
	    state : "submitted"));
	return 0;
}

static int
read_comment(struct reading *r, const char *action, struct err *err)
{
	const json_t *p = json_object_get(r->root, "pullrequest");
	const json_t *on = p != NULL ? p : json_object_get(r->root, "issue");
	const json_t *comment = json_object_get(r->root, "comment");
	const struct shape_comment c = { .action = action,
		.is_pull = p != NULL, .number = json_object_get(on, "id"),
		.title = payload_str(on, "title"),
		.body = payload_str(on, p != NULL ? "description" :
		    "content.raw"),
		.html_url = payload_str(on, "links.html.href"),
		.id = json_object_get(comment, "id"),
		.text = payload_str(comment, "content.raw"),
		.comment_url = payload_str(comment, "links.html.href") };

	(void)err;
	shape_comment(r, &c);
	return 0;
}

static int
read_issue(struct reading *r, const char *action, struct err *err)
{
	const json_t *issue = json_object_get(r->root, "issue");
	json_t *o = shape_event(r, action);

	(void)err;
	json_object_set_new(o, "issue", json_pack("{s:o, s:o, s:o, s:o}",
	    "number", shape_same(json_object_get(issue, "id")),
	    "title", shape_text(payload_str(issue, "title")),
	    "body", shape_text(payload_str(issue, "content.raw")),
	    "html_url", shape_text(payload_str(issue, "links.html.href"))));
	reading_add(r, "issues", NULL, o);
	return 0;
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *key;
	int (*read)(struct reading *r, const char *action, struct err *err);
	const char *action;
} keys[] = {
	{ "repo:push", read_push, NULL },
	{ "pullrequest:created", read_pull, "opened" },
	{ "pullrequest:updated", read_pull, "synchronize" },
	{ "pullrequest:fulfilled", read_pull, "closed" },
	{ "pullrequest:rejected", read_pull, "closed" },
	{ "pullrequest:approved", read_review, "approved" },
	{ "pullrequest:unapproved", read_review, "dismissed" },
	{ "pullrequest:changes_request_created", read_review,
	    "changes_requested" },
	{ "pullrequest:changes_request_removed", read_review, "dismissed" },
	{ "pullrequest:comment_created", read_comment, "created" },
	{ "pullrequest:comment_updated", read_comment, "edited" },
	{ "pullrequest:comment_deleted", read_comment, "deleted" },
	{ "issue:created", read_issue, "opened" },
	{ "issue:updated", read_issue, "edited" },
	{ "issue:comment_created", read_comment, "created" },
};

int
bitbucket_read(struct reading *r, struct err *err)
{
	r->repository = repository(r, json_object_get(r->root,
	    "repository"));
	r->sender = account(json_object_get(r->root, "actor"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].key, r->event) == 0)
			return keys[i].read(r, keys[i].action, err);
	return reading_ignore(r, FORGE_OTHER, arena_printf(r->a,
	    "event \"%s\" starts no runs", r->event));
}
