/*
 * git_checkout.c - a folder with the files and the history of a commit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/run/git_run.h"

#define TREE_MAX_BYTES (64 * 1024 * 1024)

/* --- space ------------------------------------------------------------------ */

/* What `ls-tree -l` says of the sizes of all files, added up. */
static int64_t
add_sizes(const char *text)
{
	int64_t total = 0;
	long long size;

	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (sscanf(text, "%*s %*s %*s %lld", &size) == 1)
			total += size;
	}
	return total;
}

/* A few kilobytes in a repository can be terabytes of files, and nothing
 * watches the workspace before the container does. So it is known before it
 * is written. */
static int
check_space(struct git *g, const char *workspace, const char *sha,
    struct err *err)
{
	const char *const args[] = { "ls-tree", "-r", "-l", "--full-tree",
		sha, NULL };
	int64_t max = g->config->workspace_max_bytes, total;
	struct str text = STR_INIT;
	int rc;

	if (max == 0)
		return 0;
	rc = git_run(g, GIT_LOCAL, workspace, args, TREE_MAX_BYTES, &text,
	    NULL, err);
	if (rc == 0 && text.len > TREE_MAX_BYTES)
		rc = err_set(err, ERR_TOO_LARGE, "it has too many files");
	total = add_sizes(text.s);
	if (rc == 0 && total > max)
		rc = err_set(err, ERR_TOO_LARGE, "its files take %" PRId64
		    " MB, over the limit of %" PRId64 " MB "
		    "(\"workspace-max-bytes\")", total >> 20, max >> 20);
	str_release(&text);
	return rc;
}

/* --- settings --------------------------------------------------------------- */

void
git_settings_quote(struct str *out, const char *text)
{
	str_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			str_add_char(out, '\\');
		if (*text == '\n')
			str_add(out, "\\n");
		else
			str_add_char(out, *text);
	}
	str_add_char(out, '"');
}

/* One write in place of a process for each setting. */
int
git_settings_add(const char *workspace, const struct str *text, struct err *err)
{
	struct str path = STR_INIT;
	int fd, rc;

	str_addf(&path, "%s/.git/config", workspace);
	fd = open(path.s, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	rc = fd == -1 ? err_errno(err, "cannot open \"%s\"", path.s) :
	    file_write_fd(fd, text->s, text->len, err);
	if (fd != -1)
		close(fd);
	str_release(&path);
	return rc;
}

static int
add_origin(const char *workspace, const char *url, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	if (url == NULL)
		return 0;
	str_add(&text, "[remote \"origin\"]\n\turl = ");
	git_settings_quote(&text, url);
	str_add(&text, "\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
	rc = git_settings_add(workspace, &text, err);
	str_release(&text);
	return rc;
}

/* --- refs ------------------------------------------------------------------- */

/* Where a ref of the origin stands in a checkout; "": nowhere. */
static const char *
local_ref(const char *ref, struct arena *a)
{
	if (ref == NULL)
		return "";
	if (str_starts_with(ref, "refs/heads/"))
		return arena_printf(a, "refs/remotes/origin/%s",
		    ref + strlen("refs/heads/"));
	if (str_starts_with(ref, "refs/pull/"))
		return arena_printf(a, "refs/remotes/pull/%s",
		    ref + strlen("refs/pull/"));
	return str_starts_with(ref, "refs/tags/") ? ref : "";
}

/* An annotated tag stays one, when it is still that of the commit. Where all
 * refs of a kind are fetched, git wants no other name for one of them. */
static const char *
wanted(struct git *g, const struct git_checkout *what, struct arena *a)
{
	const char *local = local_ref(what->ref, a), *from = what->sha;
	char commit[GIT_SHA_SIZE];

	if (what->depth == 0 || (what->tags &&
	    str_starts_with(local, "refs/tags/")))
		return from;
	if (str_starts_with(local, "refs/tags/") &&
	    git_ref_commit(g, what->mirror, what->ref, commit, NULL) == 1 &&
	    strcmp(commit, what->sha) == 0)
		from = what->ref;
	return local[0] == '\0' ? from : arena_printf(a, "+%s:%s", from,
	    local);
}

/* FETCH_HEAD would name the mirror's path on this host, which is nobody's
 * business inside the job. */
static int
fetch(struct git *g, const struct git_checkout *what, const char *workspace,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *args[GIT_MAX_ARGS] = { "fetch", "--quiet", "--no-tags",
		"--no-recurse-submodules", "--no-write-fetch-head",
		"--no-auto-gc" };
	size_t n = 6;
	int rc;

	if (what->shallow)
		args[n++] = "--update-shallow";
	if (what->depth > 0)
		args[n++] = arena_printf(&a, "--depth=%d", what->depth);
	args[n++] = "--";
	args[n++] = what->mirror;
	args[n++] = wanted(g, what, &a);
	if (what->depth == 0)
		args[n++] = "+refs/heads/*:refs/remotes/origin/*";
	if (what->depth == 0 || what->tags)
		args[n++] = "+refs/tags/*:refs/tags/*";
	rc = git_run(g, GIT_LOCAL, workspace, args, 0, NULL, NULL, err);
	/* What is wanted goes before what its branch is by now. */
	if (rc == 0 && what->depth == 0 && what->ref != NULL &&
	    !str_starts_with(what->ref, "refs/tags/") &&
	    local_ref(what->ref, &a)[0] != '\0')
		rc = git_run(g, GIT_LOCAL, workspace, (const char *const[]){
		    "update-ref", local_ref(what->ref, &a), what->sha, NULL },
		    0, NULL, NULL, err);
	arena_release(&a);
	return rc;
}

/* --- files ------------------------------------------------------------------ */

/* The one ref of a new repository, where no name can be a path. 1: git is to
 * judge the name. */
static int
write_ref(const char *workspace, const char *ref, const char *sha,
    struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	for (const char *c = ref; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return 1;
	if (ref[0] == '\0')
		return 0;
	str_addf(&path, "%s/.git/packed-refs", workspace);
	str_addf(&text, "# pack-refs with: peeled fully-peeled sorted \n"
	    "%s %s\n", sha, ref);
	rc = file_replace(path.s, text.s, text.len, 0644, false, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

/* One commit may come from what the last checkout has kept. */
static int
take_objects(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *local = local_ref(what->ref, &a);
	int rc = 1;

	if (what->cached && what->depth == 1 && !what->tags &&
	    !str_starts_with(local, "refs/tags/") && git_cache_take(g,
	    what->mirror, what->sha, workspace, NULL) == 0)
		rc = write_ref(workspace, local, what->sha, NULL);
	arena_release(&a);
	return rc == 0 ? 0 : fetch(g, what, workspace, err);
}

static int
set_sparse(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	const char *args[GIT_MAX_ARGS] = { "sparse-checkout", "set",
		what->cone ? "--cone" : "--no-cone", "--end-of-options" };
	size_t n = 4;

	if (what->sparse == NULL)
		return 0;
	for (size_t i = 0; what->sparse[i] != NULL && i < GIT_MAX_SPARSE; i++)
		args[n++] = what->sparse[i];
	return git_run(g, GIT_LOCAL, workspace, args, 0, NULL, NULL, err);
}

static int
checkout(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	const char *const detached[] = { "checkout", "--quiet", "--force",
		"--detach", what->sha, "--", NULL };
	const char *const branch[] = { "checkout", "--quiet", "--force", "-B",
		what->ref != NULL ? what->ref + strlen("refs/heads/") : "",
		NULL, "--", NULL };
	const char *args[ARRAY_LEN(branch)];
	struct arena a = ARENA_INIT(0);
	int rc;

	if (what->ref == NULL || !str_starts_with(what->ref, "refs/heads/"))
		return git_run(g, GIT_LOCAL, workspace, detached, 0, NULL,
		    NULL, err);
	memcpy(args, branch, sizeof(args));
	args[5] = local_ref(what->ref, &a);
	rc = git_run(g, GIT_LOCAL, workspace, args, 0, NULL, NULL, err);
	arena_release(&a);
	return rc;
}

/* On its branch, or detached. The index becomes that of the commit; no file is
 * written. */
static int
set_head(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	const char *const branch[] = { "symbolic-ref", "HEAD", what->ref,
		NULL };
	const char *const detached[] = { "update-ref", "--no-deref", "HEAD",
		what->sha, NULL };
	bool on_branch = what->ref != NULL &&
	    str_starts_with(what->ref, "refs/heads/");

	return git_run(g, GIT_LOCAL, workspace, on_branch ? branch : detached,
	    0, NULL, NULL, err) == -1 ? -1 : git_run(g, GIT_LOCAL, workspace,
	    (const char *const[]){ "reset", "--quiet", "--mixed", what->sha,
	    "--", NULL }, 0, NULL, NULL, err);
}

/* The branch follows that of origin. */
static int
add_branch(const char *workspace, const struct git_checkout *what,
    struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	if (what->url == NULL || what->ref == NULL ||
	    !str_starts_with(what->ref, "refs/heads/"))
		return 0;
	str_add(&text, "[branch ");
	git_settings_quote(&text, what->ref + strlen("refs/heads/"));
	str_addf(&text, "]\n\tremote = origin\n\tmerge = %s\n", what->ref);
	rc = git_settings_add(workspace, &text, err);
	str_release(&text);
	return rc;
}

/* --- both ------------------------------------------------------------------- */

/* What "git init" would write: three folders and two files. */
static int
write_repository(const char *workspace, struct err *err)
{
	static const char *const folders[] = { "objects/pack", "objects/info",
		"refs/heads" };
	static const char *const files[][2] = {
		{ "HEAD", "ref: refs/heads/main\n" },
		{ "config", "[core]\n"
		    "\trepositoryformatversion = 0\n"
		    "\tfilemode = true\n"
		    "\tbare = false\n"
		    "\tlogallrefupdates = true\n" },
	};
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(folders); i++) {
		str_clear(&path);
		str_addf(&path, "%s/.git/%s", workspace, folders[i]);
		rc = file_mkdirs(path.s, 0755, err);
	}
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(files); i++) {
		str_clear(&path);
		str_addf(&path, "%s/.git/%s", workspace, files[i][0]);
		rc = file_replace(path.s, files[i][1], strlen(files[i][1]),
		    0644, false, err);
	}
	str_release(&path);
	return rc;
}

static int
init(struct git *g, const struct git_checkout *what, const char *workspace,
    struct err *err)
{
	const char *const args[] = { "init", "--quiet", "--template=",
		"--object-format=sha256", NULL };
	int rc;

	if (!git_sha_valid(what->sha))
		return err_set(err, ERR_INVALID, "\"%.80s\" is not the full "
		    "name of a commit", what->sha);
	rc = file_mkdirs(workspace, 0755, err);
	if (rc == 0 && strlen(what->sha) == GIT_SHA_SIZE - 1)
		rc = git_run(g, GIT_LOCAL, workspace, args, 0, NULL, NULL,
		    err);
	else if (rc == 0)
		rc = write_repository(workspace, err);
	return rc == 0 ? add_origin(workspace, what->url, err) : -1;
}

int
git_checkout_history(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	if (init(g, what, workspace, err) == -1 ||
	    fetch(g, what, workspace, err) == -1 ||
	    add_branch(workspace, what, err) == -1 ||
	    set_head(g, what, workspace, err) == -1)
		return err_wrap(err, "the history of commit %.12s", what->sha);
	return 0;
}

int
git_checkout(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err)
{
	if (init(g, what, workspace, err) == -1 ||
	    take_objects(g, what, workspace, err) == -1 ||
	    (what->sparse == NULL &&
	    check_space(g, workspace, what->sha, err) == -1) ||
	    set_sparse(g, what, workspace, err) == -1 ||
	    checkout(g, what, workspace, err) == -1)
		return err_wrap(err, "checking out commit %.12s", what->sha);
	return 0;
}
