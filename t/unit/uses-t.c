/*
 * uses-t.c - what stands behind `uses`, taken apart.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/str.h"
#include "lib/pipeline/uses.h"
#include "t/lib/tap.h"

static void
test_read(struct arena *a)
{
	static const struct {
		const char *text, *parts; /* NULL: wrong */
	} cases[] = {
		{ "actions/checkout@v4", "actions checkout v4 \"\"" },
		{ "o/r/a/b@refs/tags/v1.0", "o r refs/tags/v1.0 \"a/b\"" },
		{ "//o//r//a/./b/@v1", "o r v1 \"a/b\"" },
		{ "o/r/.github/workflows/x.yml@feature/x",
		    "o r feature/x \".github/workflows/x.yml\"" },
		{ "./", "local \"\"" },
		{ ".", "local \"\"" },
		{ "./.github/actions/x/", "local \".github/actions/x\"" },
		{ "./a//b/./c", "local \"a/b/c\"" },
		{ "docker://alpine:3@sha256:12", "docker alpine:3@sha256:12" },
		{ "./../x", NULL },
		{ "o/r/../x@v1", NULL },
		{ "o/r@", NULL },
		{ "o/r", NULL },
		{ "o@v1", NULL },
		{ "o/@v1", NULL },
		{ "/@v1", NULL },
		{ "@v1", NULL },
		{ "o/r@v1@v2", NULL },
		{ ".x/y@v1", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct uses u = uses_read(cases[i].text, a);
		struct str got = STR_INIT;

		if (u.kind == USES_REPOSITORY)
			str_addf(&got, "%s %s %s \"%s\"", u.owner, u.name,
			    u.ref, u.path);
		else if (u.kind == USES_LOCAL)
			str_addf(&got, "local \"%s\"", u.path);
		else if (u.kind == USES_DOCKER)
			str_addf(&got, "docker %s", u.image);
		is_str(u.kind == USES_WRONG ? NULL : got.s, cases[i].parts,
		    "\"%s\"", cases[i].text);
		str_release(&got);
	}
}

static void
test_within(struct arena *a)
{
	static const char foreign[] = "o/r/.ci/x.yml@v1";

	is_str(uses_within("./a/b", NULL, a), "./a/b", "in the run's own");
	is_str(uses_within("./a", "./x.yml", a), "./a", "in a local file");
	is_str(uses_within("./.ci/y.yml", foreign, a), "o/r/.ci/y.yml@v1",
	    "in another repository it is a file of that one");
	is_str(uses_within("./", foreign, a), "o/r@v1", "its top");
	is_str(uses_within("p/q@v2", foreign, a), "p/q@v2",
	    "a third is itself");
	is_str(uses_within("docker://x", foreign, a), "docker://x", "an image");
	is_str(uses_within("./../x", foreign, a), "./../x", "nonsense stays");
}

static void
test_built_in(struct arena *a)
{
	static const struct {
		const char *text;
		bool built_in;
	} cases[] = {
		{ "actions/checkout@v4", true },
		{ "Actions/Checkout@main", true },
		{ "actions/cache/restore@v4", true },
		{ "actions/cache/other@v4", false },
		{ "actions/checkout/sub@v4", false },
		{ "actions/setup-node@v4", false },
		{ "./actions/checkout", false },
		{ "docker://actions/checkout", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct uses u = uses_read(cases[i].text, a);

		is_int(uses_built_in(&u), cases[i].built_in, "%s is%s built in",
		    cases[i].text, cases[i].built_in ? "" : " not");
	}
}

int
main(void)
{
	struct arena a = ARENA_INIT(0);

	test_read(&a);
	test_within(&a);
	test_built_in(&a);
	arena_release(&a);
	return tap_done();
}
