/*
 * git_folder.c - a copy of a folder of a user, with its history.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/run/folder.h"
#include "lib/run/git_run.h"

#define LINE_MAX_BYTES 4096

/* The only line that git prints; NULL where it says that there is none. */
static int
ask(struct git *g, const char *folder, const char *const *args,
    struct arena *a, const char **line, struct err *err)
{
	struct str out = STR_INIT;
	struct err e = { 0 };
	int code, rc;

	*line = NULL;
	rc = git_run(g, GIT_LOCAL, folder, args, LINE_MAX_BYTES, &out, &code,
	    &e);
	str_cut(&out, strcspn(out.s, "\n"));
	if (rc == 0 && out.len > 0 && out.len <= LINE_MAX_BYTES)
		*line = arena_strdup(a, out.s);
	str_release(&out);
	return rc == 0 || code == 1 ? 0 : err_set(err, e.code, "%s", e.text);
}

/* What is checked out: its commit, its branch, its origin without a password.
 * 1; 0 when the folder is not the top of a working tree or has no commit. */
static int
read_head(struct git *g, const char *folder, struct arena *a,
    struct git_checkout *out, struct err *err)
{
	const char *const ref[] = { "symbolic-ref", "--quiet", "HEAD", NULL };
	const char *const url[] = { "config", "--get", "remote.origin.url",
		NULL };
	char *sha = arena_alloc(a, GIT_SHA_SIZE);
	struct git_checkout found = { .mirror = folder, .sha = sha,
		.shallow = true };
	int rc;

	if (access(arena_printf(a, "%s/.git", folder), F_OK) == -1)
		return 0;
	rc = git_ref_commit(g, folder, "HEAD", sha, err);
	if (rc != 1)
		return rc;
	if (ask(g, folder, ref, a, &found.ref, err) == -1 ||
	    ask(g, folder, url, a, &found.url, err) == -1)
		return -1;
	if (found.url != NULL)
		found.url = git_url_clean(found.url, a);
	*out = found;
	return 1;
}

int
git_folder_copy(struct git *g, const char *folder,
    const struct git_checkout *wanted, const char *to, struct err *lost,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct git_checkout what;
	int rc = folder_copy(folder, to, err), found;

	if (rc == -1)
		goto out;
	found = read_head(g, folder, &a, &what, lost);
	if (found == 1) {
		what.depth = wanted->depth;
		what.tags = wanted->tags;
		found = git_checkout_history(g, &what, to, lost);
	}
	if (found == -1)
		rc = file_remove_tree(arena_printf(&a, "%s/.git", to), err);
out:
	arena_release(&a);
	return rc;
}
