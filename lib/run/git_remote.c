/*
 * git_remote.c - what an origin says of its branches and tags.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <string.h>

#include "lib/run/git_run.h"

/* Names and commits of an origin with some 100,000 refs. */
#define REFS_MAX_BYTES (16 * 1024 * 1024)

/* "SHA\tREF"; what an annotated tag stands for, "REF^{}", is left out. */
static void
add_ref(const char *line, size_t len, struct arena *a, struct git_ref **out,
    size_t *n)
{
	const char *tab = memchr(line, '\t', len);
	struct git_ref *r;
	const char *sha;

	if (tab == NULL || (len > 3 && memcmp(line + len - 3, "^{}", 3) == 0))
		return;
	sha = arena_strndup(a, line, (size_t)(tab - line));
	if (!git_sha_valid(sha))
		return;
	r = arena_push(a, out, n, sizeof(*r));
	r->sha = sha;
	r->ref = arena_strndup(a, tab + 1, len - (size_t)(tab + 1 - line));
}

int
git_remote_refs(struct git *g, const char *url, struct arena *a,
    struct git_ref **out, size_t *n, struct err *err)
{
	struct str text = STR_INIT;
	const char *line;
	size_t len;
	int rc;

	*out = NULL;
	*n = 0;
	rc = git_run(g, GIT_REMOTE, NULL, (const char *const[]){ "ls-remote",
	    "--heads", "--tags", "--", url, NULL }, REFS_MAX_BYTES, &text,
	    NULL, err);
	if (rc == 0 && text.len > REFS_MAX_BYTES)
		rc = err_set(err, ERR_TOO_LARGE, "the repository has too "
		    "many branches and tags to be compared");
	for (line = text.s; rc == 0 && line != NULL && *line != '\0';
	    line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		add_ref(line, len, a, out, n);
	}
	str_release(&text);
	return rc;
}
