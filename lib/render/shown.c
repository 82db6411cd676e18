/*
 * shown.c - see shown.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/shown.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/crc32.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/render/feeds.h"
#include "lib/store/repos.h"
#include "lib/store/sees.h"

#define FOLDER_MODE 0755 /* the web server reads them */
#define FEEDS_MAX_BYTES (8 * 1024 * 1024)
#define PADDING 61 /* empty lines at the end, at most: files.c says why */

/* One link: the folder that it stands in, its whole path, and where it leads
 * to, both as it is written and as a path. */
struct link {
	struct str folder, path, target, real;
};

static void
link_name(struct link *l, const struct config *config, enum layout_kind kind,
    const char *owner, const char *name)
{
	struct str relative = STR_INIT;

	layout_repo_files(&relative, kind, owner, name);
	str_clear(&l->path);
	str_clear(&l->target);
	str_clear(&l->real);
	str_clear(&l->folder);
	str_addf(&l->path, "%s/public/%s", config->state_dir, relative.s);
	str_add_len(&l->folder, l->path.s,
	    (size_t)(strrchr(l->path.s, '/') - l->path.s));
	str_addf(&l->target, "../../../private/%s", relative.s);
	layout_public_file(&l->real, config->state_dir, relative.s);
	str_release(&relative);
}

static void
link_release(struct link *l)
{
	str_release(&l->folder);
	str_release(&l->path);
	str_release(&l->target);
	str_release(&l->real);
}

/* A loss of power must not bring a link back. */
static int
sync_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd == -1)
		return errno == ENOENT ? 0 :
		    err_errno(err, "cannot open \"%s\"", path);
	if (fsync(fd) == -1)
		rc = err_errno(err, "cannot sync \"%s\"", path);
	close(fd);
	return rc;
}

/* A folder in the place of a link: a copy was brought back that had followed
 * links. Its files are those that belong to the other place. */
static int
move_folder(const struct link *l, struct err *err)
{
	struct str parent = STR_INIT;
	int rc;

	str_add_len(&parent, l->real.s,
	    (size_t)(strrchr(l->real.s, '/') - l->real.s));
	rc = file_mkdirs(parent.s, FOLDER_MODE, err);
	str_release(&parent);
	if (rc == 0 && rename(l->path.s, l->real.s) == -1)
		rc = err_errno(err, "cannot move \"%s\" to \"%s\"; move what "
		    "is in it by hand", l->path.s, l->real.s);
	return rc;
}

/* 1: the link is there; 0: nothing is. */
static int
find_link(const struct link *l, struct err *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(l->path.s, target, sizeof(target));

	if (n == (ssize_t)l->target.len &&
	    memcmp(target, l->target.s, l->target.len) == 0)
		return 1;
	if (n == -1 && errno == ENOENT)
		return 0;
	if (n == -1 && errno == EINVAL)
		return move_folder(l, err);
	if (n == -1 || unlink(l->path.s) == -1)
		return err_errno(err, "cannot change \"%s\"", l->path.s);
	return 0;
}

static int
make_link(const struct link *l, struct err *err)
{
	/* umask of a handler would keep the web server out. */
	if (mkdir(l->folder.s, FOLDER_MODE) == 0 &&
	    chmod(l->folder.s, FOLDER_MODE) == -1)
		return err_errno(err, "cannot open \"%s\" to all",
		    l->folder.s);
	if (symlink(l->target.s, l->path.s) == -1)
		return err_errno(err, "cannot make the link \"%s\"",
		    l->path.s);
	return 0;
}

static int
take_link(const struct link *l, struct err *err)
{
	if (unlink(l->path.s) == -1 && errno != ENOENT)
		return err_errno(err, "cannot remove \"%s\"", l->path.s);
	if (sync_folder(l->folder.s, err) == -1)
		return -1;
	/* The name of an owner tells, too. */
	if (rmdir(l->folder.s) == -1 && errno != ENOENT &&
	    errno != ENOTEMPTY && errno != EEXIST)
		return err_errno(err, "cannot remove \"%s\"", l->folder.s);
	return 0;
}

static int
settle_kind(const struct config *config, enum layout_kind kind,
    const char *owner, const char *name, bool shown, struct err *err)
{
	struct link l = { STR_INIT, STR_INIT, STR_INIT, STR_INIT };
	struct str above = STR_INIT;
	int rc;

	link_name(&l, config, kind, owner, name);
	str_add_len(&above, l.folder.s,
	    (size_t)(strrchr(l.folder.s, '/') - l.folder.s));
	rc = file_mkdirs(above.s, FOLDER_MODE, err);
	if (rc == 0 && chmod(above.s, FOLDER_MODE) == -1 && errno != EPERM)
		rc = err_errno(err, "cannot open \"%s\" to all", above.s);
	if (rc == 0)
		rc = find_link(&l, err);
	if (rc == 0 && shown)
		rc = make_link(&l, err);
	else if (rc == 1 && !shown)
		rc = take_link(&l, err);
	str_release(&above);
	link_release(&l);
	return rc == -1 ? -1 : 0;
}

static int
settle_kinds(const struct config *config, const char *owner,
    const char *name, bool shown, bool badges, struct err *err)
{
	for (int k = 0; k < LAYOUT_KINDS; k++)
		if (settle_kind(config, (enum layout_kind)k, owner, name,
		    k == LAYOUT_BADGES ? badges : shown, err) == -1)
			return -1;
	return 0;
}

/* Closing it gives the lock back. */
static int
lock(const struct config *config, struct err *err)
{
	struct str path = STR_INIT;
	int fd = -1;

	str_addf(&path, "%s/public", config->state_dir);
	if (file_mkdirs(path.s, FOLDER_MODE, err) == 0) {
		str_add(&path, "/.lock");
		fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (fd == -1)
			err_errno(err, "cannot open \"%s\"", path.s);
	}
	while (fd != -1 && flock(fd, LOCK_EX) == -1) {
		if (errno == EINTR)
			continue;
		err_errno(err, "cannot lock \"%s\"", path.s);
		close(fd);
		fd = -1;
	}
	str_release(&path);
	return fd;
}

static int
settle_locked(struct store *st, const struct config *config, int64_t id,
    struct arena *a, struct err *err)
{
	struct repo r;
	int rc = repo_find_id(st, id, a, &r, err);

	if (rc != 1)
		return rc;
	if (settle_kinds(config, r.owner, r.name, !r.is_private,
	    !r.is_private || r.badges_public, err) == -1)
		return -1;
	return repo_set_shown(st, &r, err);
}

int
shown_settle(struct store *st, const struct config *config, int64_t repo,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int fd = lock(config, err);
	int rc = fd == -1 ? -1 : settle_locked(st, config, repo, &a, err);

	if (fd != -1)
		close(fd);
	arena_release(&a);
	return rc;
}

/* Of what anybody may see, under the lock: of two writers the later one has
 * read the rows later, too. */
static int
write_feeds(struct store *st, const struct config *config, struct arena *a,
    struct err *err)
{
	struct str path = STR_INIT, old = STR_INIT, content = STR_INIT;
	struct err ignored = { 0 };
	const char *sees;
	int rc = sees_find(st, NULL, 0, a, &sees, err);

	if (rc == 0)
		rc = feed_cctray(st, config, sees, a, &content, err);
	for (uint32_t n = crc32_add(0, content.s, content.len) % PADDING;
	    n > 0; n--)
		str_add_char(&content, '\n');
	str_addf(&path, "%s/public/feeds/cc.xml", config->state_dir);
	if (rc == 0 && (file_read(path.s, FEEDS_MAX_BYTES, &old,
	    &ignored) == -1 || !str_equal(old.s, content.s)))
		rc = file_replace(path.s, content.s, content.len, 0644, false,
		    err);
	str_release(&path);
	str_release(&old);
	str_release(&content);
	return rc;
}

int
shown_feeds(struct store *st, const struct config *config, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int fd = lock(config, err);
	int rc = fd == -1 ? -1 : write_feeds(st, config, &a, err);

	if (fd != -1)
		close(fd);
	arena_release(&a);
	return rc == -1 ? err_wrap(err, "feeds of all repositories") : 0;
}

int
shown_set(struct store *st, const struct config *config, int64_t repo,
    bool is_private, bool badges_public, struct err *err)
{
	if (repo_set_visibility(st, repo, is_private, badges_public, err) ==
	    -1)
		return -1;
	return shown_settle(st, config, repo, err) == -1 ? -1 :
	    shown_feeds(st, config, err);
}

int
shown_settle_all(struct store *st, const struct config *config,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct repo *repos;
	size_t n;
	int rc = repo_list(st, &a, &repos, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = shown_settle(st, config, repos[i].id, err);
	arena_release(&a);
	return rc == -1 ? -1 : shown_feeds(st, config, err);
}

int
shown_settle_rest(struct store *st, const struct config *config,
    struct err *err)
{
	int64_t repo;
	bool any = false;
	int rc;

	while ((rc = repo_unsettled(st, &repo, err)) == 1) {
		if (shown_settle(st, config, repo, err) == -1)
			return -1;
		any = true;
	}
	return rc == 0 && any ? shown_feeds(st, config, err) : rc;
}

int
shown_remove(const struct config *config, const char *owner,
    const char *name, struct err *err)
{
	int fd = lock(config, err);
	int rc = fd == -1 ? -1 : settle_kinds(config, owner, name, false,
	    false, err);

	if (fd != -1)
		close(fd);
	return rc;
}
