/*
 * git-diff-t.c - which paths a push or a pull request changes, with the real
 * git.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <string.h>

#include "lib/base/file.h"
#include "t/lib/shell.h"
#include "t/lib/tap.h"

static struct err err;
static struct arena a = ARENA_INIT(0);
static struct git *git;

static const char *
in_dir(const char *name)
{
	return shell_path(&a, name);
}

static const char *
sh(const char *script)
{
	return shell_run(&a, "repo", script);
}

static const char *
commit(const char *script)
{
	return sh(arena_printf(&a, "%s\ngit add -A\ngit commit -q "
	    "--allow-empty -m x\ngit rev-parse HEAD", script));
}

/* The list with "|" between. */
static const char *
changed(const char *from, const char *to)
{
	struct str out = STR_INIT;
	const char **paths, *text;
	size_t n;
	int rc = git_changed(git, in_dir("repo/.git"), from, to, &a, &paths,
	    &n, &err);

	str_addf(&out, "%s", rc == 1 ? "" : rc == 0 ? "too many" : err.text);
	err_clear(&err);
	for (size_t i = 0; i < n && rc == 1; i++)
		str_addf(&out, "%s%s", i > 0 ? "|" : "", paths[i]);
	text = arena_strdup(&a, out.s);
	str_release(&out);
	return text;
}

static const char *
merge_base(const char *one, const char *other)
{
	char *base = arena_alloc(&a, GIT_SHA_SIZE);
	int rc = git_merge_base(git, in_dir("repo/.git"), one, other, base,
	    &err);

	return rc == 1 ? base : rc == 0 ? "none" : err.text;
}

static const char *
branch_base(const char *branch, const char *sha)
{
	char *base = arena_alloc(&a, GIT_SHA_SIZE);
	int rc = git_branch_base(git, in_dir("repo/.git"), branch, sha, base,
	    &err);

	return rc == 1 ? base : rc == 0 ? "none" : err.text;
}

static void
test_names(const char *first)
{
	const char *odd = commit("printf x >'tab\there'; printf x >'new\nline'; "
	    "printf x >'\"quoted\"'; printf x >\"$(printf 'latin\\351')\"; "
	    "mkdir -p deep/er; printf x >deep/er/-x");
	const char *moved = commit("git mv deep/er/-x deep/moved; git rm -q "
	    "'tab\there'");

	is_str(changed(first, odd), "\"quoted\"|deep/er/-x|latin\351|new\nline|"
	    "tab\there", "names are the bytes of the repository");
	is_str(changed(odd, moved), "deep/er/-x|deep/moved|tab\there",
	    "both names of a moved file, and what was removed");
	is_str(changed(odd, odd), "", "nothing between a commit and itself");
}

/* Attributes and configuration of the repository start nothing. */
static void
test_hostile(const char *first)
{
	const char *sha = commit("git config diff.x.textconv 'touch ran; cat'; "
	    "git config diff.x.command 'touch ran'; git config diff.renames "
	    "copies; echo '* diff=x' >.gitattributes; echo y >a");

	is_str(changed(first, sha), "\"quoted\"|.gitattributes|a|deep/moved|"
	    "latin\351|new\nline", "what the repository configures is not "
	    "asked");
	is_str(sh("test ! -e ran && test ! -e .git/ran && echo no"), "no",
	    "and starts nothing");
	is_str(changed("--output=x", sha), "\"--output=x\" is not the full "
	    "name of a commit", "a commit is no option");
	is_str(changed(first, "HEAD"), "\"HEAD\" is not the full name of a "
	    "commit", "and no name");
}

/*
 *	first --- left --- merged     main
 *	     \             /
 *	      `-- right ---           topic
 */
static void
test_merge(const char *first)
{
	const char *left, *right, *merged;

	sh(arena_printf(&a, "git reset -q --hard %s; git checkout -q -b topic",
	    first));
	right = commit("echo r >right");
	sh("git checkout -q main");
	left = commit("echo l >left");
	merged = sh("git merge -q --no-ff -m merge topic; git rev-parse HEAD");
	is_str(changed(left, merged), "right", "a merge brings what the other "
	    "side has");
	is_str(changed(right, left), "left|right",
	    "two dots compare the ends: a force push");
	is_str(merge_base(right, left), first, "where two branches parted");
	is_str(changed(first, right), "right",
	    "three dots: what the pull request has of its own");
	is_str(merge_base(sh("git commit-tree -m x HEAD^{tree}"), left), "none",
	    "no history in common");
}

static void
test_branch(const char *first)
{
	const char *main = sh("git rev-parse main"), *two, *root;

	is_str(branch_base("main", main), first, "the first parent of the "
	    "deepest commit that only it has");
	sh("git checkout -q -b one main");
	commit("echo 1 >one");
	two = commit("echo 2 >two");
	is_str(branch_base("one", two), main, "a branch of two commits");
	is_str(changed(main, two), "one|two", "with the paths of both");
	sh("git checkout -q -b stacked");
	is_str(branch_base("stacked", two), "none", "a branch without commits "
	    "of its own");
	root = sh("git checkout -q --orphan alone; git rm -rfq .; echo 1 >only; "
	    "git add only; git commit -q -m x; git rev-parse HEAD");
	is_str(branch_base("alone", root), "", "a branch that begins anew");
	is_str(changed(NULL, root), "only", "has all its files");
	is_str(branch_base("--all", "x"), "\"x\" is not the full name of a "
	    "commit", "no options");
	err_clear(&err);
}

static void
test_many(const char *first)
{
	const char *sha = sh(arena_printf(&a, "git checkout -q %s\n"
	    "{ echo 'commit refs/heads/many'; echo 'committer A <a@b> 1 +0000'; "
	    "echo 'data 1'; echo x; echo 'from %s'\n"
	    "seq 100 %d | sed 's#..$#/&#; s#.*#M 644 inline &\\ndata 0\\n#'; } | "
	    "git fast-import --quiet\n"
	    "git rev-parse many", first, first, GIT_MAX_CHANGED + 100));

	is_str(changed(first, sha), "too many", "more than are looked at");
}

int
main(void)
{
	struct config config = { .git_protocols = "file",
		.git_timeout_ms = 60000 };
	const char *first;

	config.state_dir = tap_dir();
	file_mkdirs(in_dir("repo"), 0755, &err);
	sh("git -c init.defaultBranch=main init -q");
	first = commit("echo x >a");
	is_int(git_open(&config, &git, &err), 0, "git is ready");
	test_names(first);
	test_hostile(first);
	test_merge(first);
	test_branch(first);
	test_many(first);
	git_close(git);
	arena_release(&a);
	return tap_done();
}
