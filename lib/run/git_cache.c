/*
 * git_cache.c - the objects of the commit that was checked out last, ready to
 * be copied.
 *
 * A checkout of one commit out of a mirror packs all its objects and unpacks
 * them again, each time, and a fetch is seven processes. So the packs are
 * kept, in a folder beside the mirror's own: bringing it to the next commit is
 * one process and costs what has changed, and a checkout copies the packs,
 * which file systems that share blocks do at once. The file "kept" names the
 * commit whose objects are all there. Nothing of it is needed: whatever goes
 * wrong, it is thrown away and the objects come from the mirror.
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

	str_addf(&from, "%s/%s", c->from, name);
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
	struct dirent *entry;
	int rc = 0;
	DIR *dir;

	dir = opendir(c->from);
	if (dir == NULL)
		rc = err_errno(err, "cannot open \"%s\"", c->from);
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (str_starts_with(entry->d_name, "pack-"))
			rc = copy_one(c, entry->d_name, err);
	if (dir != NULL)
		closedir(dir);
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

/* Which commit is whole there; false: none, or nobody knows. */
static bool
read_kept(const char *path, struct str *sha)
{
	return file_read(path, GIT_SHA_SIZE, sha, NULL) == 0 &&
	    git_sha_valid(sha->s);
}

/* What the commit has beside the tree of the one that is kept. Deltas are
 * taken over and none are sought: that takes longer than the copy it saves. */
static int
pack(struct git *g, const char *mirror, const char *cache, const char *kept,
    const char *sha, struct err *err)
{
	struct str base = STR_INIT, input = STR_INIT;
	int rc;

	str_addf(&base, "%s/pack", cache);
	str_addf(&input, "--shallow %s\n%s\n", sha, sha);
	if (kept != NULL)
		str_addf(&input, "^%s^{tree}\n", kept);
	rc = git_feed(g, mirror, (const char *const[]){ "pack-objects", "-q",
	    "--window=0", "--revs", base.s, NULL }, input.s, err);
	str_release(&base);
	str_release(&input);
	return rc;
}

static int
update(struct git *g, const char *mirror, const char *cache, const char *sha,
    struct err *err)
{
	struct str path = STR_INIT, kept = STR_INIT;
	bool some;
	int rc = 0;

	str_addf(&path, "%s/kept", cache);
	some = read_kept(path.s, &kept);
	if (!some || strcmp(kept.s, sha) != 0) {
		rc = file_mkdirs(cache, 0700, err);
		if (rc == 0)
			rc = pack(g, mirror, cache, some ? kept.s : NULL, sha,
			    err);
		if (rc == 0)
			rc = file_replace(path.s, sha, strlen(sha), 0600,
			    false, err);
	}
	str_release(&path);
	str_release(&kept);
	return rc;
}

int
git_cache_take(struct git *g, const char *mirror, const char *sha,
    const char *workspace, struct err *err)
{
	struct str cache = STR_INIT;
	struct copying c = { .to = workspace };
	struct stat st;
	int lock, rc = -1;

	/* Nothing is made in the place of a mirror that is not there. */
	if (stat(mirror, &st) == -1)
		return err_errno(err, "cannot look at \"%s\"", mirror);
	str_addf(&cache, "%s/pawl-cache", mirror);
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
