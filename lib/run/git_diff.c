/*
 * git_diff.c - which paths a push or a pull request changes.
 *
 * Only plumbing is asked, which no configuration and no attribute of the
 * repository can steer: no renames are looked for (both names of a moved file
 * differ), no filter and no foreign diff is started.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <string.h>

#include "lib/run/git_run.h"

/* Paths of one difference, and of the commits of one line of output. */
#define PATHS_MAX_BYTES (32 * 1024 * 1024)
#define LINE_MAX_BYTES 256

static int
check_two(const char *a, const char *b, struct err *err)
{
	const char *wrong = !git_sha_valid(a) ? a : b;

	if (git_sha_valid(wrong))
		return 0;
	return err_set(err, ERR_INVALID,
	    "\"%.80s\" is not the full name of a commit", wrong);
}

/* NUL-terminated paths as a list. Returns 1, or 0 when there are too many. */
static int
split_paths(struct arena *a, const struct str *text, const char ***paths,
    size_t *n)
{
	if (text->len > PATHS_MAX_BYTES)
		return 0;
	for (size_t i = 0; i < text->len; i += strlen(text->s + i) + 1) {
		if (*n == GIT_MAX_CHANGED)
			return 0;
		*(const char **)arena_push(a, paths, n, sizeof(**paths)) =
		    arena_strdup(a, text->s + i);
	}
	return 1;
}

int
git_changed(struct git *g, const char *mirror, const char *from,
    const char *to, struct arena *a, const char ***paths, size_t *n,
    struct err *err)
{
	const char *const diff[] = { "diff-tree", "-r", "-z", "--name-only",
		"--no-renames", from, to, "--", NULL };
	const char *const all[] = { "ls-tree", "-r", "-z", "--name-only",
		"--full-tree", to, NULL };
	struct str text = STR_INIT;
	int rc;

	*paths = NULL;
	*n = 0;
	if (check_two(from != NULL ? from : to, to, err) == -1)
		return -1;
	rc = git_run(g, GIT_LOCAL, mirror, from != NULL ? diff : all,
	    PATHS_MAX_BYTES, &text, NULL, err);
	if (rc == 0)
		rc = split_paths(a, &text, paths, n);
	str_release(&text);
	return rc;
}

/* The commit that git prints first: 1; 0 when it prints none, or ends with
 * `code_none`, if that is not 0. */
static int
first_commit(struct git *g, const char *mirror, const char *const *args,
    int code_none, char out[GIT_SHA_SIZE], struct err *err)
{
	struct str text = STR_INIT;
	struct err e = { 0 };
	int code, rc;

	rc = git_run(g, GIT_LOCAL, mirror, args, LINE_MAX_BYTES, &text, &code,
	    &e);
	str_cut(&text, strcspn(text.s, "\n"));
	if (rc == 0 && git_sha_valid(text.s)) {
		memcpy(out, text.s, text.len + 1);
		rc = 1;
	} else if (rc == -1 && code == code_none) {
		rc = 0;
	} else if (rc == -1) {
		err_set(err, e.code, "%s", e.text);
	}
	str_release(&text);
	return rc;
}

int
git_merge_base(struct git *g, const char *mirror, const char *one,
    const char *other, char base[GIT_SHA_SIZE], struct err *err)
{
	if (check_two(one, other, err) == -1)
		return -1;
	return first_commit(g, mirror, (const char *const[]){ "merge-base",
	    one, other, NULL }, 1, base, err);
}

int
git_parent(struct git *g, const char *mirror, const char *sha, int n,
    char parent[GIT_SHA_SIZE], struct err *err)
{
	struct str spec = STR_INIT;
	int rc;

	if (check_two(sha, sha, err) == -1)
		return -1;
	str_addf(&spec, "%s^%d", sha, n);
	rc = first_commit(g, mirror, (const char *const[]){ "rev-parse",
	    "--verify", "--quiet", spec.s, NULL }, 1, parent, err);
	str_release(&spec);
	return rc;
}

int
git_branch_base(struct git *g, const char *mirror, const char *branch,
    const char *sha, char base[GIT_SHA_SIZE], struct err *err)
{
	char deepest[GIT_SHA_SIZE];
	struct str exclude = STR_INIT;
	int rc;

	if (check_two(sha, sha, err) == -1)
		return -1;
	str_addf(&exclude, "--exclude=%s", branch);
	rc = first_commit(g, mirror, (const char *const[]){ "rev-list",
	    "--topo-order", "--reverse", sha, "--not", exclude.s,
	    "--branches", "--", NULL }, 0, deepest, err);
	str_release(&exclude);
	if (rc != 1)
		return rc;
	rc = git_parent(g, mirror, deepest, 1, base, err);
	if (rc == 0)
		base[0] = '\0';
	return rc == -1 ? -1 : 1;
}
