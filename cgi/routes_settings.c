/*
 * routes_settings.c - the routes of what administrators of a repository set.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/settings.h"

#define OWNER "api/v1/owners/{owner}"

static const struct field_doc value_fields[] = {
	{ "value", "text", "1 byte to 48 KiB; it never comes out again", 0,
	    49152 },
	{ "environment?", "text", "only for jobs with this one" },
	{ 0 },
};

static const struct field_doc environment_arg[] = {
	{ "environment?", "text", "that of this environment" },
	{ 0 },
};

static const struct route routes[] = {
	/* The address is fetched with the server's own rights: who names it
	 * must have them all. */
	{ METHOD_POST, "api/v1/repos", ACCESS_ADMIN, BODY_FIELDS,
	    api_repo_add, DOC("Register a repository, as an administrator of "
	    "everything", .fields = FIELDS({ "owner", "text" },
		{ "name", "text" }, { "clone_url", "text" },
		{ "forge", "text" },
		{ "default_branch?", "text", "else main" },
		{ "visibility?", "public|private",
		    "else as the configuration says" }),
	    .status = 201, .gives = "Repo",
	    .errors = { { 409, "there is one of this name" } }) },
	{ METHOD_PATCH, REPO, ACCESS_ADMIN, BODY_FIELDS, api_repo_change,
	    DOC("Change who may read a repository, and what forks may",
	    .fields = FIELDS({ "visibility?", "public|private" },
		{ "badges?", "public|private", "of a private one" },
		{ "fork_pull_requests?", "text",
		    "no, approve, yes, or default" }), .gives = "Repo") },
	{ METHOD_DELETE, REPO, ACCESS_ADMIN, 0, api_repo_remove,
	    DOC("Remove a repository with its runs and files",
	    .gives = "RemovedRepo",
	    .errors = { { 409, "jobs of it are running" } }) },
	{ METHOD_GET, REPO "/secrets", ACCESS_ADMIN, 0, api_secrets,
	    DOC("The names of a repository's secrets",
	    .gives = "Secrets") },
	{ METHOD_PUT, REPO "/secrets/{secret}", ACCESS_ADMIN, BODY_FIELDS,
	    api_secret_set, DOC("Set a secret", .fields = value_fields,
	    .gives = "Secrets") },
	{ METHOD_DELETE, REPO "/secrets/{secret}", ACCESS_ADMIN, 0,
	    api_secret_delete, DOC("Remove a secret",
	    .args = environment_arg, .gives = "Secrets") },
	{ METHOD_GET, OWNER "/secrets", ACCESS_ADMIN, 0, api_secrets,
	    DOC("Those of an owner, for all repositories",
	    .gives = "Secrets") },
	{ METHOD_PUT, OWNER "/secrets/{secret}", ACCESS_ADMIN, BODY_FIELDS,
	    api_secret_set, DOC("Set one", .fields = value_fields,
	    .gives = "Secrets") },
	{ METHOD_DELETE, OWNER "/secrets/{secret}", ACCESS_ADMIN, 0,
	    api_secret_delete, DOC("Remove one", .args = environment_arg,
	    .gives = "Secrets") },
};

static const struct schema_doc schemas[] = {
	{ "Secret", NULL, NULL, FIELDS(
	    { "name", "text" },
	    { "scope", "text", "OWNER/NAME, or an environment of it" },
	    { "updated_at", "time" },
	    { "read_at", "time?", "when a job was given it last" }) },
	{ "RemovedRepo", NULL, NULL, FIELDS({ "removed", "text" }) },
	{ "Secrets", NULL, NULL, FIELDS({ "secrets", "[Secret]" }) },
};

const struct resource resource_settings = RESOURCE("settings",
    "What administrators of a repository set: who may read it, secrets.");
