/*
 * outside.c - what strangers may write of the github context: one table.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/outside.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

#define GITHUB "github."
#define GITHUB_LEN (sizeof(GITHUB) - 1)

/*
 * Rows of one level below github mark all that is in them. All of a payload
 * is outside: which of its texts a forge checks differs between forges.
 * Risky are those that GitHub names, of which lint warns; to warn of each
 * github.ref would be noise.
 */
static const struct {
	const char *path;
	bool risky;
} outside[] = {
	{ "github.event", false },
	{ "github.ref", false },
	{ "github.ref_name", true },
	{ "github.head_ref", true },
	{ "github.base_ref", true },
	{ "github.workflow_ref", false },
	{ "github.job_workflow_ref", false },
	{ "github.actor", false },
	{ "github.triggering_actor", false },
	{ "github.event.issue.title", true },
	{ "github.event.issue.body", true },
	{ "github.event.pull_request.title", true },
	{ "github.event.pull_request.body", true },
	{ "github.event.pull_request.head.ref", true },
	{ "github.event.pull_request.head.label", true },
	{ "github.event.pull_request.head.repo.default_branch", true },
	{ "github.event.comment.body", true },
	{ "github.event.review.body", true },
	{ "github.event.review_comment.body", true },
	{ "github.event.discussion.title", true },
	{ "github.event.discussion.body", true },
	{ "github.event.pages.*.page_name", true },
	{ "github.event.commits.*.message", true },
	{ "github.event.commits.*.author.email", true },
	{ "github.event.commits.*.author.name", true },
	{ "github.event.head_commit.message", true },
	{ "github.event.head_commit.author.email", true },
	{ "github.event.head_commit.author.name", true },
	{ "github.event.workflow_run.head_branch", true },
	{ "github.event.workflow_run.head_commit.message", true },
	{ "github.event.workflow_run.head_commit.author.email", true },
	{ "github.event.workflow_run.head_commit.author.name", true },
	{ "github.event.workflow_run.pull_requests.*.head.ref", true },
};

static bool
is_member(const char *path, struct expr_text name)
{
	const char *own = path + GITHUB_LEN;

	return strlen(own) == name.len &&
	    strncasecmp(own, name.s, name.len) == 0;
}

void
github_mark_outside(struct expr_object *github)
{
	for (size_t i = 0; i < github->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(outside); k++)
			if (is_member(outside[k].path,
			    github->members[i].name))
				expr_mark_outside(&github->members[i].value);
}

bool
outside_is_risky(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(outside); i++)
		if (outside[i].risky &&
		    strcasecmp(outside[i].path, path) == 0)
			return true;
	return false;
}

const char *
outside_risky_at(size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(outside); i++)
		if (outside[i].risky && n-- == 0)
			return outside[i].path;
	return NULL;
}
