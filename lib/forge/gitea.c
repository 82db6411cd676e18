/*
 * gitea.c - Gitea's and Forgejo's payloads: GitHub's, with some words of
 * their own. docs.gitea.com and forgejo.org/docs, "Webhooks".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

#include <string.h>

#include "lib/base/mem.h"

static const struct {
	const char *word, *name;
} events[] = {
	{ "pull_request_approved", "pull_request_review" },
	{ "pull_request_comment", "pull_request_review" },
	{ "pull_request_rejected", "pull_request_review" },
	{ "wiki", "gollum" },
};

static const struct {
	const char *name, *word, *action;
} actions[] = {
	{ "issues", "label_cleared", "unlabeled" },
	{ "issues", "label_updated", "labeled" },
	{ "pull_request", "label_cleared", "unlabeled" },
	{ "pull_request", "label_updated", "labeled" },
	{ "pull_request", "synchronized", "synchronize" },
	{ "pull_request_review", "reviewed", "submitted" },
	{ "release", "updated", "edited" },
};

/* In GitHub's words; the payload itself stays as it is. */
static const char *
action_of(const struct reading *r, const char *name)
{
	const char *word = payload_str(r->root, "action");

	for (size_t i = 0; word != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].name, name) == 0 &&
		    strcmp(actions[i].word, word) == 0)
			return actions[i].action;
	return NULL;
}

int
gitea_read(struct reading *r, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (strcmp(events[i].word, r->event) == 0)
			r->event = events[i].name;
	if (forge_event_kind(r->event) != FORGE_EVENT)
		return github_read(r, err);
	reading_add(r, r->event, action_of(r, r->event),
	    json_incref(r->root));
	return 0;
}
