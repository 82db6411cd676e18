/*
 * comment.c - the one comment of a pull request.
 *
 * Data Center is not among the forges here: its comments can only be listed
 * with everything else that happened, and edited by their version.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/comment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/forge/row.h"
#include "lib/forge/status_row.h"

#define HTML_MARK "<!-- pawl: problems of pipeline files -->"
/* Bitbucket shows HTML as text, but not the definition of a link. */
#define LINK_MARK "[//]: # (pawl: problems of pipeline files)"

static const struct comment_row {
	const char *forge;
	const char *mark;
	const char *list, *make, *edit;
	const char *edit_method;
	const char *items;     /* member of the list; NULL: it is the list */
	const char *outer;     /* of the text; NULL: none */
	const char *text;
} rows[] = {
	{ "github", HTML_MARK,
	    "/repos/{owner}/{name}/issues/{pull}/comments?per_page=100",
	    "/repos/{owner}/{name}/issues/{pull}/comments",
	    "/repos/{owner}/{name}/issues/comments/{id}", "PATCH",
	    NULL, NULL, "body" },
	{ "gitea", HTML_MARK,
	    "/repos/{owner}/{name}/issues/{pull}/comments",
	    "/repos/{owner}/{name}/issues/{pull}/comments",
	    "/repos/{owner}/{name}/issues/comments/{id}", "PATCH",
	    NULL, NULL, "body" },
	{ "forgejo", HTML_MARK,
	    "/repos/{owner}/{name}/issues/{pull}/comments",
	    "/repos/{owner}/{name}/issues/{pull}/comments",
	    "/repos/{owner}/{name}/issues/comments/{id}", "PATCH",
	    NULL, NULL, "body" },
	{ "gitlab", HTML_MARK,
	    "/projects/{project}/merge_requests/{pull}/notes?per_page=100&"
	    "sort=asc&order_by=created_at",
	    "/projects/{project}/merge_requests/{pull}/notes",
	    "/projects/{project}/merge_requests/{pull}/notes/{id}", "PUT",
	    NULL, NULL, "body" },
	{ "bitbucket", LINK_MARK,
	    "/repositories/{owner}/{name}/pullrequests/{pull}/comments?"
	    "pagelen=100",
	    "/repositories/{owner}/{name}/pullrequests/{pull}/comments",
	    "/repositories/{owner}/{name}/pullrequests/{pull}/comments/{id}",
	    "PUT", "values", "content", "raw" },
};

static const struct comment_row *
row_of(const struct forge_api *api)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].forge, api->row->forge) == 0)
			return &rows[i];
	return NULL;
}

bool
forge_has_comments(const struct forge_api *api)
{
	return row_of(api) != NULL;
}

const char *
forge_comment_mark(const struct forge_api *api)
{
	return row_of(api)->mark;
}

static const char *
url_of(const struct forge_api *api, const char *path, int64_t pull,
    const char *id, struct arena *a)
{
	const char *const more[] = { "pull", arena_printf(a, "%" PRId64,
	    pull), "id", id != NULL ? id : "", NULL };
	struct str url = STR_INIT;
	const char *text;

	str_add(&url, api->base);
	api_path(api, path, more, &url);
	text = arena_strdup(a, url.s);
	str_release(&url);
	return text;
}

void
forge_comment_list(const struct forge_api *api, const char *token,
    int64_t pull, struct arena *a, struct outgoing *out)
{
	memset(out, 0, sizeof(*out));
	out->method = "GET";
	out->url = url_of(api, row_of(api)->list, pull, NULL, a);
	out->host = api->host;
	api_headers(api, token, a, out);
}

/* The id of a comment that has the mark; 0: it has not. */
static json_int_t
marked_id(const struct comment_row *row, const json_t *item)
{
	const json_t *id = json_object_get(item, "id");
	const char *text = row->outer != NULL ?
	    payload_text(item, row->outer, row->text) :
	    payload_text(item, row->text, NULL);

	if (text == NULL || !str_starts_with(text, row->mark) ||
	    !json_is_integer(id) || json_integer_value(id) <= 0)
		return 0;
	return json_integer_value(id);
}

int
forge_comment_find(const struct forge_api *api, const char *body, size_t len,
    struct arena *a, const char **id, struct err *err)
{
	const struct comment_row *row = row_of(api);
	json_t *root = answer_load(body, len, err);
	const json_t *items, *item;
	json_int_t found = 0;
	size_t i;

	if (root == NULL)
		return -1;
	items = row->items != NULL ? json_object_get(root, row->items) : root;
	json_array_foreach(items, i, item)
		if (found == 0)
			found = marked_id(row, item);
	if (found != 0)
		*id = arena_printf(a, "%" JSON_INTEGER_FORMAT, found);
	json_decref(root);
	return found != 0;
}

static const char *
body_of(const struct comment_row *row, const char *text, struct arena *a)
{
	json_t *o = json_object(), *inner = o;
	const char *copy;
	char *dump;

	if (row->outer != NULL) {
		inner = json_object();
		json_object_set_new(o, row->outer, inner);
	}
	json_object_set_new(inner, row->text, json_string(text));
	dump = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	copy = arena_strdup(a, dump != NULL ? dump : "{}");
	free(dump);
	return copy;
}

void
forge_comment_write(const struct forge_api *api, const char *token,
    int64_t pull, const char *id, const char *text, struct arena *a,
    struct outgoing *out)
{
	const struct comment_row *row = row_of(api);

	memset(out, 0, sizeof(*out));
	out->method = id != NULL ? row->edit_method : "POST";
	out->url = url_of(api, id != NULL ? row->edit : row->make, pull, id,
	    a);
	out->host = api->host;
	out->body = body_of(row, text, a);
	api_headers(api, token, a, out);
}
