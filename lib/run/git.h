/*
 * git.h - mirrors and checkouts with the git program.
 *
 * git is started by fork and exec, never through a shell, with an
 * environment and settings of our own: no prompt, no hooks, no system or
 * user configuration, only the protocols that "git-protocols" allows. What
 * comes from outside (addresses, names, commits) is checked or stands where
 * git takes no option.
 *
 * A mirror is a bare repository that holds all refs of its origin; a
 * checkout is made from it without network and knows nothing of it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_GIT_H
#define PAWL_RUN_GIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* A commit's name in full: 40 hex digits, 64 with SHA-256, and its NUL. */
#define GIT_SHA_SIZE 65

struct git;

/* Ready git for a state directory: writes STATE/gitconfig, the settings for
 * all calls, when it differs. `config` is borrowed. */
int
git_open(const struct config *config, struct git **out, struct err *err);
void
git_close(struct git *g); /* NULL is fine */

/* Is it the full name of a commit, in lower case? */
bool
git_sha_valid(const char *sha);

/*
 * Make sure that the bare mirror at path `mirror` has the object `sha`:
 * makes the mirror when it is missing, fetches all refs of `url` (and prunes)
 * when the object is, then that object itself. One process at a time per
 * mirror; the others wait. `commit` becomes the commit that `sha` is or,
 * for an annotated tag, stands for. Errors: ERR_UNAVAILABLE with git's words,
 * ERR_TIMEOUT, ERR_NOT_FOUND when the origin has no such commit, ERR_INVALID
 * for an address that cannot be right.
 */
int
git_mirror_update(struct git *g, const char *mirror, const char *url,
    const char *sha, char commit[GIT_SHA_SIZE], struct err *err);

/*
 * Bring a mirror up to date, whatever it has: fetch all refs of `url`, and
 * prune. Errors as above.
 */
int
git_mirror_fetch(struct git *g, const char *mirror, const char *url,
    struct err *err);

/*
 * One commit of an origin, without its history, into a mirror that is for such
 * only: `ref` is its name in full, a full ref, or the name of a tag or else of
 * a branch. ERR_NOT_FOUND when there is none; else as above.
 */
int
git_mirror_take(struct git *g, const char *mirror, const char *url,
    const char *ref, char commit[GIT_SHA_SIZE], struct err *err);

/*
 * git_stored.c: let the branch of a mirror that has no origin have this one
 * file. A commit is made unless that on top has the same title.
 */
struct git_stored {
	const char *branch, *path, *text, *title;
	int64_t at_ms; /* of the commit */
};
int
git_mirror_store(struct git *g, const char *mirror,
    const struct git_stored *what, struct err *err);

/* git_sweep.c: remove (`act`) the mirrors of a folder that nobody has taken
 * for so long and nobody holds; tell of each, with -1 and err for one that
 * stays. */
typedef void git_swept_fn(void *ctx, const char *name, int rc,
    struct err *err);
int
git_mirrors_sweep(const char *folder, int64_t age_s, bool act,
    git_swept_fn *swept, void *ctx, struct err *err);

/*
 * The commit that a full ref ("refs/heads/main", "HEAD") of a mirror stands for, as it
 * was fetched last. The name must be valid (forge_ref_valid()). Returns 1, 0
 * when there is none, -1.
 */
int
git_ref_commit(struct git *g, const char *mirror, const char *ref,
    char commit[GIT_SHA_SIZE], struct err *err);

/* The commit of a mirror whose name starts so, at least 7 digits. Returns 1, 0
 * when there is none or more than one, -1. */
int
git_complete_sha(struct git *g, const char *mirror, const char *start,
    char commit[GIT_SHA_SIZE], struct err *err);

/* A regular file of a commit. */
struct git_entry {
	const char *path;
	int64_t size_bytes;
};

/*
 * The regular files of a commit at `paths` (ends in NULL; "dir/" means what
 * lies directly in it), in git's order, at most `max`. Symbolic links,
 * submodules and folders are left out. ERR_TOO_LARGE when there are more.
 */
int
git_list(struct git *g, const char *mirror, const char *sha,
    const char *const *paths, size_t max, struct arena *a,
    struct git_entry **out, size_t *n, struct err *err);

/* Append a file's content as of a commit. ERR_TOO_LARGE, ERR_NOT_FOUND. */
int
git_read(struct git *g, const char *mirror, const char *sha,
    const char *path, size_t max_bytes, struct str *out, struct err *err);

struct git_commit {
	const char *title;  /* first line of the message */
	const char *author; /* name */
	const char *message; /* all of it, cut after 64 kB */
};
int
git_commit_read(struct git *g, const char *mirror, const char *sha,
    struct arena *a, struct git_commit *out, struct err *err);

/* --- git_diff.c ----------------------------------------------------------- */

/* Paths of one difference at most. */
#define GIT_MAX_CHANGED 100000

/*
 * The paths that differ between two commits of a mirror, "from..to"; all
 * paths of `to` when `from` is NULL. Bytes as they are in the repository, both
 * names of what was moved, in git's order, in `a`. Returns 1; 0 when there are
 * more than GIT_MAX_CHANGED or their names take more than some megabytes; -1.
 */
int
git_changed(struct git *g, const char *mirror, const char *from,
    const char *to, struct arena *a, const char ***paths, size_t *n,
    struct err *err);

/* Where two lines of history parted. Returns 1, 0 when they have nothing in
 * common, -1. */
int
git_merge_base(struct git *g, const char *mirror, const char *one,
    const char *other, char base[GIT_SHA_SIZE], struct err *err);

/* The n-th parent of a commit, from 1. Returns 1, 0 when it has not so many,
 * -1. */
int
git_parent(struct git *g, const char *mirror, const char *sha, int n,
    char parent[GIT_SHA_SIZE], struct err *err);

/*
 * What a new branch is compared with: the first parent of the deepest of its
 * commits that no other branch has; "" when that has no parent. `branch` has
 * no "refs/heads/" and must be a valid name. Returns 1; 0 when other branches
 * have all its commits; -1.
 */
int
git_branch_base(struct git *g, const char *mirror, const char *branch,
    const char *sha, char base[GIT_SHA_SIZE], struct err *err);

/* --- git_checkout.c ------------------------------------------------------- */

struct git_checkout {
	const char *mirror; /* or the folder of a repository */
	const char *sha;
	const char *ref;    /* its full name, for HEAD; NULL: it has none */
	const char *url;    /* of the remote "origin"; NULL: there is none */
	int depth;          /* commits of history; 0: all of it, of all
	                       branches and tags */
	bool cached;        /* the mirror is ours, and may keep what speeds up
	                       the next checkout */
	bool tags;          /* all of them */
	bool shallow;       /* the mirror may lack history itself */
	const char *const *sparse; /* folders or patterns; NULL: everything */
	bool cone;          /* sparse has folders */
};

#define GIT_MAX_SPARSE 30 /* folders or patterns */

/*
 * Check a commit out into the folder `workspace`, which is made, as
 * actions/checkout leaves it: on the branch, which follows that of origin, or
 * with HEAD detached. `.git` is complete in itself and does not point at the
 * mirror. The folder must be ours alone: what a job could write to would be
 * settings of git. ERR_TOO_LARGE when its files are larger together than
 * "workspace-max-bytes".
 */
int
git_checkout(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err);

/*
 * Give a copy of the files of a working tree, which is ours alone as above,
 * the history that git_checkout() gives: on the same branch, with what differs
 * from the commit as changes that are not committed.
 */
int
git_checkout_history(struct git *g, const struct git_checkout *what,
    const char *workspace, struct err *err);

/*
 * git_folder.c: the files of a user's folder as they are (folder.h) and, when
 * it is the top of a working tree, the history of what is checked out there,
 * of which `wanted` says the depth and the tags. Without a history the files
 * are there all the same, and *lost says why.
 */
int
git_folder_copy(struct git *g, const char *folder,
    const struct git_checkout *wanted, const char *to, struct err *lost,
    struct err *err);

/* git_submodules.c */
struct git_submodule {
	const char *name;
	const char *path;
	const char *url; /* as written; may be relative */
	const char *sha;
};

/* The submodules of a checkout, which nobody else has written to. */
#define GIT_MAX_SUBMODULES 500
int
git_submodules(struct git *g, const char *workspace, struct arena *a,
    struct git_submodule **out, size_t *n, struct err *err);

/* Make one known to git there, once it is checked out at its path. */
int
git_submodule_add(struct git *g, const char *workspace,
    const struct git_submodule *module, const char *url, struct err *err);

/* Replace the pointers of git-lfs by the files, fetched from `url`, whatever
 * address the commit names (.lfsconfig). ERR_UNSUPPORTED when git-lfs is not
 * installed. */
int
git_lfs_pull(struct git *g, const char *workspace, const char *url,
    const char *sha, struct err *err);

/*
 * Merge two commits of a mirror as a forge does for a pull request: *sha is
 * the new commit, on no branch. 1; 0 when they do not merge cleanly; -1.
 */
int
git_merge(struct git *g, const char *mirror, const char *base,
    const char *head, const char *message, char sha[GIT_SHA_SIZE],
    struct err *err);

/* git_remote.c: the branches and tags of an origin; an annotated tag as
 * itself. */
struct git_ref {
	const char *ref; /* in full; not checked */
	const char *sha;
};
int
git_remote_refs(struct git *g, const char *url, struct arena *a,
    struct git_ref **out, size_t *n, struct err *err);

/* The branch that HEAD of an origin names, full. ERR_NOT_FOUND. */
int
git_remote_head(struct git *g, const char *url, struct arena *a,
    const char **ref, struct err *err);

/* --- git_url.c ------------------------------------------------------------ */

/* The place that an address or path names, for comparing two spellings of it:
 * "host/path" without user, port and ".git"; a local path stays itself. */
const char *
git_url_key(const char *url, struct arena *a);

/* Without user and password of http. */
const char *
git_url_clean(const char *url, struct arena *a);

/* One that begins with "./" or "../", from that of the repository which names
 * it (git-submodule(1)). */
const char *
git_url_join(const char *base, const char *url, struct arena *a);

#endif
