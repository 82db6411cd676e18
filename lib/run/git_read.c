/*
 * git_read.c - look into a commit of a mirror.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <stdio.h>
#include <string.h>

#include "lib/run/git_run.h"

/* Names and sizes of the files that are listed. */
#define LIST_MAX_BYTES (1024 * 1024)
#define COMMIT_MAX_BYTES (64 * 1024)

static int
check_sha(const char *sha, struct err *err)
{
	if (git_sha_valid(sha))
		return 0;
	return err_set(err, ERR_INVALID,
	    "\"%.80s\" is not the full name of a commit", sha);
}

/* One record of ls-tree: "MODE TYPE OBJECT SIZE\tPATH". */
static int
add_entry(const char *record, size_t max, struct arena *a,
    struct git_entry **out, size_t *n, struct err *err)
{
	const char *path = strchr(record, '\t');
	struct git_entry *e;
	long long size;
	unsigned mode;

	if (path == NULL || sscanf(record, "%o %*s %*s %lld", &mode,
	    &size) != 2 || (mode & 0170000) != 0100000)
		return 0;
	if (*n == max)
		return err_set(err, ERR_TOO_LARGE,
		    "more than %zu files at \"%s\"", max, path + 1);
	e = arena_push(a, out, n, sizeof(*e));
	e->path = arena_strdup(a, path + 1);
	e->size_bytes = size;
	return 0;
}

int
git_list(struct git *g, const char *mirror, const char *sha,
    const char *const *paths, size_t max, struct arena *a,
    struct git_entry **out, size_t *n, struct err *err)
{
	const char *args[GIT_MAX_ARGS] = { "ls-tree", "-z", "-l", "--", sha };
	struct str text = STR_INIT;
	size_t n_args = 5;
	int rc;

	*out = NULL;
	*n = 0;
	if (check_sha(sha, err) == -1)
		return -1;
	for (; *paths != NULL && n_args + 3 < GIT_MAX_ARGS; paths++)
		args[n_args++] = *paths;
	rc = git_run(g, GIT_LOCAL, mirror, args, LIST_MAX_BYTES, &text, NULL,
	    err);
	if (rc == 0 && text.len > LIST_MAX_BYTES)
		rc = err_set(err, ERR_TOO_LARGE, "too many files");
	for (size_t i = 0; rc == 0 && i < text.len;
	    i += strlen(text.s + i) + 1)
		rc = add_entry(text.s + i, max, a, out, n, err);
	str_release(&text);
	return rc;
}

int
git_read(struct git *g, const char *mirror, const char *sha,
    const char *path, size_t max_bytes, struct str *out, struct err *err)
{
	struct str object = STR_INIT;
	size_t start = out->len;
	int code, rc;

	if (check_sha(sha, err) == -1)
		return -1;
	str_addf(&object, "%s:%s", sha, path);
	rc = git_run(g, GIT_LOCAL, mirror, (const char *const[]){ "cat-file",
	    "blob", object.s, NULL }, start + max_bytes, out, &code, err);
	str_release(&object);
	if (rc == -1 && code > 0) {
		err_clear(err);
		return err_set(err, ERR_NOT_FOUND,
		    "there is no file \"%s\" in commit %.12s", path, sha);
	}
	if (rc == 0 && out->len - start > max_bytes)
		return err_set(err, ERR_TOO_LARGE, "\"%s\" in commit %.12s "
		    "has more than %zu bytes", path, sha, max_bytes);
	return rc;
}

int
git_commit_read(struct git *g, const char *mirror, const char *sha,
    struct arena *a, struct git_commit *out, struct err *err)
{
	struct str text = STR_INIT;
	const char *at;
	size_t len;
	int rc;

	if (check_sha(sha, err) == -1)
		return -1;
	rc = git_run(g, GIT_LOCAL, mirror, (const char *const[]){ "log", "-1",
	    "--no-show-signature", "--encoding=UTF-8", "--format=%an%n%s%n%B",
	    sha, NULL }, COMMIT_MAX_BYTES, &text, NULL, err);
	if (rc == 0) {
		at = text.s;
		len = strcspn(at, "\n");
		out->author = arena_strndup(a, at, len);
		at += len + (at[len] != '\0');
		len = strcspn(at, "\n");
		out->title = arena_strndup(a, at, len);
		at += len + (at[len] != '\0');
		out->message = arena_strdup(a, at);
	}
	str_release(&text);
	return rc;
}
