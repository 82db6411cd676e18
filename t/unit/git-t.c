/*
 * git-t.c - mirrors, reads and checkouts, with the real git.
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
#include "lib/base/proc.h"
#include "t/lib/tap.h"

static struct err err;

/* Paths below the test's folder; few enough to be kept. */
static const char *
in_dir(const char *name)
{
	static struct arena names = ARENA_INIT(0);

	return arena_printf(&names, "%s/%s", tap_dir(), name);
}

/* Run git as a user would, in the folder of the origin. */
#define git_as_user(...) \
	user_git((const char *const[]){ "git", "-c", "user.name=Ada", "-c", \
	    "user.email=ada@example.org", "-c", "core.hooksPath=/dev/null", \
	    "-c", "init.defaultBranch=main", __VA_ARGS__, NULL })

static const char *
user_git(const char *const *argv)
{
	static struct str out = STR_INIT;
	struct proc_spec spec = { .argv = argv, .cwd = in_dir("origin") };

	str_clear(&out);
	if (proc_run_ok(&spec, NULL, 65536, 60000, &out, &err) == -1) {
		tap_note("%s", err.text);
		abort();
	}
	str_cut(&out, strcspn(out.s, "\n"));
	return out.s;
}

static void
write_origin(const char *name, const char *text)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", in_dir("origin"), name);
	if (file_replace(path.s, text, strlen(text), 0644, false, &err) ==
	    -1)
		abort();
	str_release(&path);
}

/* Commit what is there; its name lives in the arena. */
static const char *
commit(struct arena *a, const char *title)
{
	git_as_user("add", "-A");
	git_as_user("commit", "-q", "--allow-empty", "-m", title);
	return arena_strdup(a, git_as_user("rev-parse", "HEAD"));
}

static void
test_mirror(struct git *g, const char *mirror, const char *sha)
{
	char got[GIT_SHA_SIZE] = "";
	const char *origin = in_dir("origin"), *none = in_dir("none");
	struct stat st;

	is_int(git_mirror_update(g, mirror, origin, sha, got, &err), 0,
	    "a mirror is made and fetched: %s", err.text);
	is_str(got, sha, "it has the commit");
	is_int(git_mirror_update(g, mirror, none, sha, got, &err), 0,
	    "a commit that is there needs no origin");
	is_int(git_mirror_update(g, mirror, origin,
	    "0123456789012345678901234567890123456789", got, &err), -1,
	    "a commit that nobody has");
	is_int(err.code, ERR_NOT_FOUND, "is told apart: %s", err.text);
	err_clear(&err);
	is_int(git_mirror_update(g, in_dir("m2.git"), none, sha, got, &err),
	    -1, "an origin that does not answer");
	is_int(err_kind(err.code), ERR_KIND_INFRA, "may be tried again: %s",
	    err.text);
	err_clear(&err);
	ok(stat(in_dir("mirror.git/refs"), &st) == 0 &&
	    stat(in_dir("mirror.git/hooks"), &st) == -1, "no hooks");
}

static int
check_out(struct git *g, const char *mirror, const char *sha,
    const char *workspace)
{
	const struct git_checkout what = { .mirror = mirror, .sha = sha,
		.depth = 1 };

	return git_checkout(g, &what, workspace, &err);
}

/* What a user of the forge could push or an administrator mistype. */
static void
test_refused(struct git *g, const char *mirror, const char *sha)
{
	static const char *const urls[] = { "--upload-pack=touch x", "",
		"ext::sh -c 'touch x'", "a\nb" };
	char got[GIT_SHA_SIZE];

	for (size_t i = 0; i < 4; i++) {
		is_int(git_mirror_update(g, mirror, urls[i],
		    "0123456789012345678901234567890123456789", got, &err),
		    -1, "address %zu is refused", i);
		is_int(err.code, ERR_INVALID, "as wrong");
		err_clear(&err);
	}
	is_int(git_mirror_update(g, mirror, in_dir("origin"), "--all", got,
	    &err), -1, "a commit is no option");
	err_clear(&err);
	is_int(check_out(g, mirror, "HEAD", in_dir("w0")), -1,
	    "a commit is no name");
	err_clear(&err);
	ok(git_sha_valid(sha) && !git_sha_valid("abc") && !git_sha_valid(""),
	    "only full names are commits");
}

static void
test_protocols(struct config *config, struct git *g, const char *sha)
{
	char got[GIT_SHA_SIZE];

	config->git_protocols = "https:ssh";
	is_int(git_mirror_update(g, in_dir("m3.git"), in_dir("origin"), sha,
	    got, &err), -1, "a folder as origin must be allowed");
	ok(strstr(err.text, "not allowed") != NULL, "%s", err.text);
	err_clear(&err);
	config->git_protocols = "file";
}

static void
test_read(struct git *g, const char *mirror, const char *sha)
{
	static const char *const places[] = { ".ci.yml", ".ci/", ".none/",
		NULL };
	struct arena a = ARENA_INIT(0);
	struct git_entry *list;
	struct git_commit c;
	struct str text = STR_INIT;
	size_t n;

	is_int(git_list(g, mirror, sha, places, 10, &a, &list, &n, &err), 0,
	    "listed");
	is_int((long long)n, 3, "regular files only, folders not entered");
	is_str(list[0].path, ".ci.yml", "by path");
	is_int(list[0].size_bytes, 8, "with size");
	is_str(list[2].path, ".ci/b c.yml", "names with blanks");
	is_int(git_list(g, mirror, sha, places, 2, &a, &list, &n, &err), -1,
	    "too many are refused: %s", err.text);
	err_clear(&err);
	is_int(git_read(g, mirror, sha, ".ci.yml", 8, &text, &err), 0,
	    "read");
	is_str(text.s, "on: push", "as of the commit");
	is_int(git_read(g, mirror, sha, ".ci.yml", 7, &text, &err), -1,
	    "one byte more than allowed");
	is_int(err.code, ERR_TOO_LARGE, "is too large: %s", err.text);
	err_clear(&err);
	is_int(git_read(g, mirror, sha, "-x", 7, &text, &err), -1, "no file");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	err_clear(&err);
	is_int(git_commit_read(g, mirror, sha, &a, &c, &err), 0, "commit");
	is_str(c.title, "-first: \"title\"", "its title");
	is_str(c.author, "Ada", "its author");
	str_release(&text);
	arena_release(&a);
}

static void
test_checkout(struct git *g, const char *mirror, const char *sha)
{
	const char *w = in_dir("w1");
	struct proc_spec spec = { .cwd = w };
	struct str out = STR_INIT;
	struct stat st;

	is_int(check_out(g, mirror, sha, w), 0, "checked out: %s",
	    err.text);
	file_read(in_dir("w1/.ci.yml"), 100, &out, &err);
	is_str(out.s, "on: push", "the files of that commit");
	ok(lstat(in_dir("w1/link"), &st) == 0 && S_ISLNK(st.st_mode),
	    "links are links");
	str_clear(&out);
	spec.argv = (const char *const[]){ "git", "-c", "safe.directory=*",
		"rev-parse", "HEAD", NULL };
	proc_run_ok(&spec, NULL, 100, 60000, &out, &err);
	ok(strncmp(out.s, sha, strlen(sha)) == 0, "git works inside");
	str_clear(&out);
	spec.argv = (const char *const[]){ "grep", "-r", "-l", "mirror.git",
		".", NULL };
	ok(proc_run_ok(&spec, NULL, 100, 60000, &out, NULL) == -1 &&
	    out.len == 0, "and does not know the mirror %s", out.s);
	str_release(&out);
}

/* Files that would not fit are not even written. */
static void
test_space(struct config *config, struct git *g, const char *mirror,
    const char *sha)
{
	struct stat st;

	config->workspace_max_bytes = 20;
	is_int(check_out(g, mirror, sha, in_dir("w2")), -1,
	    "a commit larger than the workspace may be");
	is_int(err.code, ERR_TOO_LARGE, "is too large: %s", err.text);
	ok(stat(in_dir("w2/.ci.yml"), &st) == -1, "and nothing is written");
	err_clear(&err);
	config->workspace_max_bytes = 1024;
	is_int(check_out(g, mirror, sha, in_dir("w3")), 0,
	    "one that fits is checked out: %s", err.text);
	config->workspace_max_bytes = 0;
}

/* A git that was killed in the middle leaves its locks. */
static void
test_stale_lock(struct git *g, const char *mirror, struct arena *a)
{
	const char *sha = commit(a, "more");
	char got[GIT_SHA_SIZE];

	file_replace(in_dir("mirror.git/refs/heads/main.lock"), "", 0, 0644,
	    false, &err);
	is_int(git_mirror_update(g, mirror, in_dir("origin"), sha, got,
	    &err), 0, "a lock left behind is removed: %s", err.text);
}

static void
test_tag(struct git *g, const char *mirror, struct arena *a)
{
	const char *sha = commit(a, "release"), *tag;
	char got[GIT_SHA_SIZE];

	git_as_user("tag", "-a", "-m", "v1", "v1");
	tag = arena_strdup(a, git_as_user("rev-parse", "v1"));
	is_int(git_mirror_update(g, mirror, in_dir("origin"), tag, got,
	    &err), 0, "an annotated tag: %s", err.text);
	is_str(got, sha, "stands for its commit");
}

int
main(void)
{
	struct config config = { .git_protocols = "file",
		.git_timeout_ms = 60000 };
	const char *mirror = in_dir("mirror.git"), *sha;
	struct arena a = ARENA_INIT(0);
	struct git *g;

	config.state_dir = tap_dir();
	file_mkdirs(in_dir("origin"), 0755, &err);
	git_as_user("init", "-q");
	write_origin(".ci.yml", "on: push");
	write_origin(".ci/a.yml", "on: push");
	write_origin(".ci/b c.yml", "on: push");
	write_origin(".ci/deep/c.yml", "on: push");
	if (symlink("/etc/passwd", in_dir("origin/.ci/link.yml")) == -1 ||
	    symlink(".ci.yml", in_dir("origin/link")) == -1)
		abort();
	sha = commit(&a, "-first: \"title\"");
	is_int(git_open(&config, &g, &err), 0, "git is ready");
	test_mirror(g, mirror, sha);
	test_refused(g, mirror, sha);
	test_protocols(&config, g, sha);
	test_read(g, mirror, sha);
	test_checkout(g, mirror, sha);
	test_space(&config, g, mirror, sha);
	test_stale_lock(g, mirror, &a);
	test_tag(g, mirror, &a);
	git_close(g);
	arena_release(&a);
	return tap_done();
}
