/*
 * routes_repos.c - the routes of repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/repos", ACCESS_OPEN, 0, api_repos,
	    DOC("All repositories, by name", .gives = "Repos") },
	{ METHOD_GET, REPO, ACCESS_OPEN, 0, api_repo,
	    DOC("One repository", .gives = "Repo") },
};

static const struct schema_doc schemas[] = {
	{ "Repo", NULL, NULL, FIELDS(
	    { "owner", "text" },
	    { "name", "text" },
	    { "forge", "text" },
	    { "clone_url", "text" },
	    { "default_branch", "text?" },
	    { "has_hook_secret", "flag" },
	    { "visibility", "public|private" },
	    { "created_at", "time" },
	    { "hook_url", "text", "where its forge sends webhooks" },
	    { "url", "text" }) },
	{ "Repos", NULL, NULL, FIELDS({ "repos", "[Repo]" }) },
};

const struct resource resource_repos = RESOURCE("repos", "Repositories.");
