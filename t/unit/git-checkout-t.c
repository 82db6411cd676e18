/*
 * git-checkout-t.c - checkouts as actions/checkout makes them, submodules,
 * merges of pull requests, addresses; and which actions may be used.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/run/action_policy.h"
#include "t/lib/tap.h"

static struct err err;
static struct arena a = ARENA_INIT(0);

static const char *
in_dir(const char *name)
{
	return arena_printf(&a, "%s/%s", tap_dir(), name);
}

/* Run git as a user would; the first line that it prints. */
#define git_in(folder, ...) \
	user_git(folder, (const char *const[]){ "git", "-c", \
	    "user.name=Ada", "-c", "user.email=ada@example.org", "-c", \
	    "init.defaultBranch=main", "-c", "protocol.file.allow=always", \
	    "-c", "safe.directory=*", __VA_ARGS__, NULL })

static const char *
user_git(const char *folder, const char *const *argv)
{
	struct proc_spec spec = { .argv = argv, .cwd = in_dir(folder) };
	struct str out = STR_INIT;
	const char *line;

	if (proc_run_ok(&spec, NULL, 65536, 60000, &out, &err) == -1) {
		tap_note("%s", err.text);
		abort();
	}
	line = arena_strndup(&a, out.s, strcspn(out.s, "\n"));
	str_release(&out);
	return line;
}

static void
put(const char *path, const char *text)
{
	if (file_replace(in_dir(path), text, strlen(text), 0644, false,
	    &err) == -1)
		abort();
}

static const char *
commit(const char *folder, const char *title)
{
	git_in(folder, "add", "-A");
	git_in(folder, "commit", "-q", "--allow-empty", "-m", title);
	return git_in(folder, "rev-parse", "HEAD");
}

static const char *
content(const char *path)
{
	struct str text = STR_INIT;
	const char *copy;

	if (file_read(in_dir(path), 1000, &text, NULL) == -1)
		str_add(&text, "(none)");
	copy = arena_strdup(&a, text.s);
	str_release(&text);
	return copy;
}

static void
test_refs(struct git *g)
{
	const char *first = commit("origin", "one"), *second;
	struct git_checkout what = { .mirror = in_dir("origin"),
		.ref = "refs/heads/main", .url = "https://h/\"o\\r", .depth = 1 };

	git_in("origin", "tag", "-a", "-m", "v1", "v1");
	second = commit("origin", "two");
	what.sha = first;
	is_int(git_checkout(g, &what, in_dir("b"), &err), 0, "a branch where "
	    "it was before: %s", err.text);
	is_str(git_in("b", "rev-parse", "--abbrev-ref", "HEAD"), "main",
	    "is checked out as such");
	is_str(git_in("b", "rev-parse", "HEAD"), first, "at that commit");
	is_str(git_in("b", "rev-list", "--count", "HEAD"), "1", "alone");
	is_str(git_in("b", "rev-parse", "--abbrev-ref", "main@{upstream}"),
	    "origin/main", "and follows its origin");
	is_str(git_in("b", "remote", "get-url", "origin"), "https://h/\"o\\r",
	    "whose address is as it was given");
	what.ref = "refs/tags/v1";
	is_int(git_checkout(g, &what, in_dir("t"), &err), 0, "a tag");
	is_str(git_in("t", "describe"), "v1", "stays an annotated one");
	what.sha = second;
	is_int(git_checkout(g, &what, in_dir("m"), &err), 0, "one that was "
	    "moved since");
	is_str(git_in("m", "rev-parse", "HEAD"), second, "is not looked at");
	what = (struct git_checkout){ .mirror = in_dir("origin"),
		.sha = first, .ref = "refs/pull/3/merge", .depth = 0 };
	is_int(git_checkout(g, &what, in_dir("p"), &err), 0, "a pull request, "
	    "with all branches: %s", err.text);
	is_str(git_in("p", "rev-parse", "refs/remotes/pull/3/merge"), first,
	    "has its ref");
	is_str(git_in("p", "rev-parse", "refs/remotes/origin/main"), second,
	    "beside the branches");
	is_str(git_in("p", "tag"), "v1", "and the tags");
}

/* What the last checkout has kept is used, and may be damaged. */
static void
test_cache(struct git *g)
{
	struct git_checkout what = { .mirror = in_dir("c.git"),
		.ref = "refs/heads/main", .url = "https://h/o", .depth = 1,
		.cached = true };
	char commit_sha[GIT_SHA_SIZE];
	struct stat st;

	put("origin/kept", "1");
	what.sha = commit("origin", "first");
	git_mirror_update(g, what.mirror, in_dir("origin"), what.sha,
	    commit_sha, &err);
	is_int(git_checkout(g, &what, in_dir("c1"), &err), 0, "the first: %s",
	    err.text);
	is_str(content("c.git/pawl-cache/kept"), what.sha, "keeps its "
	    "objects");
	put("origin/new", "2");
	what.sha = commit("origin", "second");
	git_mirror_update(g, what.mirror, in_dir("origin"), what.sha,
	    commit_sha, &err);
	is_int(git_checkout(g, &what, in_dir("c2"), &err), 0, "the second: %s",
	    err.text);
	is_str(content("c2/kept"), "1", "has what was there");
	is_str(content("c2/new"), "2", "and what is new");
	is_str(git_in("c2", "rev-parse", "HEAD"), what.sha, "at its commit");
	is_str(git_in("c2", "rev-list", "--count", "--all"), "1", "alone");
	is_str(git_in("c2", "fsck", "--connectivity-only",
	    "--no-dangling"), "", "and is whole");
	is_str(git_in("c2", "rev-parse", "--abbrev-ref", "main@{upstream}"),
	    "origin/main", "and follows its origin");
	put("c.git/pawl-cache/kept",
	    "0123456789012345678901234567890123456789");
	put("origin/new", "3");
	what.sha = commit("origin", "third");
	git_mirror_update(g, what.mirror, in_dir("origin"), what.sha,
	    commit_sha, &err);
	is_int(git_checkout(g, &what, in_dir("c3"), &err), 0, "one that is "
	    "damaged is not needed: %s", err.text);
	is_str(content("c3/new"), "3", "the mirror has all");
	ok(stat(in_dir("c.git/pawl-cache"), &st) == -1, "and it is gone");
}

static void
test_merge(struct git *g)
{
	const char *base, *head, *other;
	char sha[GIT_SHA_SIZE];

	put("origin/x", "1\n");
	head = commit("origin", "head");
	git_in("origin", "checkout", "-q", "-b", "side", "HEAD~1");
	put("origin/y", "1\n");
	base = commit("origin", "base");
	put("origin/x", "2\n");
	other = commit("origin", "other");
	is_int(git_merge(g, in_dir("origin"), base, head, "both", sha, &err),
	    1, "two commits are merged: %s", err.text);
	is_str(git_in("origin", "log", "-1", "--format=%P %s", sha),
	    arena_printf(&a, "%s %s both", base, head), "base first");
	is_str(git_in("origin", "ls-tree", "--name-only", "-r", sha, "x"),
	    "x", "with the files of one");
	is_str(git_in("origin", "ls-tree", "--name-only", "-r", sha, "y"),
	    "y", "and of the other");
	is_int(git_merge(g, in_dir("origin"), other, head, "no", sha, &err),
	    0, "those that are at odds are not");
}

/* What a stranger writes into .gitmodules. */
static void
test_submodules(struct git *g)
{
	struct git_checkout what = { .mirror = in_dir("origin"), .depth = 1 };
	struct git_submodule *list;
	size_t n;

	put("origin/.gitmodules", "[submodule \"a.b\"]\n\tpath = sub\n"
	    "\turl = ../lib.git\n[submodule \"up\"]\n\tpath = ../up\n"
	    "\turl = x\n[submodule \"none\"]\n\tpath = x\n\turl = x\n"
	    "[submodule \"half\"]\n\tpath = half\n[core]\n\tpager = touch\n"
	    "[submodule \"opt\"]\n\tpath = -u\n\turl = x\n");
	git_in("origin", "update-index", "--add", "--cacheinfo",
	    arena_printf(&a, "160000,%s,sub", git_in("origin", "rev-parse",
	    "HEAD")));
	git_in("origin", "add", ".gitmodules");
	git_in("origin", "commit", "-q", "-m", "modules");
	what.sha = git_in("origin", "rev-parse", "HEAD");
	is_int(git_checkout(g, &what, in_dir("s"), &err), 0, "checked out: %s",
	    err.text);
	is_int(git_submodules(g, in_dir("s"), &a, &list, &n, &err), 0,
	    "submodules are read: %s", err.text);
	if (!is_int((long long)n, 1, "only what is one in the commit"))
		return;
	is_str(list[0].name, "a.b", "with its name");
	is_str(list[0].path, "sub", "its path");
	is_str(list[0].url, "../lib.git", "its address");
	is_int(git_submodule_add(g, in_dir("s"), &list[0], "https://h/lib.git",
	    &err), 0, "and made known");
	is_str(git_in("s", "config", "submodule.a.b.url"),
	    "https://h/lib.git", "to git");
}

static void
test_lfs(struct git *g)
{
	struct proc_spec has = { .argv = (const char *const[]){ "git", "lfs",
		"version", NULL } };
	struct git_checkout what = { .mirror = in_dir("lfs"), .depth = 1 };
	struct str out = STR_INIT;
	const char *url = arena_printf(&a, "file://%s", in_dir("lfs"));

	file_mkdirs(in_dir("lfs"), 0755, &err);
	git_in("lfs", "init", "-q");
	put("lfs/x", "x");
	what.sha = commit("lfs", "plain");
	git_checkout(g, &what, in_dir("l0"), &err);
	if (proc_run_ok(&has, NULL, 1000, 60000, &out, NULL) == -1) {
		is_int(git_lfs_pull(g, in_dir("l0"), url, what.sha, &err), -1,
		    "without git-lfs its files cannot be had");
		is_int(err.code, ERR_UNSUPPORTED, "%s", err.text);
		str_release(&out);
		return;
	}
	str_release(&out);
	git_in("lfs", "lfs", "install", "--local");
	git_in("lfs", "lfs", "track", "*.big");
	put("lfs/a.big", "large\n");
	put("lfs/.lfsconfig", "[lfs]\n\turl = http://127.0.0.1:9/x\n"
	    "[remote \"origin\"]\n\tlfsurl = http://127.0.0.1:9/y\n");
	what.sha = commit("lfs", "large");
	is_int(git_checkout(g, &what, in_dir("l1"), &err), 0, "checked out");
	ok(strncmp(content("l1/a.big"), "version https://git-lfs", 23) == 0,
	    "a file of git-lfs is its pointer");
	is_int(git_lfs_pull(g, in_dir("l1"), url, what.sha, &err), 0,
	    "until it is fetched: %s", err.text);
	is_str(content("l1/a.big"), "large\n", "then it is there, and an "
	    "address in the commit is not asked");
	git_checkout(g, &what, in_dir("l2"), &err);
	is_int(git_lfs_pull(g, in_dir("l2"), in_dir("lfs"), what.sha, &err),
	    0, "a path is an origin as well: %s", err.text);
}

static void
test_urls(void)
{
	static const struct {
		const char *base, *url, *want;
	} joins[] = {
		{ "https://h/o/r.git", "../x.git", "https://h/o/x.git" },
		{ "https://h/o/r/", "../../x/y", "https://h/x/y" },
		{ "https://h/o/r", "./sub", "https://h/o/r/sub" },
		{ "https://h/r", "../../../x", "https://h/x" },
		{ "git@h:o/r.git", "../x.git", "git@h:o/x.git" },
		{ "git@h:o/r.git", "../../o/x", "git@h:o/x" },
		{ "/srv/o/r.git", "../x.git", "/srv/o/x.git" },
		{ "https://h/o/r", "https://i/x", "https://i/x" },
	};
	static const char *const cleans[][2] = {
		{ "https://me:pw@h/o/r", "https://h/o/r" },
		{ "https://h/o@x/r", "https://h/o@x/r" },
		{ "ssh://git@h/o/r", "ssh://git@h/o/r" },
		{ "git@h:o/r", "git@h:o/r" },
	};

	for (size_t i = 0; i < ARRAY_LEN(joins); i++)
		is_str(git_url_join(joins[i].base, joins[i].url, &a),
		    joins[i].want, "%s of %s", joins[i].url, joins[i].base);
	for (size_t i = 0; i < ARRAY_LEN(cleans); i++)
		is_str(git_url_clean(cleans[i][0], &a), cleans[i][1],
		    "%s without password", cleans[i][0]);
}

/* Other registered repositories may be private. */
static void
test_readers(void)
{
	static const struct {
		const char *uses;
		bool own, listed;
	} cases[] = {
		{ "O/Run@v1", true, false },
		{ "o/other@v1", false, false },
		{ "o/open/path@v1", false, true },
	};
	static const char *const list[] = { "o/open" };
	const struct config config = { .allow_actions = { list, 1 },
		.actions_require_sha = true };
	const struct reader friend = { "o", "run", false },
	    stranger = { "o", "run", true };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct uses u = uses_read(cases[i].uses, &a);

		is_int(reader_has(&stranger, u.owner, u.name), cases[i].own,
		    "a stranger has %s", cases[i].uses);
		is_int(action_allowed(&config, &stranger, &u, true, &err),
		    cases[i].own || cases[i].listed ? 0 : -1, "or uses it");
		ok(reader_has(&friend, u.owner, u.name) &&
		    action_allowed(&config, &friend, &u, true, &err) == 0,
		    "others do");
	}
	err_clear(&err);
}

static void
test_policy(void)
{
	static const char *const list[] = { "ok/*", "o/r@v1", "o/path/sub",
		"pre-*/x" };
	static const struct {
		const char *uses;
		bool allowed, pinned;
	} cases[] = {
		{ "ok/any@v1", true, false },
		{ "OK/any/deep@main", true, false },
		{ "okay/any@v1", false, false },
		{ "o/r@v1", true, false },
		{ "o/r/below@v1", true, false },
		{ "o/r@v2", false, false },
		{ "o/path@v1", false, false },
		{ "o/path/sub@v1", true, false },
		{ "pre-y/x@v1", true, false },
		{ "ok/x@0123456789012345678901234567890123456789", true,
		    true },
	};
	struct config config = { .allow_actions = { list, ARRAY_LEN(list) },
		.actions_url = "", .state_dir = "/s" };
	const struct reader reader = { "o", "run", false };
	struct uses own = uses_read("x/y@v1", &a);
	const char *url, *mirror;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct uses u = uses_read(cases[i].uses, &a);

		config.actions_require_sha = false;
		is_int(action_allowed(&config, &reader, &u, false,
		    &err) == 0, cases[i].allowed, "%s", cases[i].uses);
		config.actions_require_sha = true;
		is_int(action_allowed(&config, &reader, &u, false,
		    &err) == 0, cases[i].allowed && cases[i].pinned, "where "
		    "pins are wanted");
		err_clear(&err);
	}
	is_int(action_origin(&config, "https://me:pw@h/o/r.git", &own, &a,
	    &url, &mirror, &err), 0, "an origin");
	is_str(url, "https://me:pw@h/x/y.git", "at the forge of the run");
	is_str(mirror, "/s/mirrors/.other/h~2Fx~2Fy.git", "has a mirror of "
	    "its own");
	config.actions_url = "https://i/";
	action_origin(&config, NULL, &own, &a, &url, &mirror, &err);
	is_str(url, "https://i/x/y.git", "or where \"actions-url\" says");
}

int
main(void)
{
	struct config config = { .git_protocols = "file",
		.git_timeout_ms = 60000 };
	struct git *g;

	config.state_dir = tap_dir();
	file_mkdirs(in_dir("origin"), 0755, &err);
	git_in("origin", "init", "-q");
	is_int(git_open(&config, &g, &err), 0, "git is ready");
	test_refs(g);
	test_cache(g);
	test_merge(g);
	test_submodules(g);
	test_lfs(g);
	test_urls();
	test_policy();
	test_readers();
	git_close(g);
	arena_release(&a);
	return tap_done();
}
