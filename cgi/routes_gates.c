/*
 * routes_gates.c - the routes of what waits for people, and of environments,
 * whose rules say for whom.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/approve.h"

#define ENVIRONMENT REPO "/environments/{environment}"

static const struct field_doc vote_fields[] = {
	{ "comment?", "text" },
	{ "commit?", "text", "of a run from a fork: the one that was looked "
	    "at; 409 unless that one waits", 0, 64 },
	{ "force?", "flag", "although others are to decide; only by the "
	    "command line on the server itself" },
	{ 0 },
};

#define VOTE_ERRORS { { 403, "somebody else must decide; says who" }, \
	{ 409, "nothing waits here, or somebody was faster" } }

static const struct field_doc rules_fields[] = {
	{ "reviewers?", "[text]" },
	{ "refs?", "[text]", "branch:PATTERN, tag:PATTERN, ref:PATTERN" },
	{ "wait?", "text", "such as 10m", 0, 32 },
	{ "self_review?", "flag", "else true" },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/approvals", ACCESS_OPEN, 0, api_approvals,
	    DOC("What waits for an approval or a time, the oldest first, 100 "
	    "at most", .args = FIELDS(AFTER_ARG), .gives = "Gates") },
	{ METHOD_GET, REPO "/approvals", ACCESS_OPEN, 0, api_approvals,
	    DOC("What waits in one repository", .args = FIELDS(AFTER_ARG),
	    .gives = "Gates") },
	{ METHOD_POST, RUN "/approve", ACCESS_WRITER, BODY_FIELDS,
	    api_approve, DOC("Let go on what waits: the run, or its only "
	    "waiting job", .fields = vote_fields, .status = 202,
	    .gives = "Run", .errors = VOTE_ERRORS) },
	{ METHOD_POST, RUN "/reject", ACCESS_WRITER, BODY_FIELDS,
	    api_reject, DOC("End it instead", .fields = vote_fields,
	    .status = 202, .gives = "Run", .errors = VOTE_ERRORS) },
	{ METHOD_POST, RUN "/jobs/{job}/approve", ACCESS_WRITER, BODY_FIELDS,
	    api_approve, DOC("Let one job go on", .fields = vote_fields,
	    .status = 202, .gives = "Run", .errors = VOTE_ERRORS) },
	{ METHOD_POST, RUN "/jobs/{job}/reject", ACCESS_WRITER, BODY_FIELDS,
	    api_reject, DOC("End it instead", .fields = vote_fields,
	    .status = 202, .gives = "Run", .errors = VOTE_ERRORS) },
	{ METHOD_GET, REPO "/environments", ACCESS_OPEN, 0,
	    api_environments, DOC("The rules of a repository's environments",
	    .gives = "Environments") },
	{ METHOD_GET, ENVIRONMENT, ACCESS_OPEN, 0, api_environment,
	    DOC("The rules of one", .gives = "Environment") },
	{ METHOD_PUT, ENVIRONMENT, ACCESS_ADMIN, BODY_FIELDS,
	    api_environment_set, DOC("Set all rules of an environment",
	    .fields = rules_fields, .gives = "Environments") },
	{ METHOD_DELETE, ENVIRONMENT, ACCESS_ADMIN, BODY_FIELDS,
	    api_environment_remove, DOC("Remove the rules of an environment",
	    .gives = "Environments") },
};

static const struct field_doc gate_fields[] = {
	{ "id", "integer" },
	{ "repository", "text", "OWNER/NAME" },
	{ "run", "integer", "its number" },
	{ "job", "text?", "null: the run itself" },
	{ "kind", "environment|timer|step|fork" },
	{ "name", "text?" },
	{ "reason", "text?" },
	{ "reviewers", "[text]?" },
	{ "may_approve", "text", "who, in words" },
	{ "self_review", "flag" },
	{ "state", "open|approved|rejected|passed|expired|withdrawn" },
	{ "decided_by", "text?" },
	{ "comment", "text?" },
	{ "due_at", "time?" },
	{ "decided_at", "time?" },
	{ "created_at", "time?" },
	{ 0 },
};

static const struct schema_doc schemas[] = {
	{ "Gate", "What a run or a job waits for, or has waited for.", NULL,
	    gate_fields },
	{ "Gates", NULL, NULL, FIELDS({ "approvals", "[Gate]" }) },
	{ "Environment", NULL, NULL, FIELDS(
	    { "name", "text" },
	    { "reviewers", "[text]" },
	    { "wait_ms", "integer" },
	    { "refs", "[text]" },
	    { "self_review", "flag" },
	    { "updated_at", "time?" }) },
	{ "Environments", NULL, NULL,
	    FIELDS({ "environments", "[Environment]" }) },
};

const struct resource resource_gates = RESOURCE("approvals",
    "What waits for people, and environments.");
