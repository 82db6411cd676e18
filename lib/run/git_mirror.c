/*
 * git_mirror.c - bring a bare mirror up to a commit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/forge/forge.h"
#include "lib/run/git_run.h"

/* Lock files of killed gits that are removed in one update. */
#define MAX_STALE_LOCKS 20

/* An address from the administrator; still, it must be no option and no
 * remote helper ("ext::sh -c ..."). */
static int
check_url(const char *url, struct err *err)
{
	const char *colon = strchr(url, ':');

	if (*url == '-' || *url == '\0' || (colon != NULL &&
	    colon[1] == ':' && memchr(url, '/', (size_t)(colon - url)) ==
	    NULL))
		return err_set(err, ERR_INVALID,
		    "\"%s\" cannot be the address of a repository", url);
	for (const char *p = url; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(err, ERR_INVALID, "the address of the "
			    "repository contains control characters");
	return 0;
}

/* Open a lock and take it. 0: what was taken has been removed meanwhile. */
static int
take_lock(const char *path, int *fd, struct err *err)
{
	struct stat ours, there;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd == -1)
		return err_errno(err, "cannot open \"%s\"", path);
	while (flock(*fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		err_errno(err, "cannot lock \"%s\"", path);
		close(*fd);
		return -1;
	}
	if (fstat(*fd, &ours) == 0 && stat(path, &there) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino)
		return 1;
	close(*fd);
	return 0;
}

/* Take the mirror for us: the descriptor holds the lock, whose time says when
 * that was (git_sweep.c). */
int
git_mirror_lock(const char *mirror, struct err *err)
{
	struct str path = STR_INIT, folder = STR_INIT;
	const char *slash = strrchr(mirror, '/');
	int fd = -1, rc = 0;

	if (slash != NULL)
		str_add_len(&folder, mirror, (size_t)(slash - mirror));
	str_addf(&path, "%s.lock", mirror);
	if (folder.len > 0 && file_mkdirs(folder.s, 0755, err) == -1)
		rc = -1;
	while (rc == 0)
		rc = take_lock(path.s, &fd, err);
	if (rc == 1)
		futimens(fd, NULL);
	str_release(&path);
	str_release(&folder);
	return rc == 1 ? fd : -1;
}

/* The commit that an object or ref of the mirror is or stands for: 1, or 0
 * when it is not there. */
static int
resolve(struct git *g, const char *mirror, const char *sha,
    char commit[GIT_SHA_SIZE], struct err *err)
{
	struct str spec = STR_INIT, out = STR_INIT;
	int code, rc;

	str_addf(&spec, "%s^{commit}", sha);
	rc = git_run(g, GIT_LOCAL, mirror, (const char *const[]){
	    "rev-parse", "--verify", "--quiet", spec.s, NULL }, GIT_SHA_SIZE,
	    &out, &code, NULL);
	if (rc == 0) {
		str_cut(&out, strcspn(out.s, "\n"));
		if (git_sha_valid(out.s))
			memcpy(commit, out.s, out.len + 1);
		rc = git_sha_valid(out.s) ? 1 : 0;
	} else if (code >= 0) {
		rc = 0;
	} else {
		err_set(err, ERR_UNAVAILABLE, "cannot run git in the mirror "
		    "\"%s\"", mirror);
	}
	str_release(&spec);
	str_release(&out);
	return rc;
}

/*
 * A git that was killed leaves its lock files, and every later one stops at
 * them. We hold the mirror's lock, so a lock file that git complains of
 * belongs to nobody. Returns whether one was removed.
 */
static bool
remove_stale_lock(const char *mirror, const struct err *err)
{
	const char *end = strstr(err->text, ".lock': File exists");
	const char *start = end;
	struct str path = STR_INIT;
	bool removed = false;

	while (start != NULL && start > err->text && start[-1] != '\'')
		start--;
	if (start != NULL)
		str_add_len(&path, start,
		    (size_t)(end - start) + strlen(".lock"));
	if (str_starts_with(path.s, mirror) &&
	    path.s[strlen(mirror)] == '/' && strstr(path.s, "/../") == NULL)
		removed = unlink(path.s) == 0;
	str_release(&path);
	return removed;
}

static int
fetch_with(struct git *g, const char *mirror, const char *const *args,
    struct err *err)
{
	struct err e = { 0 };
	int rc;

	for (int i = 0;; i++) {
		err_clear(&e);
		rc = git_run(g, GIT_REMOTE, mirror, args, 0, NULL, NULL, &e);
		if (rc == 0)
			return 0;
		if (i == MAX_STALE_LOCKS || !remove_stale_lock(mirror, &e))
			break;
	}
	return err_set(err, e.code, "%s", e.text);
}

static int
fetch(struct git *g, const char *mirror, const char *url, const char *what,
    struct err *err)
{
	return fetch_with(g, mirror, (const char *const[]){ "fetch",
	    "--quiet", "--prune", "--no-tags", "--force",
	    "--no-recurse-submodules", "--no-write-fetch-head", "--", url,
	    what, NULL }, err);
}

/* Only the commit itself. 0: the origin has no such ref. */
static int
fetch_one(struct git *g, const char *mirror, const char *url,
    const char *what, struct err *err)
{
	struct err e = { 0 };

	if (fetch_with(g, mirror, (const char *const[]){ "fetch", "--quiet",
	    "--depth=1", "--no-tags", "--force", "--no-recurse-submodules",
	    "--no-write-fetch-head", "--", url, what, NULL }, &e) == 0)
		return 1;
	if (strstr(e.text, "find remote ref") != NULL)
		return 0;
	return err_set(err, e.code, "%s", e.text);
}

/* Harmless for one that is there, and completes one whose making was cut
 * off. */
static int
make_mirror(struct git *g, const char *mirror, struct err *err)
{
	return git_run(g, GIT_LOCAL, NULL, (const char *const[]){ "init",
	    "--quiet", "--bare", "--template=", "--", mirror, NULL }, 0,
	    NULL, NULL, err);
}

static int
fetch_all(struct git *g, const char *mirror, const char *url,
    struct err *err)
{
	return fetch(g, mirror, url, "+refs/*:refs/*", err);
}

static int
update_locked(struct git *g, const char *mirror, const char *url,
    const char *sha, char commit[GIT_SHA_SIZE], struct err *err)
{
	int have;

	if (make_mirror(g, mirror, err) == -1)
		return -1;
	have = resolve(g, mirror, sha, commit, err);
	if (have != 0)
		return have;
	if (fetch_all(g, mirror, url, err) == -1)
		return -1;
	have = resolve(g, mirror, sha, commit, err);
	if (have != 0)
		return have;
	/* Of a branch that was moved meanwhile: many origins still give it. */
	if (fetch(g, mirror, url, sha, NULL) == 0)
		have = resolve(g, mirror, sha, commit, err);
	if (have == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "the repository has no commit %s", sha);
	return have;
}

/* Take the mirror to talk to this origin: the lock, or -1. */
static int
begin(const char *mirror, const char *url, struct err *err)
{
	int lock;

	if (check_url(url, err) == -1)
		return -1;
	lock = git_mirror_lock(mirror, err);
	return lock == -1 ? err_wrap(err, "updating the mirror") : lock;
}

/* What came of it, as the callers' answer. */
static int
end(int lock, int rc, struct err *err)
{
	close(lock);
	return rc == -1 ? err_wrap(err, "updating the mirror") : rc;
}

int
git_mirror_update(struct git *g, const char *mirror, const char *url,
    const char *sha, char commit[GIT_SHA_SIZE], struct err *err)
{
	int lock;

	if (!git_sha_valid(sha))
		return err_set(err, ERR_INVALID, "\"%.80s\" is not the full "
		    "name of a commit", sha);
	lock = begin(mirror, url, err);
	return lock == -1 || end(lock, update_locked(g, mirror, url, sha,
	    commit, err), err) == -1 ? -1 : 0;
}

int
git_mirror_fetch(struct git *g, const char *mirror, const char *url,
    struct err *err)
{
	int lock = begin(mirror, url, err), rc;

	if (lock == -1)
		return -1;
	rc = make_mirror(g, mirror, err);
	if (rc == 0)
		rc = fetch_all(g, mirror, url, err);
	return end(lock, rc, err);
}

/* Not every origin gives a commit that no ref names: then all of them come. */
static int
take_sha(struct git *g, const char *mirror, const char *url, const char *sha,
    char commit[GIT_SHA_SIZE], struct err *err)
{
	int have = resolve(g, mirror, sha, commit, err);

	if (have != 0)
		return have;
	if (fetch_one(g, mirror, url, sha, NULL) != 1 &&
	    fetch_with(g, mirror, (const char *const[]){ "fetch", "--quiet",
	    "--no-tags", "--force", "--no-recurse-submodules",
	    "--no-write-fetch-head", "--", url, "+refs/heads/*:refs/heads/*",
	    "+refs/tags/*:refs/tags/*", NULL }, err) == -1)
		return -1;
	return resolve(g, mirror, sha, commit, err);
}

static int
take_ref(struct git *g, const char *mirror, const char *url, const char *ref,
    char commit[GIT_SHA_SIZE], struct err *err)
{
	static const char *const places[] = { "refs/tags/", "refs/heads/" };
	bool whole = str_starts_with(ref, "refs/");
	struct str name = STR_INIT, spec = STR_INIT;
	int rc = 0;

	for (size_t i = 0; i < (whole ? 1 : 2) && rc == 0; i++) {
		str_clear(&name);
		str_clear(&spec);
		str_addf(&name, "%s%s", whole ? "" : places[i], ref);
		str_addf(&spec, "+%s:%s", name.s, name.s);
		if (!forge_ref_valid(name.s))
			continue;
		rc = fetch_one(g, mirror, url, spec.s, err);
		if (rc == 1)
			rc = resolve(g, mirror, name.s, commit, err);
	}
	str_release(&name);
	str_release(&spec);
	return rc;
}

int
git_mirror_take(struct git *g, const char *mirror, const char *url,
    const char *ref, char commit[GIT_SHA_SIZE], struct err *err)
{
	int lock = begin(mirror, url, err), rc;

	if (lock == -1)
		return -1;
	rc = make_mirror(g, mirror, err);
	if (rc == 0)
		rc = (git_sha_valid(ref) ? take_sha : take_ref)(g, mirror,
		    url, ref, commit, err);
	rc = end(lock, rc, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no \"%.200s\"",
		    ref);
	return rc == -1 ? -1 : 0;
}

int
git_ref_commit(struct git *g, const char *mirror, const char *ref,
    char commit[GIT_SHA_SIZE], struct err *err)
{
	if (!str_starts_with(ref, "refs/") && strcmp(ref, "HEAD") != 0)
		return err_set(err, ERR_INVALID, "\"%.80s\" is not the full "
		    "name of a ref", ref);
	return resolve(g, mirror, ref, commit, err);
}

int
git_complete_sha(struct git *g, const char *mirror, const char *start,
    char commit[GIT_SHA_SIZE], struct err *err)
{
	size_t len = strlen(start);
	int rc;

	if (len < 7 || len >= GIT_SHA_SIZE ||
	    strspn(start, "0123456789abcdef") != len)
		return err_set(err, ERR_INVALID, "\"%.80s\" is not the "
		    "beginning of a commit's name", start);
	rc = resolve(g, mirror, start, commit, err);
	/* A branch may have such a name, too. */
	return rc == 1 && !str_starts_with(commit, start) ? 0 : rc;
}
