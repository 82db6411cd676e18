/*
 * git_cache.c - the objects of the commit that was checked out last, ready to
 * be copied.
 *
 * A checkout of one commit out of a mirror packs all its objects and unpacks
 * them again, each time. So they are kept, as a repository one commit deep
 * beside the mirror's own objects: bringing it to the next commit costs what
 * has changed, and a checkout copies its packs, which file systems that share
 * blocks do at once. Nothing in it is needed: whatever goes wrong, it is thrown
 * away and the objects come from the mirror.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/run/folder.h"
#include "lib/run/git_run.h"

/* Each update adds one; old objects are in them, too. */
#define MAX_PACKS 20

/* Where the objects lie, and where they shall be. */
struct copying {
	const char *from, *to;
	size_t n; /* packs */
};

static int
copy_one(struct copying *c, const char *name, struct err *err)
{
	struct str from = STR_INIT, to = STR_INIT;
	int rc;

	str_addf(&from, "%s/objects/pack/%s", c->from, name);
	str_addf(&to, "%s/.git/objects/pack/%s", c->to, name);
	rc = folder_copy_file(from.s, to.s, 0444, err);
	str_release(&from);
	str_release(&to);
	c->n += str_ends_with(name, ".pack");
	return rc;
}

static int
copy_packs(struct copying *c, struct err *err)
{
	struct str path = STR_INIT;
	struct dirent *entry;
	int rc = 0;
	DIR *dir;

	str_addf(&path, "%s/objects/pack", c->from);
	dir = opendir(path.s);
	if (dir == NULL)
		rc = err_errno(err, "cannot open \"%s\"", path.s);
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (str_starts_with(entry->d_name, "pack-"))
			rc = copy_one(c, entry->d_name, err);
	if (dir != NULL)
		closedir(dir);
	str_release(&path);
	return rc;
}

/* Only this commit is said to be whole, whatever else is in the packs. */
static int
write_shallow(const char *workspace, const char *sha, struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	int rc;

	str_addf(&path, "%s/.git/shallow", workspace);
	str_addf(&text, "%s\n", sha);
	rc = file_replace(path.s, text.s, text.len, 0644, false, err);
	str_release(&path);
	str_release(&text);
	return rc;
}

/* By name: in a damaged one git would find the mirror around it. */
static int
has_commit(struct git *g, const char *git_dir, const char *sha)
{
	return git_run(g, GIT_LOCAL, NULL, (const char *const[]){ git_dir,
	    "cat-file", "-e", sha, NULL }, 0, NULL, NULL, NULL) == 0;
}

static int
update(struct git *g, const char *mirror, const char *cache, const char *sha,
    struct err *err)
{
	struct str git_dir = STR_INIT, spec = STR_INIT;
	struct stat st;
	int rc = 0;

	if (stat(cache, &st) == -1 && git_run(g, GIT_LOCAL, NULL,
	    (const char *const[]){ "init", "--quiet", "--bare", "--template=",
	    "--", cache, NULL }, 0, NULL, NULL, err) == -1)
		return -1;
	str_addf(&git_dir, "--git-dir=%s", cache);
	/* A ref, for the next fetch tells the mirror what is here by those. */
	str_addf(&spec, "+%s:refs/heads/kept", sha);
	if (!has_commit(g, git_dir.s, sha))
		rc = git_run(g, GIT_LOCAL, NULL, (const char *const[]){
		    git_dir.s, "-c", "fetch.unpackLimit=1", "fetch", "--quiet",
		    "--depth=1", "--no-tags", "--no-recurse-submodules",
		    "--no-auto-gc", "--no-write-fetch-head", "--", mirror,
		    spec.s, NULL }, 0, NULL, NULL, err);
	str_release(&git_dir);
	str_release(&spec);
	return rc;
}

int
git_cache_take(struct git *g, const char *mirror, const char *sha,
    const char *workspace, struct err *err)
{
	struct str cache = STR_INIT;
	struct copying c = { .to = workspace };
	int lock, rc = -1;

	str_addf(&cache, "%s/pawl-cache.git", mirror);
	c.from = cache.s;
	lock = git_mirror_lock(cache.s, err);
	if (lock == -1)
		goto out;
	rc = update(g, mirror, cache.s, sha, err);
	if (rc == 0)
		rc = copy_packs(&c, err);
	if (rc == 0)
		rc = write_shallow(workspace, sha, err);
	if (rc == -1 || c.n > MAX_PACKS)
		file_remove_tree(cache.s, NULL);
	close(lock);
out:
	str_release(&cache);
	return rc;
}
