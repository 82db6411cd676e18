/*
 * event.c - events in the words of GitHub, which workflows are written in.
 *
 * docs.github.com, "Events that trigger workflows" and "Webhook events and
 * payloads". What is not here starts nothing: among it is all that tells of
 * runs and of their states, which would answer to itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/forge.h"

#include <string.h>

#include "lib/base/mem.h"

static const struct {
	const char *name;
	enum forge_event kind;
} events[] = {
	{ "push", FORGE_PUSH },
	{ "ping", FORGE_PING },
	{ "branch_protection_rule", FORGE_EVENT },
	{ "create", FORGE_EVENT },
	{ "delete", FORGE_EVENT },
	{ "discussion", FORGE_EVENT },
	{ "discussion_comment", FORGE_EVENT },
	{ "fork", FORGE_EVENT },
	{ "gollum", FORGE_EVENT },
	{ "issue_comment", FORGE_EVENT },
	{ "issues", FORGE_EVENT },
	{ "label", FORGE_EVENT },
	{ "milestone", FORGE_EVENT },
	{ "public", FORGE_EVENT },
	{ "pull_request", FORGE_EVENT },
	{ "pull_request_review", FORGE_EVENT },
	{ "pull_request_review_comment", FORGE_EVENT },
	/* Nobody sends it: it is planned with a pull_request. */
	{ "pull_request_target", FORGE_EVENT },
	{ "release", FORGE_EVENT },
	{ "repository_dispatch", FORGE_EVENT },
	{ "watch", FORGE_EVENT },
	{ "workflow_dispatch", FORGE_EVENT },
};

enum forge_event
forge_event_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (strcmp(events[i].name, name) == 0)
			return events[i].kind;
	return FORGE_OTHER;
}
