/*
 * dockerignore-t.c - which files of a folder are not sent to a build.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/run/dockerignore.h"
#include "t/lib/tap.h"

static void
test_rows(void)
{
	static const struct {
		const char *text;
		const char *out;  /* paths that are left out, */
		const char *sent; /* and others; with blanks between */
	} cases[] = {
		{ "", "", "a a/b .git" },
		{ "# a\n\n  \nb", "b b/c", "a a/b" },
		{ "*.tmp\n", "x.tmp", "a/x.tmp x.tmpl" },
		{ "**/*.tmp\n", "x.tmp a/x.tmp a/b/x.tmp", "x.t" },
		{ "/a/\n./b//c\n", "a a/x b/c b/c/d", "b b/x" },
		{ "a/../b\n", "b", "a" },
		{ "skip\n!skip/keep\n", "skip skip/x", "skip/keep" },
		{ "*\n!src\n!*.md\n", "a a/b", "src src/x x.md" },
		{ "*.md\n!README*.md\nREADME-secret.md\n",
		    "x.md README-secret.md", "README.md README-a.md" },
		{ "! spaced \n*\n", "spaced a", "" },
		{ "*\r\n!keep\r\n", "a", "keep" },
		{ "a?c\nx[12]\n", "abc x1", "abbc x3" },
		{ ".\n..\n", "", "a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT(0);
		struct dockerignore ignore;
		char *paths, *save, *path;

		dockerignore_read(cases[i].text, &a, &ignore);
		paths = arena_strdup(&a, cases[i].out);
		for (path = strtok_r(paths, " ", &save); path != NULL;
		     path = strtok_r(NULL, " ", &save))
			ok(dockerignore_has(&ignore, path),
			    "case %zu leaves out %s", i, path);
		paths = arena_strdup(&a, cases[i].sent);
		for (path = strtok_r(paths, " ", &save); path != NULL;
		     path = strtok_r(NULL, " ", &save))
			ok(!dockerignore_has(&ignore, path),
			    "case %zu sends %s", i, path);
		arena_release(&a);
	}
}

int
main(void)
{
	test_rows();
	return tap_done();
}
