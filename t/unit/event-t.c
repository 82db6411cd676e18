/*
 * event-t.c - which events start a workflow, and the sentence that says why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/event.h"
#include "t/lib/tap.h"

#define PUSH(r) { .name = "push", .ref = "refs/" r }
#define PULL(a, b) { .name = "pull_request", .action = (a), .branch = (b) }
#define CHANGED(...) \
	.changed = (const char *const[]) { __VA_ARGS__ }, \
	.n_changed = sizeof((const char *const[]) { __VA_ARGS__ }) / \
	    sizeof(char *), .changed_known = true

/* `on` follows "on:" in line 1. */
static const struct {
	const char *on;
	struct trigger_event e;
	const char *result;
} cases[] = {
	{ " push", PUSH("heads/main"),
	    "+push to main; every push starts it (w.yml:1)" },
	{ " push", PUSH("tags/v1"),
	    "+push of tag v1; every push starts it (w.yml:1)" },
	{ " push", PUSH("notes/x"), "-push to \"refs/notes/x\", which is "
	    "neither a branch nor a tag" },
	{ " push", { .name = "push", .ref = "refs/heads/x", .deleted = true },
	    "-the push deletes refs/heads/x" },
	{ " push", PULL("opened", "main"),
	    "-event pull_request is not listed under \"on\" (w.yml:1)" },
	{ "\n  push:\n    branches: [main, 'v*', '!v1']", PUSH("heads/v2"),
	    "+push to v2 matches \"v*\" of branches: [main, v*, !v1] "
	    "(w.yml:3)" },
	{ "\n  push:\n    branches: [main, 'v*', '!v1']", PUSH("heads/v1"),
	    "-push to v1 is taken out by \"!v1\" of branches: [main, v*, !v1] "
	    "(w.yml:3)" },
	{ "\n  push:\n    branches:\n      - main", PUSH("heads/dev"),
	    "-push to dev matches nothing of branches: [main] (w.yml:3)" },
	{ "\n  push:\n    branches: [main]", PUSH("tags/main"),
	    "-push of tag main, but only \"branches\" is listed (w.yml:3)" },
	{ "\n  push:\n    tags: [v1]", PUSH("heads/v1"),
	    "-push to v1, but only \"tags\" is listed (w.yml:3)" },
	{ "\n  push:\n    tags-ignore: [v1]", PUSH("heads/x"),
	    "-push to x, but only \"tags-ignore\" is listed (w.yml:3)" },
	{ "\n  push:\n    tags-ignore: [v1]", PUSH("tags/v2"),
	    "+push of tag v2 matches nothing of tags-ignore: [v1] (w.yml:3)" },
	{ "\n  push:\n    branches-ignore: [a, b]", PUSH("heads/b"),
	    "-push to b matches \"b\" of branches-ignore: [a, b] (w.yml:3)" },
	{ "\n  push:\n    tags: [v1]\n    branches: [main]",
	    PUSH("heads/main"),
	    "+push to main matches branches: [main] (w.yml:4)" },

	{ "\n  push:\n    paths: ['src/**', '!**.md']",
	    { .name = "push", .ref = "refs/heads/x",
	        CHANGED("src/a.md", "src/a.c") },
	    "+push to x; every push starts it (w.yml:2); changed path src/a.c "
	    "matches \"src/**\" of paths: [src/**, !**.md] (w.yml:3)" },
	{ "\n  push:\n    paths: ['src/**', '!**.md']",
	    { .name = "push", .ref = "refs/heads/x", CHANGED("src/a.md") },
	    "-none of 1 changed path matches paths: [src/**, !**.md] "
	    "(w.yml:3)" },
	{ "\n  push:\n    paths-ignore: ['**.md']",
	    { .name = "push", .ref = "refs/heads/x",
	        CHANGED("a.md", "b/c.md") },
	    "-all 2 changed paths are ignored by paths-ignore: [**.md] "
	    "(w.yml:3)" },
	{ "\n  push:\n    paths-ignore: ['**.md']",
	    { .name = "push", .ref = "refs/heads/x", CHANGED("a.md", "b") },
	    "+push to x; every push starts it (w.yml:2); changed path b "
	    "matches nothing of paths-ignore: [**.md] (w.yml:3)" },
	{ "\n  push:\n    paths: [a]",
	    { .name = "push", .ref = "refs/heads/x", .changed_known = true },
	    "-no path changed, and there is paths: [a] (w.yml:3)" },
	{ "\n  push:\n    paths: [a]", PUSH("heads/x"),
	    "+push to x; every push starts it (w.yml:2); which paths changed "
	    "is not known, so \"paths\" lets it pass (w.yml:3)" },
	{ "\n  push:\n    paths: [a]",
	    { .name = "push", .ref = "refs/tags/x", CHANGED("b") },
	    "+push of tag x; every push starts it (w.yml:2)" },
	{ "\n  push:\n    branches: [x]\n    paths: [a]",
	    { .name = "push", .ref = "refs/heads/x", CHANGED("b") },
	    "-none of 1 changed path matches paths: [a] (w.yml:4)" },
	{ "\n  push:\n    branches: [y]\n    paths: [a]",
	    { .name = "push", .ref = "refs/heads/x", CHANGED("a") },
	    "-push to x matches nothing of branches: [y] (w.yml:3)" },

	{ " pull_request", PULL("synchronize", "main"),
	    "+event pull_request starts it (w.yml:1)" },
	{ " pull_request", PULL("labeled", "main"),
	    "-pull_request labeled: without \"types\" only opened, "
	    "synchronize and reopened start it (w.yml:1)" },
	{ "\n  pull_request:\n    types: [labeled, closed]",
	    PULL("labeled", "main"),
	    "+event pull_request starts it (w.yml:2)" },
	{ "\n  pull_request:\n    types: [labeled, closed]",
	    PULL("opened", "main"),
	    "-pull_request opened is not in types: [labeled, closed] "
	    "(w.yml:3)" },
	{ "\n  pull_request:\n    branches: ['rel/**']",
	    PULL("opened", "main"),
	    "-pull request into main matches nothing of branches: [rel/**] "
	    "(w.yml:3)" },
	{ "\n  pull_request:\n    branches: ['rel/**']",
	    PULL("opened", "rel/1"),
	    "+pull request into rel/1 matches branches: [rel/**] (w.yml:3)" },
	{ "\n  pull_request_target:\n    paths: [a]",
	    { .name = "pull_request_target", .action = "opened",
	        CHANGED("b") },
	    "-none of 1 changed path matches paths: [a] (w.yml:3)" },
	{ " [issue_comment, push]",
	    { .name = "issue_comment", .action = "edited" },
	    "+event issue_comment starts it (w.yml:1)" },
	{ "\n  release:\n    types: [published]",
	    { .name = "release", .action = "created" },
	    "-release created is not in types: [published] (w.yml:3)" },
	{ "\n  workflow_run:\n    workflows: [CI]\n    branches: [main]",
	    { .name = "workflow_run", .workflow = "CI", .branch = "main" },
	    "+run on branch main matches branches: [main] (w.yml:4)" },
	{ "\n  workflow_run:\n    workflows: [CI]",
	    { .name = "workflow_run", .workflow = "Other" },
	    "-workflow \"Other\" is not in workflows: [CI] (w.yml:3)" },
	{ "\n  schedule:\n    - cron: '0 1 * * *'\n    - cron: '0 2 * * *'",
	    { .name = "schedule", .cron = "0 2 * * *" },
	    "+schedule \"0 2 * * *\" is due (w.yml:4)" },
	{ "\n  schedule:\n    - cron: '0 1 * * *'",
	    { .name = "schedule", .cron = "0 3 * * *" },
	    "-schedule \"0 3 * * *\" is not listed (w.yml:2)" },

	{ " push", { .name = "push", .ref = "refs/heads/x",
	        .message = "mend it [CI Skip]" },
	    "-the message of the head commit says \"[ci skip]\"" },
	{ " pull_request_target", { .name = "pull_request_target",
	        .action = "opened", .message = "x [skip ci]" },
	    "+event pull_request_target starts it (w.yml:1)" },
};

static void
test_case(size_t i)
{
	struct arena a = ARENA_INIT(0);
	struct event_decision out = { .why = "" };
	struct str text = STR_INIT, got = STR_INIT;
	const struct workflow *w;
	struct diags d;

	str_addf(&text, "on:%s\njobs:\n  a:\n    runs-on: x\n    steps:\n"
	    "      - run: a\n", cases[i].on);
	diags_init(&d, &a, "w.yml", text.s, text.len);
	w = workflow_read(text.s, text.len, &a, &d);
	if (w == NULL || d.n_errors > 0)
		diags_print(&d, &got);
	else
		event_decide(w, &cases[i].e, &a, &out);
	str_addf(&got, "%c%s", out.starts ? '+' : '-', out.why);
	is_str(got.s, cases[i].result, "case %zu: %s", i, cases[i].result);
	str_release(&text);
	str_release(&got);
	arena_release(&a);
}

static void
test_skip_marks(void)
{
	static const char *const skips[] = { "[skip ci] x", "x\n\n[no ci]",
		"[Skip Actions]", "[actions skip]", "a\n\nskip-checks: true",
		"a\n\nb\n\nSigned-off-by: x\nskip-checks:true\n",
		"a\n\n\nskip-checks:  true \r\n" };
	static const char *const runs[] = { "skip ci", "[skip  ci]", "",
		"skip-checks: true", "a\nskip-checks: true",
		"a\n\nskip-checks: truely", "a\n\nskip-checks: false",
		"a\n\nno skip-checks: true", "[ci-skip]" };

	for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++)
		ok(event_skip_mark(skips[i]) != NULL,
		    "message %zu skips", i);
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		ok(event_skip_mark(runs[i]) == NULL, "message %zu runs", i);
	ok(event_skip_mark(NULL) == NULL, "no message is known");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_case(i);
	test_skip_marks();
	return tap_done();
}
