/*
 * event.c - events in the words of GitHub, which workflows are written in.
 *
 * docs.github.com, "Events that trigger workflows" and "Webhook events and
 * payloads"; docs.gitea.com, "Webhooks". What is not here starts nothing:
 * among it is all that tells of runs and of their states, which would answer
 * to itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/forge.h"

#include <string.h>

#include "lib/base/mem.h"

static const struct {
	const char *word, *name;
	enum forge_event kind;
} events[] = {
	{ "push", "push", FORGE_PUSH },
	{ "ping", "ping", FORGE_PING },
	{ "branch_protection_rule", "branch_protection_rule", FORGE_EVENT },
	{ "create", "create", FORGE_EVENT },
	{ "delete", "delete", FORGE_EVENT },
	{ "discussion", "discussion", FORGE_EVENT },
	{ "discussion_comment", "discussion_comment", FORGE_EVENT },
	{ "fork", "fork", FORGE_EVENT },
	{ "gollum", "gollum", FORGE_EVENT },
	{ "issue_comment", "issue_comment", FORGE_EVENT },
	{ "issues", "issues", FORGE_EVENT },
	{ "label", "label", FORGE_EVENT },
	{ "milestone", "milestone", FORGE_EVENT },
	{ "public", "public", FORGE_EVENT },
	{ "pull_request", "pull_request", FORGE_EVENT },
	{ "pull_request_review", "pull_request_review", FORGE_EVENT },
	/* Nobody sends it: it is planned with a pull_request. */
	{ "pull_request_target", "pull_request_target", FORGE_EVENT },
	{ "pull_request_review_comment", "pull_request_review_comment",
	    FORGE_EVENT },
	{ "release", "release", FORGE_EVENT },
	{ "repository_dispatch", "repository_dispatch", FORGE_EVENT },
	{ "watch", "watch", FORGE_EVENT },
	{ "workflow_dispatch", "workflow_dispatch", FORGE_EVENT },
	/* Gitea and Forgejo. */
	{ "pull_request_approved", "pull_request_review", FORGE_EVENT },
	{ "pull_request_comment", "pull_request_review", FORGE_EVENT },
	{ "pull_request_rejected", "pull_request_review", FORGE_EVENT },
	{ "wiki", "gollum", FORGE_EVENT },
};

/* Types that Gitea and Forgejo name otherwise. */
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

enum forge_event
forge_event_kind(const struct forge *f, const char *word)
{
	(void)f; /* they share their words; others will bring their own */
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (strcmp(events[i].word, word) == 0)
			return events[i].kind;
	return FORGE_OTHER;
}

const char *
forge_event_name(const struct forge *f, const char *word)
{
	(void)f;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (strcmp(events[i].word, word) == 0)
			return events[i].name;
	return word;
}

const char *
forge_event_action(const struct forge *f, const char *name,
    const char *action)
{
	(void)f;
	for (size_t i = 0; action != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].name, name) == 0 &&
		    strcmp(actions[i].word, action) == 0)
			return actions[i].action;
	return action;
}
