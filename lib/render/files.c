/*
 * files.c - see files.h.
 *
 * nginx's ETag of a file is its time in seconds and its size, so two badges
 * of equal size that are written within a second would be the same to a
 * browser. Every file here is filled up until its size, modulo SIZE_CLASSES,
 * is one that the run before, the run after and other states of the same run
 * do not have.
 *
 * Files are not written durably: they can be made from the database at any
 * time, and a state changes several times a second on a busy host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/files.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/render/badge.h"
#include "lib/render/feeds.h"
#include "lib/render/json.h"
#include "lib/render/run_badge.h"
#include "lib/render/shown.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

/* More than the states of two neighbouring runs. */
#define SIZE_CLASSES 64
#define STATES_PER_RUN 7
#define NOTE_MARKS 7 /* bytes of the comment around a badge's note */

#define FEED_MAX_BYTES (8 * 1024 * 1024)
#define FILE_MODE 0644
#define RENDER_ARENA (8 * 1024 * 1024)

/* What is to be written under one name of a repository. */
struct target {
	const struct config *config;
	const char *owner;
	const char *name;
	const char *branch; /* "" is the repository's own */
	const char *file;   /* only of this workflow; NULL: of any */
};

static void
badge_path(const struct target *t, const char *suffix, struct str *path)
{
	if (t->file != NULL)
		layout_badge_of(path, t->owner, t->name, t->file, t->branch,
		    suffix);
	else
		layout_badge(path, t->owner, t->name, t->branch, suffix);
}

static void
status_path(const struct target *t, struct str *path)
{
	if (t->file != NULL)
		layout_status_of(path, t->owner, t->name, t->file, t->branch);
	else
		layout_status(path, t->owner, t->name, t->branch);
}

/* The sizes of neighbouring runs and states differ by 1 to 12. */
static size_t
size_class(const struct run *run)
{
	return run == NULL ? 0 :
	    (size_t)(run->number * STATES_PER_RUN + (int)run->state) %
	    SIZE_CLASSES;
}

/* Bytes to add to `len` to reach the class. */
static size_t
fill(size_t len, size_t class)
{
	return (class + SIZE_CLASSES - len % SIZE_CLASSES) % SIZE_CLASSES;
}

static int
replace(const struct target *t, const struct str *relative,
    const struct str *content, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	layout_public_file(&path, t->config->state_dir, relative->s);
	rc = file_replace(path.s, content->s, content->len, FILE_MODE, false,
	    err);
	str_release(&path);
	return rc;
}

static int
write_json(const struct target *t, const struct str *relative,
    struct str *content, size_t class, struct err *err)
{
	for (size_t n = fill(content->len, class); n > 0; n--)
		str_add_char(content, '\n');
	return replace(t, relative, content, err);
}

static int
write_badge_svg(const struct target *t, struct badge *b, size_t class,
    struct err *err)
{
	struct str path = STR_INIT, content = STR_INIT, note = STR_INIT;
	int rc;

	badge_svg(b, &content);
	for (size_t n = fill(content.len + NOTE_MARKS, class); n > 0; n--)
		str_add_char(&note, '.');
	b->note = note.s;
	str_clear(&content);
	badge_svg(b, &content);
	badge_path(t, "svg", &path);
	rc = replace(t, &path, &content, err);
	str_release(&path);
	str_release(&content);
	str_release(&note);
	return rc;
}

static int
write_badge_json(const struct target *t, const struct badge *b, size_t class,
    struct err *err)
{
	struct str path = STR_INIT, content = STR_INIT;
	int rc;

	badge_json(b, &content);
	badge_path(t, "json", &path);
	rc = write_json(t, &path, &content, class, err);
	str_release(&path);
	str_release(&content);
	return rc;
}

static int
write_status(const struct target *t, const struct run *run, size_t class,
    struct err *err)
{
	struct str path = STR_INIT, content = STR_INIT;
	json_t *o = run != NULL ?
	    json_run(t->config, run) : json_null();
	int rc;

	json_print(o, &content);
	json_decref(o);
	status_path(t, &path);
	rc = write_json(t, &path, &content, class, err);
	str_release(&path);
	str_release(&content);
	return rc;
}

/* All files of one target; `run` NULL: there is none yet. */
static int
write_target(const struct target *t, const struct run *run, struct arena *a,
    struct err *err)
{
	size_t class = size_class(run);
	struct badge b;

	run_badge(run, a, &b);
	if (write_badge_svg(t, &b, class, err) == -1 ||
	    write_badge_json(t, &b, class, err) == -1)
		return -1;
	return write_status(t, run, class, err);
}

/* A feed that says the same as before is left as it is, so that who asks for
 * it again is told so. `class`: of the run that changed it. */
static int
write_feed(const struct target *t, const char *name, struct str *content,
    size_t class, struct err *err)
{
	struct str relative = STR_INIT, path = STR_INIT, old = STR_INIT;
	struct err ignored = { 0 };
	size_t len = content->len;
	int rc = 0;

	layout_feed(&relative, t->owner, t->name, name);
	layout_public_file(&path, t->config->state_dir, relative.s);
	if (file_read(path.s, FEED_MAX_BYTES, &old, &ignored) == -1 ||
	    old.len < len || memcmp(old.s, content->s, len) != 0 ||
	    strspn(old.s + len, "\n") != old.len - len)
		rc = write_json(t, &relative, content, class, err);
	str_release(&relative);
	str_release(&path);
	str_release(&old);
	return rc;
}

static int
write_feeds(struct store *st, const struct target *t, const struct repo *repo,
    const struct run *run, struct arena *a, struct err *err)
{
	const char *sees = arena_printf(a, "[%lld]", (long long)repo->id);
	struct str cctray = STR_INIT, atom = STR_INIT;
	size_t class = size_class(run);
	int rc = feed_cctray(st, t->config, sees, a, &cctray, err);

	if (rc == 0)
		rc = write_feed(t, "cc.xml", &cctray, class, err);
	if (rc == 0)
		rc = feed_atom(st, t->config, repo, a, &atom, err);
	if (rc == 0)
		rc = write_feed(t, "feed.atom", &atom, class, err);
	str_release(&cctray);
	str_release(&atom);
	return rc;
}

/* Of the run's workflow alone: of its newest run on the branch. */
static int
write_workflow(struct store *st, const struct target *branch,
    const struct run *run, struct arena *a, struct err *err)
{
	struct target t = *branch;
	struct run newest, whole;
	int found = run_newest_of(st, run->repo, run->branch, run->file, a,
	    &newest, err);

	if (found == 1)
		found = run_find_id(st, newest.id, a, &whole, err);
	if (found != 1)
		return found;
	t.file = whole.file;
	return write_target(&t, &whole, a, err);
}

static int
write_run(struct store *st, const struct config *config, struct run *run,
    struct arena *a, struct err *err)
{
	struct target t = { config, run->owner, run->name, run->branch, NULL };
	struct repo repo;
	struct run newest;
	int found = run_newest(st, run->repo, run->branch, a, &newest, err);

	if (found == -1 || write_workflow(st, &t, run, a, err) == -1)
		return -1;
	/* Lists leave the problems out; the badge shows the first. */
	if (found == 1 && run_find_id(st, newest.id, a, run, err) == -1)
		return -1;
	if (write_target(&t, run, a, err) == -1)
		return -1;
	found = repo_find_id(st, run->repo, a, &repo, err);
	if (found == 1 && write_feeds(st, &t, &repo, run, a, err) == -1)
		return -1;
	if (found != 1 || strcmp(repo.default_branch, run->branch) != 0)
		return found == -1 ? -1 : 0;
	t.branch = "";
	return write_target(&t, run, a, err);
}

int
render_run_files(struct store *st, const struct config *config, int64_t id,
    struct err *err)
{
	struct arena a = ARENA_INIT(RENDER_ARENA);
	struct run run;
	int rc = run_find_id(st, id, &a, &run, err);

	if (rc == 1)
		rc = write_run(st, config, &run, &a, err);
	arena_release(&a);
	return rc == -1 ?
	    err_wrap(err, "files of run %lld", (long long)id) : 0;
}

int
render_repo_files(struct store *st, const struct config *config, int64_t id,
    struct err *err)
{
	struct arena a = ARENA_INIT(RENDER_ARENA);
	struct repo repo;
	int rc = repo_find_id(st, id, &a, &repo, err);

	if (rc == 1) {
		struct target t = { config, repo.owner, repo.name, "", NULL };

		rc = write_target(&t, NULL, &a, err);
		t.branch = repo.default_branch;
		if (rc == 0)
			rc = write_target(&t, NULL, &a, err);
		if (rc == 0)
			rc = write_feeds(st, &t, &repo, NULL, &a, err);
	}
	arena_release(&a);
	return rc == -1 ?
	    err_wrap(err, "files of repository %lld", (long long)id) : 0;
}

static int
remove_mirror(const struct config *config, const char *owner,
    const char *name, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	layout_mirror(&path, config->state_dir, owner, name);
	rc = file_remove_tree(path.s, err);
	/* What its updates were locked by (lib/run/git_mirror.c). */
	str_add(&path, ".lock");
	if (rc == 0)
		rc = file_remove_tree(path.s, err);
	str_release(&path);
	return rc;
}

int
render_remove_repo(const struct config *config, const char *owner,
    const char *name, struct err *err)
{
	struct str path = STR_INIT, relative = STR_INIT;
	int rc = shown_remove(config, owner, name, err);

	for (int k = 0; k < LAYOUT_KINDS && rc == 0; k++) {
		str_clear(&path);
		str_clear(&relative);
		layout_repo_files(&relative, (enum layout_kind)k, owner, name);
		layout_public_file(&path, config->state_dir, relative.s);
		rc = file_remove_tree(path.s, err);
	}
	str_release(&path);
	str_release(&relative);
	return rc == 0 ? remove_mirror(config, owner, name, err) : -1;
}
