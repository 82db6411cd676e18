/*
 * git_submodules.c - what lies in a checkout by name only: submodules, files of
 * git-lfs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <stdio.h>
#include <string.h>

#include "lib/run/git_run.h"

/* --- submodules ------------------------------------------------------------- */

#define MODULES_MAX_BYTES (256 * 1024)

/* A path that a tree can have: git itself refuses others when it writes one. */
static bool
is_path(const char *path)
{
	return path[0] != '/' && path[0] != '\0' && path[0] != '-' &&
	    strstr(path, "..") == NULL && strcasestr(path, ".git/") == NULL;
}

/* What the commit has at the path of a submodule: 1, 0 when it is none. A
 * commit there means that all folders above are real ones, no links. */
static int
find_commit(struct git *g, const char *workspace, const char *path,
    struct arena *a, const char **sha, struct err *err)
{
	struct str text = STR_INIT;
	char name[GIT_SHA_SIZE];
	int rc;

	rc = git_run(g, GIT_LOCAL, workspace, (const char *const[]){
	    "ls-tree", "-z", "HEAD", "--", path, NULL }, 8192, &text, NULL,
	    err);
	if (rc == 0 && sscanf(text.s, "160000 commit %64s", name) == 1 &&
	    git_sha_valid(name)) {
		*sha = arena_strdup(a, name);
		rc = 1;
	}
	str_release(&text);
	return rc;
}

static struct git_submodule *
module_named(struct arena *a, struct git_submodule **list, size_t *n,
    const char *name, size_t len)
{
	struct git_submodule *one;

	for (size_t i = 0; i < *n; i++)
		if (strlen((*list)[i].name) == len &&
		    memcmp((*list)[i].name, name, len) == 0)
			return &(*list)[i];
	if (*n == GIT_MAX_SUBMODULES)
		return NULL;
	one = arena_push(a, list, n, sizeof(*one));
	one->name = arena_strndup(a, name, len);
	return one;
}

/* "submodule.NAME.path\nVALUE". */
static void
take_setting(struct arena *a, const char *text, struct git_submodule **list,
    size_t *n)
{
	const char *end = strchr(text, '\n'), *name, *dot;
	struct git_submodule *one;

	name = text + strlen("submodule.");
	if (end == NULL || !str_starts_with(text, "submodule."))
		return;
	dot = memrchr(name, '.', (size_t)(end - name));
	if (dot == NULL || dot == name)
		return;
	one = module_named(a, list, n, name, (size_t)(dot - name));
	if (one != NULL && strncmp(dot, ".path\n", 6) == 0)
		one->path = arena_strdup(a, end + 1);
	if (one != NULL && strncmp(dot, ".url\n", 5) == 0)
		one->url = arena_strdup(a, end + 1);
}

/* Read from the commit, as no link can lie there. 1, or 0: it has none. */
static int
read_modules(struct git *g, const char *workspace, struct str *text,
    struct err *err)
{
	struct err e = { 0 };
	int code, rc;

	rc = git_run(g, GIT_LOCAL, workspace, (const char *const[]){
	    "config", "--blob", "HEAD:.gitmodules", "--null", "--list", NULL },
	    MODULES_MAX_BYTES, text, &code, &e);
	if (rc == 0 && text->len > MODULES_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, ".gitmodules is too large");
	if (rc == 0)
		return 1;
	return code > 0 ? 0 : err_set(err, e.code, "%s", e.text);
}

int
git_submodules(struct git *g, const char *workspace, struct arena *a,
    struct git_submodule **out, size_t *n, struct err *err)
{
	struct git_submodule *list = NULL;
	struct str text = STR_INIT;
	size_t n_list = 0;
	int rc = read_modules(g, workspace, &text, err);

	*out = NULL;
	*n = 0;
	for (size_t i = 0; rc == 1 && i < text.len;
	    i += strlen(text.s + i) + 1)
		take_setting(a, text.s + i, &list, &n_list);
	for (size_t i = 0; rc != -1 && i < n_list; i++) {
		struct git_submodule *one = &list[i];

		if (one->path == NULL || one->url == NULL ||
		    !is_path(one->path))
			continue;
		rc = find_commit(g, workspace, one->path, a, &one->sha, err);
		if (rc == 1)
			*(struct git_submodule *)arena_push(a, out, n,
			    sizeof(**out)) = *one;
	}
	str_release(&text);
	return rc == -1 ? -1 : 0;
}

int
git_submodule_add(struct git *g, const char *workspace,
    const struct git_submodule *module, const char *url, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	(void)g;
	str_add(&text, "[submodule ");
	git_settings_quote(&text, module->name);
	str_add(&text, "]\n\tactive = true\n\turl = ");
	git_settings_quote(&text, url);
	str_add_char(&text, '\n');
	rc = git_settings_add(workspace, &text, err);
	str_release(&text);
	return rc;
}

/* --- git-lfs ---------------------------------------------------------------- */

/* Where a repository has its files of git-lfs (git-lfs-config(5), "lfs.url"):
 * as git-lfs finds it by itself. By ssh the server is asked. */
static const char *
lfs_url(const char *url, struct arena *a)
{
	size_t len = strlen(url);

	if (!str_starts_with(url, "http://") &&
	    !str_starts_with(url, "https://"))
		return url;
	while (len > 0 && url[len - 1] == '/')
		len--;
	return arena_printf(a, "%.*s%s/info/lfs", (int)len, url,
	    len > 4 && strncmp(url + len - 4, ".git", 4) == 0 ? "" : ".git");
}

/* An address in the commit's .lfsconfig would have this host ask whomever
 * whoever wrote the commit likes, from where it stands and with what it may:
 * a setting for the command goes before all of that file. */
static int
lfs_fetch(struct git *g, const char *workspace, const char *url,
    const char *sha, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (url[0] == '/')
		url = arena_printf(&a, "file://%s", url);
	rc = git_run(g, GIT_REMOTE, workspace, (const char *const[]){ "-c",
	    arena_printf(&a, "lfs.url=%s", lfs_url(url, &a)), "lfs", "fetch",
	    url, sha, NULL }, 0, NULL, NULL, err);
	arena_release(&a);
	return rc;
}

int
git_lfs_pull(struct git *g, const char *workspace, const char *url,
    const char *sha, struct err *err)
{
	if (git_run(g, GIT_LOCAL, workspace, (const char *const[]){ "lfs",
	    "version", NULL }, 0, NULL, NULL, NULL) == -1)
		return err_set(err, ERR_UNSUPPORTED, "\"lfs\" needs git-lfs "
		    "on the host that runs the job (apt install git-lfs)");
	if (git_run(g, GIT_LOCAL, workspace, (const char *const[]){ "lfs",
	    "install", "--local", "--skip-repo", NULL }, 0, NULL, NULL,
	    err) == -1 || lfs_fetch(g, workspace, url, sha, err) == -1)
		return err_wrap(err, "fetching the files of git-lfs");
	return git_run(g, GIT_LOCAL, workspace, (const char *const[]){ "lfs",
	    "checkout", NULL }, 0, NULL, NULL, err);
}
