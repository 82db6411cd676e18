/*
 * links-t.c - addresses of pages of forges.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/links.h"
#include "t/lib/tap.h"

#define SHA "0123456789abcdef"

static struct str url = STR_INIT;

static const char *
made(bool known)
{
	return known ? url.s : url.len == 0 ? "none" : "half";
}

static void
is_commit(const char *forge, const char *page, const char *clone,
    const char *want)
{
	const struct forge_place p = { forge, page, clone };

	str_clear(&url);
	is_str(made(forge_link_commit(&p, SHA, &url)), want,
	    "a commit at %s, %s", forge, page != NULL ? page : clone);
}

static void
is_file(const char *forge, const char *path, int line, const char *want)
{
	const struct forge_place p = { forge, NULL, "https://h/o/r.git" };

	str_clear(&url);
	is_str(made(forge_link_file(&p, SHA, path, line, &url)), want,
	    "a file at %s, %s", forge, path);
}

static void
is_ref(const char *forge, const char *ref, const char *want)
{
	const struct forge_place p = { forge, NULL, "https://h/o/r" };

	str_clear(&url);
	is_str(made(forge_link_ref(&p, ref, &url)), want, "%s at %s", ref,
	    forge);
}

int
main(void)
{
	const struct forge_place gitea = { "gitea", NULL, "http://h/o/r" };

	is_commit("github", "https://github.com/o/r", "x",
	    "https://github.com/o/r/commit/" SHA);
	is_commit("gitlab", NULL, "https://user:pass@gitlab.example/g/s/r.git",
	    "https://gitlab.example/g/s/r/-/commit/" SHA);
	is_commit("gitea", "javascript:alert(1)", "git@h:o/r.git", "none");
	is_commit("github", "https://h/\"><script>", "/srv/r.git", "none");
	is_commit("generic", "https://h/o/r", "https://h/o/r", "none");
	is_commit("bitbucket", "https://bitbucket.org/o/r", "x",
	    "https://bitbucket.org/o/r/commits/" SHA);
	is_file("github", "src/a b.c", 12,
	    "https://h/o/r/blob/" SHA "/src/a%20b.c#L12");
	is_file("forgejo", "./x.c", 0, "https://h/o/r/src/commit/" SHA "/x.c");
	is_file("bitbucket", "x.c", 3, "https://h/o/r/src/" SHA
	    "/x.c#lines-3");
	is_file("github", "../x", 1, "none");
	is_file("github", "/etc/passwd", 1, "none");
	is_file("github", "a/../../x", 1, "none");
	is_ref("github", "refs/heads/feature/x#1",
	    "https://h/o/r/tree/feature/x%231");
	is_ref("gitea", "refs/tags/v1", "https://h/o/r/src/tag/v1");
	is_ref("gitlab", "refs/pull/1/merge", "none");
	str_clear(&url);
	is_str(made(forge_link_compare(&gitea, "a", "b", &url)),
	    "http://h/o/r/compare/a...b", "what changed");
	str_clear(&url);
	is_str(made(forge_link_compare(&gitea, "000000", "b", &url)), "none",
	    "nothing was before");
	str_release(&url);
	return tap_done();
}
