/*
 * page_file.c - may who asks read a file? What nginx asks before it sends one
 * of a repository that not everybody may read (nginx/pawl.conf.in).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "cgi/page_file.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/store/repos.h"
#include "lib/web/auth.h"

/* The folder of a file's repository: logs/OWNER/NAME. */
struct asked {
	enum layout_kind kind;
	const char *folder;      /* all three */
	const char *owner, *name; /* as components of a path */
};

static const char *
skip(const char *path, const char *prefix)
{
	return path != NULL && str_starts_with(path, prefix) ?
	    path + strlen(prefix) : NULL;
}

/* As nginx has understood the address, which a request cannot say by itself.
 * False when it is none of a file. */
static bool
read_asked(const struct web *w, struct request *req, struct asked *out)
{
	const char *p = request_env(req, "PAWL_FILE"), *owner, *name;
	size_t len;

	p = skip(skip(skip(p, w->base_path), "/private"), w->base_path);
	if (p == NULL || *p != '/' || (owner = strchr(p + 1, '/')) == NULL ||
	    (name = strchr(owner + 1, '/')) == NULL)
		return false;
	p++;
	len = strcspn(name + 1, "/");
	out->folder = arena_strndup(req->a, p, (size_t)(name + 1 - p) + len);
	out->owner = arena_strndup(req->a, owner + 1,
	    (size_t)(name - owner - 1));
	out->name = arena_strndup(req->a, name + 1, len);
	return layout_kind_parse(p, (size_t)(owner - p), &out->kind);
}

/* Is this the repository's folder, letter by letter? */
static bool
is_of(const struct asked *asked, const struct repo *repo)
{
	struct str folder = STR_INIT;
	bool same;

	layout_repo_files(&folder, asked->kind, repo->owner, repo->name);
	same = strcmp(folder.s, asked->folder) == 0;
	str_release(&folder);
	return same;
}

/* Names that are too long to be a component cannot be read back from it. */
static int
find_long(struct store *st, struct request *req, const struct asked *asked,
    struct repo *out, struct err *err)
{
	struct repo *list;
	size_t n;

	if (repo_list(st, req->a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (is_of(asked, &list[i])) {
			*out = list[i];
			return 1;
		}
	}
	return 0;
}

static int
find(struct store *st, struct request *req, const struct asked *asked,
    struct repo *out, struct err *err)
{
	struct str owner = STR_INIT, name = STR_INIT;
	int found;

	if (path_component_name(&owner, asked->owner) &&
	    path_component_name(&name, asked->name))
		found = repo_find(st, owner.s, name.s, req->a, out, err);
	else
		found = find_long(st, req, asked, out, err);
	str_release(&owner);
	str_release(&name);
	return found == 1 ? is_of(asked, out) : found;
}

int
page_file(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct asked asked;
	struct repo repo;
	int found = 0;

	res->status = 403;
	if (st == NULL)
		return -1;
	if (read_asked(w, req, &asked))
		found = find(st, req, &asked, &repo, err);
	if (found == 1 && (!repo.is_private ||
	    (asked.kind == LAYOUT_BADGES && repo.badges_public) ||
	    actor_may(req->actor, ROLE_READER, repo.owner, repo.name)))
		res->status = 204;
	return found == -1 ? -1 : 0;
}
