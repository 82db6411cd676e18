/*
 * git_merge.c - the commit of a pull request, and what an origin says of itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <string.h>

#include "lib/run/git_run.h"

/* --- pull requests ----------------------------------------------------------- */

static int
one_line(struct git *g, const char *mirror, const char *const *args,
    char sha[GIT_SHA_SIZE], int *code, struct err *err)
{
	struct str text = STR_INIT;
	int rc = git_run(g, GIT_LOCAL, mirror, args, 8192, &text, code, err);

	str_cut(&text, strcspn(text.s, "\n"));
	if (rc == 0 && git_sha_valid(text.s))
		memcpy(sha, text.s, text.len + 1);
	else if (rc == 0)
		rc = err_set(err, ERR_UNAVAILABLE, "git %s gives no object",
		    args[0]);
	str_release(&text);
	return rc;
}

int
git_merge(struct git *g, const char *mirror, const char *base,
    const char *head, const char *message, char sha[GIT_SHA_SIZE],
    struct err *err)
{
	struct err e = { 0 };
	char tree[GIT_SHA_SIZE];
	int code;

	if (!git_sha_valid(base) || !git_sha_valid(head))
		return err_set(err, ERR_INVALID, "a merge needs two commits");
	if (one_line(g, mirror, (const char *const[]){ "merge-tree",
	    "--write-tree", base, head, NULL }, tree, &code, &e) == -1)
		return code == 1 ? 0 : err_set(err, e.code, "%s", e.text);
	return one_line(g, mirror, (const char *const[]){ "commit-tree", tree, "-p", base, "-p", head, "-m", message,
	    NULL }, sha, &code, err) == -1 ? -1 : 1;
}

/* --- origins ----------------------------------------------------------------- */

int
git_remote_head(struct git *g, const char *url, struct arena *a,
    const char **ref, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	rc = git_run(g, GIT_REMOTE, NULL, (const char *const[]){ "ls-remote",
	    "--symref", "--", url, "HEAD", NULL }, 8192, &text, NULL, err);
	if (rc == 0 && str_starts_with(text.s, "ref: ")) {
		*ref = arena_strndup(a, text.s + 5, strcspn(text.s + 5,
		    "\t\n"));
	} else if (rc == 0) {
		rc = err_set(err, ERR_NOT_FOUND, "the repository has no "
		    "default branch: say which \"ref\" is meant");
	}
	str_release(&text);
	return rc;
}
