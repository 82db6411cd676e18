/*
 * gitlab_merge.c - GitLab's merge requests as pull requests.
 *
 * docs.gitlab.com, "Webhook events", merge request events. One "update" may
 * be several things at once: each is an event, as it is at GitHub.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/gitlab.h"

static json_t *
labels(const json_t *list)
{
	json_t *out = json_array();
	const json_t *label;
	size_t i;

	json_array_foreach(list, i, label)
		json_array_append_new(out, json_pack("{s:o}", "name",
		    shape_text(payload_str(label, "title"))));
	return out;
}

static bool
is_draft(const json_t *mr)
{
	return json_is_true(json_object_get(mr, "draft")) ||
	    json_is_true(json_object_get(mr, "work_in_progress"));
}

/* The base's commit is not told: it is where the branch is now. */
static json_t *
pull(const struct reading *r, const json_t *mr)
{
	const char *state = payload_str(mr, "state");
	const struct shape_pull s = { .number = json_object_get(mr, "iid"),
		.open = str_equal(state, "opened"),
		.merged = str_equal(state, "merged"), .draft = is_draft(mr),
		.title = payload_str(mr, "title"),
		.body = payload_str(mr, "description"),
		.html_url = payload_str(mr, "url"),
		.merge_commit = payload_str(mr, "merge_commit_sha"),
		.labels = labels(json_object_get(r->root, "labels")),
		.head = shape_side(payload_str(mr, "source_branch"),
		    payload_str(mr, "last_commit.id"),
		    gitlab_project(json_object_get(mr, "source"))),
		.base = shape_side(payload_str(mr, "target_branch"), NULL,
		    gitlab_project(json_object_get(mr, "target"))) };

	return shape_pull(&s);
}

static json_t *
payload(const struct reading *r, const char *action)
{
	const json_t *mr = json_object_get(r->root, "object_attributes");

	return shape_pull_event(r, action, json_object_get(mr, "iid"),
	    pull(r, mr));
}

static void
add(struct reading *r, const char *action)
{
	reading_add(r, "pull_request", NULL, payload(r, action));
}

/* --- updates -------------------------------------------------------------- */

static void
add_synchronize(struct reading *r, const json_t *mr)
{
	json_t *o = payload(r, "synchronize");

	json_object_set_new(o, "before",
	    shape_same(json_object_get(mr, "oldrev")));
	json_object_set_new(o, "after",
	    shape_text(payload_str(mr, "last_commit.id")));
	reading_add(r, "pull_request", NULL, o);
}

static bool
has_label(const json_t *list, const char *title)
{
	const json_t *label;
	size_t i;

	json_array_foreach(list, i, label) {
		const char *s = payload_str(label, "title");

		if (s != NULL && strcmp(s, title) == 0)
			return true;
	}
	return false;
}

/* Labels of one list that are not in the other. */
static void
add_labels(struct reading *r, const json_t *some, const json_t *others,
    const char *action)
{
	const json_t *label;
	size_t i;

	json_array_foreach(some, i, label) {
		const char *title = payload_str(label, "title");
		json_t *o;

		if (title == NULL || has_label(others, title))
			continue;
		if (json_array_size(r->list) > FORGE_MAX_CHANGES)
			return;
		o = payload(r, action);
		json_object_set_new(o, "label", json_pack("{s:o}", "name",
		    shape_text(title)));
		reading_add(r, "pull_request", NULL, o);
	}
}

static void
add_draft(struct reading *r, const json_t *change)
{
	add(r, json_is_true(json_object_get(change, "current")) ?
	    "converted_to_draft" : "ready_for_review");
}

/* What "changes" may name, and what it is called at GitHub; one of each. */
static const struct {
	const char *key, *action;
} updates[] = {
	{ "title", "edited" },
	{ "description", "edited" },
	{ "target_branch", "edited" },
	{ "assignees", "assigned" },
	{ "reviewers", "review_requested" },
	{ "milestone_id", "milestoned" },
};

static void
add_update(struct reading *r, const json_t *mr)
{
	const json_t *changes = json_object_get(r->root, "changes"), *v;
	const char *last = "";

	if (payload_str(mr, "oldrev") != NULL)
		add_synchronize(r, mr);
	v = json_object_get(changes, "labels");
	add_labels(r, json_object_get(v, "current"),
	    json_object_get(v, "previous"), "labeled");
	add_labels(r, json_object_get(v, "previous"),
	    json_object_get(v, "current"), "unlabeled");
	v = json_object_get(changes, "draft");
	if (v == NULL)
		v = json_object_get(changes, "work_in_progress");
	if (v != NULL)
		add_draft(r, v);
	for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
		if (json_object_get(changes, updates[i].key) == NULL ||
		    strcmp(updates[i].action, last) == 0)
			continue;
		last = updates[i].action;
		add(r, last);
	}
	if (json_array_size(r->list) == 0)
		add(r, "edited");
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *word, *action, *review;
} actions[] = {
	{ "open", "opened", NULL },
	{ "reopen", "reopened", NULL },
	{ "close", "closed", NULL },
	{ "merge", "closed", NULL },
	{ "approved", "submitted", "approved" },
	{ "approval", "submitted", "approved" },
	{ "unapproved", "dismissed", "dismissed" },
	{ "unapproval", "dismissed", "dismissed" },
};

int
gitlab_merge_request(struct reading *r, struct err *err)
{
	const json_t *mr = json_object_get(r->root, "object_attributes");
	const char *action = payload_str(mr, "action");

	(void)err;
	if (payload_at(mr, "last_commit") == NULL ||
	    json_is_null(payload_at(mr, "last_commit")))
		return reading_ignore(r, FORGE_OTHER,
		    "the merge request has no commit");
	for (size_t i = 0; action != NULL && i < ARRAY_LEN(actions); i++) {
		if (strcmp(actions[i].word, action) != 0)
			continue;
		if (actions[i].review != NULL)
			shape_review(r, actions[i].review, payload(r,
			    actions[i].action));
		else
			add(r, actions[i].action);
		return 0;
	}
	add_update(r, mr);
	return 0;
}
