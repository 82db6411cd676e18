/*
 * sources-t.c - the files that a workflow uses, found in real repositories.
 *
 * Every test has a repository "owner/run", whose workflow is given, and a
 * registered "owner/shared", whose files are below.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "t/lib/fixture.h"
#include "t/lib/shell.h"
#include "t/lib/tap.h"
#include "workerd/planner.h"
#include "workerd/planner_sources.h"

static struct err err;
static struct arena names = ARENA_INIT(0);
static struct planner p;
static const char *tagged; /* commit of the tag v1 of owner/shared */

static const char *
in_dir(const char *name)
{
	return shell_path(&names, name);
}

static const char *
sh(const char *dir, const char *script)
{
	return shell_run(&names, dir, script);
}

static void
write_file(const char *path, const char *text)
{
	char *folder = arena_strdup(&names, in_dir(path));

	*strrchr(folder, '/') = '\0';
	must(file_mkdirs(folder, 0755, &err));
	must(file_replace(in_dir(path), text, strlen(text), 0644, false,
	    &err));
}

static const char *
commit(const char *dir)
{
	return sh(dir, "test -d .git || git -c init.defaultBranch=main init -q\n"
	    "git add -A; git commit -q --allow-empty -m x; git rev-parse HEAD");
}

static void
make_shared(void)
{
	write_file("shared/.ci/build.yml", "on: workflow_call\njobs:\n"
	    "  a:\n    uses: ./.ci/inner.yml\n"
	    "  b:\n    runs-on: x\n    steps: [{uses: ./mine}]\n");
	write_file("shared/.ci/inner.yml", "on: workflow_call\njobs:\n"
	    "  a:\n    runs-on: x\n    steps: [{uses: docker://alpine}]\n");
	write_file("shared/greet/action.yaml", "runs:\n  using: composite\n"
	    "  steps: [{uses: ./lib}, {uses: actions/checkout@v4}]\n");
	write_file("shared/lib/action.yml", "runs:\n  using: composite\n"
	    "  steps: [{run: echo one, shell: sh}]\n");
	write_file("shared/loop.yml", "on: workflow_call\njobs:\n"
	    "  a:\n    uses: ./loop.yml\n");
	tagged = commit("shared");
	sh("shared", "git tag -a -m x v1; git branch both; git tag both");
	write_file("shared/lib/action.yml", "runs:\n  using: composite\n"
	    "  steps: [{run: echo two, shell: sh}]\n");
	commit("shared");
	sh("shared", "git branch -f both");
}

static void
make_run(void)
{
	write_file("run/mine/action.yml", "runs:\n  using: composite\n"
	    "  steps: [{run: echo mine, shell: sh}]\n");
	write_file("run/.ci/local.yml", "on: workflow_call\njobs:\n"
	    "  a:\n    runs-on: x\n    steps: [{uses: ./mine}]\n");
	write_file("run/broken/action.yml", "runs: [\n");
}

static void
open_planner(void)
{
	struct repo repo = { .forge = "github", .owner = "owner",
		.name = "shared", .clone_url = in_dir("shared"),
		.default_branch = "main" };
	struct str path = STR_INIT;
	int64_t id;

	p.program.config = (struct config) { .git_protocols = "file",
		.git_timeout_ms = 60000, .state_dir = in_dir("state") };
	must(file_mkdirs(in_dir("state"), 0755, &err));
	p.program.store = fixture_store(NULL);
	must(repo_add(p.program.store, &repo, NULL, &id, &err));
	repo.name = "away";
	repo.clone_url = in_dir("nowhere");
	must(repo_add(p.program.store, &repo, NULL, &id, &err));
	p.repo = (struct repo) { .owner = "owner", .name = "run" };
	layout_mirror(&path, p.program.config.state_dir, "owner", "run");
	p.mirror = arena_strdup(&names, path.s);
	str_release(&path);
	must(git_open(&p.program.config, &p.git, &err));
	must(git_mirror_update(p.git, p.mirror, in_dir("run"), commit("run"),
	    p.commit, &err));
}

/* Forget what one planning knew. */
static void
forget(void)
{
	arena_release(&p.arena);
	p.origins = NULL;
	p.n_origins = 0;
	err_clear(&err);
}

static void
print_source(const struct plan_source *s, struct str *out)
{
	str_addf(out, "%s: ", s->uses);
	if (s->error != NULL)
		str_addf(out, "%s\n", s->error);
	else
		str_addf(out, "%s of %s\n", s->path,
		    strcmp(s->sha, p.commit) == 0 ? "the run" :
		    strcmp(s->sha, tagged) == 0 ? "v1" : "main");
}

/* All that a workflow with this job uses, a line for each. */
static const char *
used_by(const char *job)
{
	struct plan_file f = { .path = ".ci.yml", .text = STR_INIT };
	struct str out = STR_INIT;
	const char *text;

	forget();
	str_addf(&f.text, "on: push\njobs:\n  j:\n    %s\n", job);
	if (planner_sources(&p, &f, &err) == -1)
		str_addf(&out, "%s: %s\n", err_kind(err.code) ==
		    ERR_KIND_INFRA ? "again" : "never", err.text);
	else
		for (size_t i = 0; i < f.n_sources; i++)
			print_source(&f.sources[i], &out);
	text = arena_strdup(&names, out.s);
	str_release(&out);
	str_release(&f.text);
	return text;
}

#define STEPS "runs-on: x\n    steps: "
#define NO_REPO(name) "the repository \"" name "\" is not registered here, " \
	"so nothing of it can be used (pawl repo add " name " CLONE_URL; or " \
	"\"allow-actions\" of the configuration)\n"

static void
test_found(void)
{
	is_str(used_by(STEPS "[{run: x}, {uses: actions/checkout@v4}, "
	    "{uses: 'docker://alpine:3'}]"), "",
	    "what is built in and images need no file");
	is_str(used_by(STEPS "[{uses: ./mine}, {uses: ./mine}]"),
	    "./mine: mine/action.yml of the run\n", "a local action, once");
	is_str(used_by("uses: ./.ci/local.yml"),
	    "./.ci/local.yml: .ci/local.yml of the run\n"
	    "./mine: mine/action.yml of the run\n",
	    "a local workflow and what it uses");
	is_str(used_by(STEPS "[{uses: owner/shared/greet@v1}]"),
	    "owner/shared/greet@v1: greet/action.yaml of v1\n"
	    "owner/shared/lib@v1: lib/action.yml of v1\n",
	    "another repository's action at a tag, and its own \"./\"");
	is_str(used_by(STEPS "[{parallel: [{uses: Owner/Shared/lib@main}]}]"),
	    "Owner/Shared/lib@main: lib/action.yml of main\n",
	    "at a branch; names as forges compare them");
	is_str(used_by(arena_printf(&names, "uses: owner/shared/.ci/build.yml@%s",
	    tagged)), arena_printf(&names,
	    "owner/shared/.ci/build.yml@%s: .ci/build.yml of v1\n"
	    "owner/shared/.ci/inner.yml@%s: .ci/inner.yml of v1\n"
	    "./mine: mine/action.yml of the run\n", tagged, tagged),
	    "a workflow at a commit: \"./\" of its jobs is its repository's, "
	    "that of its steps the run's");
	is_str(used_by(STEPS "[{uses: owner/shared/lib@both}, "
	    "{uses: owner/shared/lib@refs/heads/both}]"),
	    "owner/shared/lib@both: lib/action.yml of v1\n"
	    "owner/shared/lib@refs/heads/both: lib/action.yml of main\n",
	    "a tag goes before a branch of its name");
	is_str(used_by("uses: owner/shared/loop.yml@v1"),
	    "owner/shared/loop.yml@v1: loop.yml of v1\n",
	    "a circle is walked once");
}

static void
test_not_found(void)
{
	const char *short_sha = arena_strndup(&names, tagged, 8);

	is_str(used_by(STEPS "[{uses: none/x@v1}, {uses: ./mine}]"),
	    "none/x@v1: " NO_REPO("none/x")
	    "./mine: mine/action.yml of the run\n",
	    "a repository that is not registered; the rest goes on");
	is_str(used_by(STEPS "[{uses: owner/shared/lib@v9}]"),
	    "owner/shared/lib@v9: \"owner/shared\" has no branch, tag or "
	    "commit \"v9\"\n", "a ref that is not there");
	is_str(used_by(STEPS "[{uses: 'owner/shared/lib@v1^{}'}]"),
	    "owner/shared/lib@v1^{}: \"owner/shared\" has no branch, tag or "
	    "commit \"v1^{}\"\n", "a ref is no expression of git's");
	is_str(used_by(arena_printf(&names, STEPS
	    "[{uses: owner/shared/lib@%s}]", short_sha)), arena_printf(&names,
	    "owner/shared/lib@%s: \"owner/shared\" has no branch, tag or "
	    "commit \"%s\"; a commit must be written in full, with all its 40 "
	    "digits\n", short_sha, short_sha), "a commit cut short");
	is_str(used_by(STEPS "[{uses: owner/shared/lib@"
	    "0123456789012345678901234567890123456789}]"),
	    "owner/shared/lib@0123456789012345678901234567890123456789: "
	    "\"owner/shared\" has no branch, tag or commit "
	    "\"0123456789012345678901234567890123456789\"\n",
	    "a commit that nobody has");
	is_str(used_by(STEPS "[{uses: ./none}]"), "", "one that a step may "
	    "make is not pinned");
	ok(strstr(used_by(STEPS "[{uses: owner/shared/none@main}]"),
	    "\"owner/shared/none@main\" is no action: there is no "
	    "action.yml or action.yaml at \"none/\" in commit ") != NULL,
	    "no such action");
	is_str(used_by("uses: owner/shared/x.yml@v1"), arena_printf(&names,
	    "owner/shared/x.yml@v1: \"owner/shared/x.yml@v1\" cannot be "
	    "called: there is no file \"x.yml\" in commit %.12s of "
	    "owner/shared\n", tagged), "no such workflow");
	is_str(used_by(STEPS "[{uses: ./../etc}]"), "./../etc: \"./../etc\" "
	    "is neither ./path, without \"..\", nor owner/repo[/path]@ref\n",
	    "a way out");
	is_str(used_by(STEPS "[{uses: ./broken}]"),
	    "./broken: broken/action.yml of the run\n",
	    "mistakes of an action are told by who reads it");
}

/* An origin that does not answer is tried again, but a run is not lost for
 * it. */
static void
test_unreachable(void)
{
	const char *job = STEPS "[{uses: owner/away@v1}, {uses: ./mine}]";

	p.delivery.attempts = 1;
	ok(strncmp(used_by(job), "again: reading what .ci.yml uses: "
	    "owner/away: ", 46) == 0, "first it is tried again: %s",
	    used_by(job));
	p.delivery.attempts = RETRY_PLAN_ATTEMPTS;
	ok(strncmp(used_by(job), "owner/away@v1: \"owner/away\" cannot be "
	    "read: ", 44) == 0 && strstr(used_by(job), "\n./mine: mine/") !=
	    NULL, "then it fails what uses it: %s", used_by(job));
	p.delivery.attempts = 0;
}

static void
test_limits(void)
{
	struct str steps = STR_INIT;
	const char *lines;
	size_t n = 0;

	str_add(&steps, STEPS "[");
	for (int i = 0; i < SOURCES_MAX_FILES + 5; i++)
		str_addf(&steps, "%s{uses: owner/shared@x%d}", i > 0 ? ", " : "", i);
	str_add_char(&steps, ']');
	lines = used_by(steps.s);
	for (const char *at = lines; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	is_int((long long)n, SOURCES_MAX_FILES + 1, "so many files are looked "
	    "at, and one is told of");
	ok(strstr(lines, "owner/shared@x256: a workflow may use 256 files of actions "
	    "and called workflows; this is one more\n") != NULL, "as too many");
	ok(strstr(lines, "owner/shared@x64: the workflows of one commit may use 64 "
	    "other repositories\n") != NULL, "repositories are bounded, too");
	str_release(&steps);
}

int
main(void)
{
	must(file_mkdirs(in_dir("shared"), 0755, &err));
	make_shared();
	make_run();
	open_planner();
	test_found();
	test_not_found();
	test_unreachable();
	test_limits();
	forget();
	git_close(p.git);
	store_close(p.program.store);
	arena_release(&names);
	return tap_done();
}
