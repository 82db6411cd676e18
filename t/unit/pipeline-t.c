/*
 * pipeline-t.c - the pipeline language, case by case.
 *
 * A case is a file: t/data/pipeline/NAME.yml with NAME.plan (what it plans,
 * with its warnings in front) or NAME.err (its problems), to the letter;
 * NAME.json beside a plan holds its jobs as they are stored, one a line.
 * PAWL_TEST_UPDATE=1 writes what is got instead of comparing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/pipeline/event.h"
#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/reader.h"
#include "t/lib/tap.h"

struct read {
	struct arena a;
	struct diags d;
	const struct workflow *w; /* NULL: it has errors */
	struct run_facts facts;
	struct run_plan plan;
	struct str problems;
	struct str jobs; /* those that may start, as they are stored */
};

/* As a server does, of a run whose jobs all end well. */
static bool
plan_jobs(struct read *r)
{
	r->facts.rehearsal = true;
	if (run_decide(r->w, &r->facts, &r->a, &r->d, &r->plan) == -1)
		return false;
	for (size_t i = 0; i < r->plan.n_jobs; i++) {
		struct job_plan plan;

		if (r->plan.jobs[i].state != PLANNED_READY ||
		    job_plan_make(&r->plan.jobs[i], &r->facts, NULL, NULL,
		        &r->a, &r->d, &plan) == -1)
			continue;
		job_plan_write(&plan, &r->jobs);
		str_add_char(&r->jobs, '\n');
	}
	return r->d.n_errors == 0;
}

static void
read_text(struct read *r, const char *file, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	arena_init(&r->a, 64 << 20);
	str_init(&r->problems);
	str_init(&r->jobs);
	diags_init(&r->d, &r->a, file, text, len);
	r->w = workflow_read(text, len, &r->a, &r->d);
	if (r->w != NULL)
		workflow_check(r->w, &r->a, &r->d);
	if (r->d.n_errors > 0 || !plan_jobs(r))
		r->w = NULL;
	diags_sort(&r->d);
	diags_print(&r->d, &r->problems);
}

static void
read_release(struct read *r)
{
	arena_release(&r->a);
	str_release(&r->problems);
	str_release(&r->jobs);
}

static const char *
data_dir(void)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/t/data/pipeline",
	    srcdir != NULL ? srcdir : ".");
	return path;
}

static void
case_path(struct str *path, const char *name, const char *suffix)
{
	str_clear(path);
	str_addf(path, "%s/%s.%s", data_dir(), name, suffix);
}

/* Compare with NAME.SUFFIX, or write it. */
static void
compare(const char *name, const char *suffix, const char *got)
{
	struct str path = STR_INIT, want = STR_INIT;
	struct err err = { 0 };

	case_path(&path, name, suffix);
	if (getenv("PAWL_TEST_UPDATE") != NULL)
		file_replace(path.s, got, strlen(got), 0644, false, &err);
	if (file_read(path.s, 1 << 20, &want, &err) < 0)
		str_add(&want, err.text);
	is_str(got, want.s, "%s.%s", name, suffix);
	str_release(&path);
	str_release(&want);
}

static void
run_case(const char *name)
{
	struct str path = STR_INIT, text = STR_INIT, got = STR_INIT;
	struct err err = { 0 };
	struct read r;

	case_path(&path, name, "yml");
	if (file_read(path.s, YAML_MAX_BYTES, &text, &err) < 0)
		tap_note("%s", err.text);
	str_cut(&path, 0);
	str_addf(&path, "%s.yml", name);
	read_text(&r, path.s, text.s, text.len);
	str_add(&got, r.problems.s);
	if (r.w != NULL)
		run_plan_print(&r.plan, &got);
	compare(name, r.w != NULL ? "plan" : "err", got.s);
	case_path(&path, name, "json");
	if (r.w != NULL && access(path.s, F_OK) == 0)
		compare(name, "json", r.jobs.s);
	read_release(&r);
	str_release(&path);
	str_release(&text);
	str_release(&got);
}

static int
is_case(const struct dirent *entry)
{
	return str_ends_with(entry->d_name, ".yml");
}

static void
test_cases(void)
{
	struct dirent **entries = NULL;
	int n = scandir(data_dir(), &entries, is_case, alphasort);

	ok(n > 10, "the cases are there");
	for (int i = 0; i < n; i++) {
		entries[i]->d_name[strlen(entries[i]->d_name) - 4] = '\0';
		run_case(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

#define REST "\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n"

static const struct {
	const char *on, *event, *ref;
	bool starts;
	const char *why;
} triggers[] = {
	{ "name: n", "push", "refs/heads/main", true,
	    "push to main; every push starts .ci.yml, which has no \"on\"" },
	{ "name: n", "release", "refs/heads/main", false,
	    "event release is not listed under \"on\"" },
	{ "on: push", "push", "refs/tags/v1", true,
	    "push of tag v1; every push starts it (.ci.yml:1)" },
	{ "on: [release, push]", "push", "refs/heads/x", true,
	    "push to x; every push starts it (.ci.yml:1)" },
	{ "on: {push: }", "push", "refs/heads/x", true,
	    "push to x; every push starts it (.ci.yml:1)" },
	{ "on: push", "push", "refs/pull/1/head", false,
	    "push to \"refs/pull/1/head\", which is neither a branch nor a tag" },
	{ "on:\n  pull_request:\n    branches: [x]", "push",
	    "refs/heads/x", false,
	    "event push is not listed under \"on\" (.ci.yml:2)" },
	{ "on: workflow_dispatch", "workflow_dispatch", "refs/heads/x", true,
	    "event workflow_dispatch starts it (.ci.yml:1)" },
	{ "on:\n  push:\n    branches: [main]", "push", "refs/heads/main",
	    true, "push to main matches branches: [main] (.ci.yml:3)" },
	{ "on:\n  push:\n    branches: main", "push", "refs/heads/dev",
	    false, "push to dev matches nothing of branches: [main] "
	    "(.ci.yml:3)" },
	{ "on:\n  push:\n    branches: main", "push", "refs/tags/main",
	    false, "push of tag main, but only \"branches\" is listed "
	    "(.ci.yml:3)" },
	{ "on:\n  push:\n    tags: ['v*']", "push", "refs/tags/v1", true,
	    "push of tag v1 matches tags: [v*] (.ci.yml:3)" },
	{ "on:\n  push:\n    tags-ignore: ['v*']", "push", "refs/tags/w1",
	    true, "push of tag w1 matches nothing of tags-ignore: [v*] "
	    "(.ci.yml:3)" },
	{ "on:\n  push:\n    tags-ignore: ['v*']", "push", "refs/heads/x",
	    false, "push to x, but only \"tags-ignore\" is listed "
	    "(.ci.yml:3)" },
	{ "on:\n  push:\n    branches-ignore: ['x/**']", "push",
	    "refs/heads/x/y/z", false, "push to x/y/z matches "
	    "branches-ignore: [x/**] (.ci.yml:3)" },
	{ "on:\n  push:\n    branches:\n    - '**'\n    - '!a*'\n    - ab",
	    "push", "refs/heads/ac", false, "push to ac is taken out by "
	    "\"!a*\" of branches: [**, !a*, ab] (.ci.yml:5)" },
	{ "on:\n  push:\n    branches:\n    - '**'\n    - '!a*'\n    - ab",
	    "push", "refs/heads/ab", true, "push to ab matches \"ab\" of "
	    "branches: [**, !a*, ab] (.ci.yml:6)" },
	{ "on: {push: {branches: [a, b, c, d, e, f]}}", "push",
	    "refs/heads/f", true, "push to f matches \"f\" of branches: "
	    "[a, b, c, d, e, ...] (.ci.yml:1)" },
};

static void
test_triggers(void)
{
	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
		const struct trigger_event event = { .name = triggers[i].event,
			.ref = triggers[i].ref };
		struct event_decision decision;
		struct str text = STR_INIT;
		struct read r;

		str_addf(&text, "%s%s", triggers[i].on, REST);
		read_text(&r, ".ci.yml", text.s, text.len);
		if (ok(r.w != NULL, "%s", triggers[i].on)) {
			event_decide(r.w, &event, &r.a, &decision);
			is_int(decision.starts, triggers[i].starts,
			    "%s %s: %s", event.name, event.ref,
			    triggers[i].starts ? "yes" : "no");
			is_str(decision.why, triggers[i].why,
			    "and it says why");
		} else {
			tap_note("%s", r.problems.s);
		}
		read_release(&r);
		str_release(&text);
	}
}

static void
expect_rule(const char *title, const struct str *text, const char *rule)
{
	struct read r;

	read_text(&r, ".ci.yml", text->s, text->len);
	ok(r.w == NULL, "%s is refused", title);
	is_str(r.d.n > 0 ? r.d.list[0].rule : NULL, rule, "as %s", rule);
	if (r.d.n > 1)
		tap_note("%s", r.problems.s);
	is_int((long long)r.d.n, 1, "in one message");
	read_release(&r);
}

static void
test_limits(void)
{
	struct str s = STR_INIT;
	struct read r;

	str_add(&s, "jobs:\n");
	for (int i = 0; i < MAX_JOBS; i++)
		str_addf(&s, "  j%d: {runs-on: x, steps: [{run: y}]%s}\n", i,
		    i > 0 ? ", needs: j0" : "");
	read_text(&r, ".ci.yml", s.s, s.len);
	ok(r.w != NULL && r.plan.n_jobs == MAX_JOBS,
	    "%d jobs are fine", MAX_JOBS);
	read_release(&r);
	str_add(&s, "  more: {runs-on: x, steps: [{run: y}]}\n");
	expect_rule("one job more", &s, "too-many");

	str_clear(&s);
	str_add(&s, "jobs:\n  a:\n    runs-on: x\n    steps:\n");
	for (int i = 0; i <= MAX_STEPS; i++)
		str_add(&s, "    - run: y\n");
	expect_rule("too many steps", &s, "too-many");

	str_clear(&s);
	str_add(&s, REST "env:\n");
	for (int i = 0; i <= MAX_ENV; i++)
		str_addf(&s, "  A%d: x\n", i);
	expect_rule("too many variables", &s, "too-many");

	str_clear(&s);
	str_add(&s, "on: {push: {branches: [");
	for (int i = 0; i <= MAX_PATTERNS; i++)
		str_addf(&s, "b%d,", i);
	str_add(&s, "]}}" REST);
	expect_rule("too many patterns", &s, "too-many");

	str_clear(&s);
	str_add(&s, "jobs:\n  a0:\n    runs-on: x\n    env: {A: &big \"");
	for (int i = 0; i < 100000; i++)
		str_add_char(&s, 'x');
	str_add(&s, "\"}\n    steps: [{run: y}]\n");
	for (int i = 1; i < 200; i++)
		str_addf(&s, "  a%d: {runs-on: x, env: {A: *big}, "
		    "steps: [{run: y}]}\n", i);
	expect_rule("a text used too often", &s, "too-large");
	str_release(&s);
}

/* A chain as long as the limit must not be deeper than the stack. */
static void
test_long_chain(void)
{
	struct str s = STR_INIT;
	struct read r;

	str_add(&s, "jobs:\n");
	for (int i = 0; i < MAX_JOBS; i++)
		str_addf(&s, "  j%d: {runs-on: x, steps: [{run: y}], "
		    "needs: j%d}\n", i, (i + 1) % MAX_JOBS);
	read_text(&r, ".ci.yml", s.s, s.len);
	is_int((long long)r.d.n, 1, "a long circle is one problem");
	read_release(&r);
	str_release(&s);
}

/* --- files that are shipped ---------------------------------------------- */

static void
lint(const char *path)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct read r;

	file_read(path, YAML_MAX_BYTES, &text, &err);
	read_text(&r, path, text.s, text.len);
	is_str(r.problems.s, "", "%s%s", path, err.text);
	read_release(&r);
	str_release(&text);
}

/* Our own; t/e2e/examples.t has the examples. */
static void
test_own(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/.ci.yml",
	    srcdir != NULL ? srcdir : ".");
	lint(path);
}

int
main(void)
{
	test_cases();
	test_triggers();
	test_limits();
	test_long_chain();
	test_own();
	return tap_done();
}
