/*
 * pattern-t.c - filter patterns of branches and tags.
 *
 * The rows are of GitHub's "Filter pattern cheat sheet", and the corners that
 * it leaves open.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/pipeline.h"
#include "lib/pipeline/reader.h"
#include "t/lib/tap.h"

static const struct {
	const char *pattern;
	const char *matches[4];
	const char *others[4];
} cases[] = {
	{ "main", { "main" }, { "mai", "main2", "xmain", "" } },
	{ "feature/*", { "feature/my-branch", "feature/" },
	    { "feature", "feature/a/b" } },
	{ "feature/**", { "feature/a", "feature/a/b" }, { "feature" } },
	{ "*", { "main", "releases" }, { "all/the/branches" } },
	{ "**", { "all/the/branches", "" }, { NULL } },
	{ "*feature", { "mona-feature", "feature", "ver-10-feature" },
	    { "features", "a/feature" } },
	{ "v2*", { "v2", "v2.0", "v2.9" }, { "v1", "v2/x" } },
	{ "v[12].[0-9]+.[0-9]+", { "v1.10.1", "v2.0.0" },
	    { "v3.0.0", "v1..1", "v1.0" } },
	{ "*.jsx?", { "page.js", "page.jsx" }, { "page.jsxx", "a/b.js" } },
	{ "**.js", { "index.js", "js/index.js" }, { "index.jsx" } },
	{ "docs/**/*.md", { "docs/a.md", "docs/x/y/a.md" },
	    { "docs.md", "a.md", "docs/a.txt" } },
	{ "**/docs/**", { "docs/hello.md", "a/docs/b.md", "a/b/docs/c/d" },
	    { "docs", "xdocs/a" } },
	{ "**/README.md", { "README.md", "js/README.md", "a/b/README.md" },
	    { "xREADME.md" } },
	{ "**/*-post.md", { "my-post.md", "path/their-post.md" },
	    { "post.md" } },
	{ "ab+", { "ab", "abbb" }, { "a", "abab" } },
	{ "ab?c", { "ac", "abc" }, { "abbc" } },
	{ "a?+b", { "b", "ab", "aaab" }, { "c" } },
	{ "[CB]at", { "Cat", "Bat" }, { "Rat", "at", "CBat" } },
	{ "[1-2]00", { "100", "200" }, { "300" } },
	{ "[a-z-]x", { "-x", "bx" }, { "Bx" } },
	{ "[/]x", { "/x" }, { "x" } },
	{ "a\\*b", { "a*b" }, { "axb", "a\\*b" } },
	{ "a\\\\b", { "a\\b" }, { "ab" } },
	{ "gr\xc3\xbc?n", { "grn", "gr\xc3\xbcn" }, { "gr\xc3n" } },
	{ "[\xc3\xa4-\xc3\xbc]", { "\xc3\xb6" }, { "o", "\xc3" } },
	{ "\xff", { "\xff" }, { "\xfe", "\xc3\xbf" } },
	{ "a[b", { "a[b" }, { "ab" } },
	{ "*+", { "abc", "" }, { "a/b" } },
	{ "a**b", { "ab", "a/x/b", "axb" }, { "a" } },
	{ "", { "" }, { "a" } },
	{ "+x", { "+x" }, { "x" } },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *pattern = cases[i].pattern;

		for (size_t k = 0; k < 4 && cases[i].matches[k]; k++)
			ok(pattern_match(pattern, cases[i].matches[k]),
			    "%s matches %s", pattern, cases[i].matches[k]);
		for (size_t k = 0; k < 4 && cases[i].others[k]; k++)
			ok(!pattern_match(pattern, cases[i].others[k]),
			    "%s does not match %s", pattern,
			    cases[i].others[k]);
	}
}

/* One that tries one way after the other would not come to an end. */
static void
test_no_explosion(void)
{
	struct str pattern = STR_INIT, name = STR_INIT;

	while (pattern.len + 4 < MAX_PATTERN_BYTES)
		str_add(&pattern, "*a+*");
	while (name.len < 4000)
		str_add_char(&name, 'a');
	str_add_char(&name, '/');
	ok(!pattern_match(pattern.s, name.s), "a hostile pattern ends");
	str_clear(&pattern);
	while (pattern.len <= MAX_PATTERN_BYTES)
		str_add_char(&pattern, '*');
	ok(!pattern_match(pattern.s, "a"), "one too long matches nothing");
	str_release(&pattern);
	str_release(&name);
}

static void
test_check(void)
{
	ok(pattern_check("releases/**") == NULL, "a good one");
	ok(pattern_check("v[0-9]+\\[") == NULL, "an escaped bracket");
	is_str(pattern_check(""), "is empty", "an empty one");
	is_str(pattern_check("a[b"), "has a \"[\" without \"]\"",
	    "an open bracket");
	is_str(pattern_check("a[]b"), "has an empty \"[]\"", "an empty set");
	ok(pattern_check("docs/~a b^:c.md") == NULL, "paths have any character");
	ok(pattern_doubt("a\\*\\?[+?]b?c+") == NULL, "nothing doubtful");
	ok(pattern_doubt("a++") != NULL && pattern_doubt("a+?") != NULL,
	    "doubled repetition is doubtful");
	ok(pattern_doubt("a\\b") != NULL && pattern_doubt("a\\") != NULL,
	    "so is \"\\\" before what is not special");
	is_str(pattern_check("v*+"), "has a \"?\" or \"+\" behind \"*\", "
	    "which repeats by itself", "a repeated star");
	is_str(pattern_check("[z-a]"),
	    "has a range that runs backwards in \"[]\"", "a backward range");
	is_str(pattern_check("+a"), "starts with a \"?\" or \"+\", which "
	    "repeats the character before it", "nothing to repeat");
}

int
main(void)
{
	test_cases();
	test_no_explosion();
	test_check();
	return tap_done();
}
