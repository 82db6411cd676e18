/*
 * status.c - the table of what forges are told, and the request of a status.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/status.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/forge/status_row.h"

#define GITHUB_PATH "/repos/{owner}/{name}/statuses/{sha}"
#define JSON "application/json"

/* A skipped workflow is told as success, with words, where the forge has none
 * for it: a check that is required would wait for ever. */
static const struct status_row rows[] = {
	{ "github", "github.com", "https://api.github.com", "/api/v3", NULL,
	    "Authorization: Bearer %s", "application/vnd.github+json",
	    { "X-GitHub-Api-Version", "2022-11-28" }, GITHUB_PATH, 140,
	    status_body_github,
	    { "pending", "pending", "success", "failure", "error", "error",
		"success" } },
	{ "gitlab", "gitlab.com", "https://gitlab.com/api/v4", "/api/v4",
	    NULL, "PRIVATE-TOKEN: %s", JSON, { NULL, NULL },
	    "/projects/{project}/statuses/{sha}", 255, status_body_gitlab,
	    { "pending", "running", "success", "failed", "failed", "canceled",
		"skipped" } },
	{ "gitea", "gitea.com", "https://gitea.com/api/v1", "/api/v1", NULL,
	    "Authorization: token %s", JSON, { NULL, NULL }, GITHUB_PATH, 255,
	    status_body_github,
	    { "pending", "pending", "success", "failure", "error", "error",
		"success" } },
	{ "forgejo", "codeberg.org", "https://codeberg.org/api/v1", "/api/v1",
	    NULL, "Authorization: token %s", JSON, { NULL, NULL },
	    GITHUB_PATH, 255, status_body_github,
	    { "pending", "pending", "success", "failure", "error", "error",
		"success" } },
	{ "bitbucket", "bitbucket.org", "https://api.bitbucket.org/2.0",
	    "/2.0", NULL, NULL, JSON, { NULL, NULL },
	    "/repositories/{owner}/{name}/commit/{sha}/statuses/build", 255,
	    status_body_cloud,
	    { "INPROGRESS", "INPROGRESS", "SUCCESSFUL", "FAILED", "FAILED",
		"STOPPED", "SUCCESSFUL" } },
	{ "bitbucket-dc", NULL, NULL, "/rest", "/scm", NULL, JSON,
	    { NULL, NULL },
	    "/api/latest/projects/{owner}/repos/{name}/commits/{sha}/builds",
	    255, status_body_server,
	    { "INPROGRESS", "INPROGRESS", "SUCCESSFUL", "FAILED", "FAILED",
		"CANCELLED", "SUCCESSFUL" } },
};

/* Bitbucket at any host but its own is Data Center. */
const struct status_row *
status_row_find(const char *forge, const char *host)
{
	const char *name = forge;

	if (strcmp(forge, "bitbucket") == 0 && host != NULL &&
	    strcmp(host, "bitbucket.org") != 0 &&
	    strcmp(host, "api.bitbucket.org") != 0)
		name = "bitbucket-dc";
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].forge, name) == 0)
			return &rows[i];
	return NULL;
}

bool
forge_has_statuses(const char *forge)
{
	return status_row_find(forge, NULL) != NULL;
}

const char *
forge_state_word(const struct forge_api *api, enum forge_state state)
{
	return api->row->words[state];
}

/* Cut between characters, with "..." at the end. */
static const char *
cut(const char *text, size_t max, struct arena *a)
{
	size_t n = 0, i = 0, keep = 0;

	while (text[i] != '\0') {
		if (n == max)
			return arena_printf(a, "%.*s...", (int)keep, text);
		if (n == max - 3)
			keep = i;
		i++;
		while (((unsigned char)text[i] & 0xc0) == 0x80)
			i++;
		n++;
	}
	return text;
}

void
forge_status_request(const struct forge_api *api, const char *token,
    const struct forge_status *s, struct arena *a, struct outgoing *out)
{
	const char *const more[] = { "sha", s->sha, NULL };
	struct str url = STR_INIT;
	json_t *body;
	char *text;

	memset(out, 0, sizeof(*out));
	str_add(&url, api->base);
	api_path(api, api->row->path, more, &url);
	body = api->row->body(api->row, s, cut(s->description,
	    api->row->description_max, a));
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	out->method = "POST";
	out->url = arena_strdup(a, url.s);
	out->host = api->host;
	out->body = arena_strdup(a, text != NULL ? text : "{}");
	api_headers(api, token, a, out);
	free(text);
	str_release(&url);
}

/* gitlab-foss#25807: posting the same state was a 400 for years. */
bool
forge_status_known(const struct forge_api *api, long status,
    const char *body)
{
	return strcmp(api->row->forge, "gitlab") == 0 && status == 400 &&
	    strstr(body, "Cannot transition status") != NULL;
}

static_assert(ARRAY_LEN(rows[0].words) == FORGE_STATE_SKIPPED + 1,
    "a word for each state");
