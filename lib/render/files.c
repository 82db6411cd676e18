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
#include "lib/render/json.h"
#include "lib/render/look.h"
#include "lib/render/shown.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

/* More than the states of two neighbouring runs. */
#define SIZE_CLASSES 64
#define STATES_PER_RUN 7
#define NOTE_MARKS 7 /* bytes of the comment around a badge's note */

#define LABEL "build"
#define COLOR_NONE "#9f9f9f"
#define FILE_MODE 0644
#define RENDER_ARENA (8 * 1024 * 1024)

/* What is to be written under one name of a repository. */
struct target {
	const struct config *config;
	const char *owner;
	const char *name;
	const char *branch; /* "" is the repository's own */
};

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
	layout_badge(&path, t->owner, t->name, t->branch, "svg");
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
	layout_badge(&path, t->owner, t->name, t->branch, "json");
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
	layout_status(&path, t->owner, t->name, t->branch);
	rc = write_json(t, &path, &content, class, err);
	str_release(&path);
	str_release(&content);
	return rc;
}

/* The first error of a failed run's problems: its place into `place` and its
 * whole line into `line`. False when there is none. */
static bool
first_problem(const struct run *run, struct str *place, struct str *line)
{
	static const char mark[] = ": error: ";
	const char *at, *start;

	if (run->state != RUN_FAILED || run->problems == NULL)
		return false;
	at = strstr(run->problems, mark);
	if (at == NULL)
		return false;
	for (start = at; start > run->problems && start[-1] != '\n'; start--)
		continue;
	str_add_len(place, start, (size_t)(at - start));
	str_add_len(line, start, strcspn(start, "\n"));
	return true;
}

static void
add_title(const struct run *run, struct str *title)
{
	str_addf(title, "%s: %s, run %lld", run->branch,
	    look_word(look_run(run->state)), (long long)run->number);
	if (run->title != NULL)
		str_addf(title, ": %s", run->title);
}

/* All files of one target; `run` NULL: there is none yet. */
static int
write_target(const struct target *t, const struct run *run, struct err *err)
{
	struct badge b = { LABEL, "no runs", COLOR_NONE };
	struct str message = STR_INIT, title = STR_INIT;
	size_t class = size_class(run);
	int rc;

	str_add(&message, "invalid ");
	if (run != NULL) {
		enum look look = look_run(run->state);

		b.message = look_badge(look);
		b.color = look_color(look);
		if (first_problem(run, &message, &title))
			b.message = message.s;
		else
			add_title(run, &title);
		b.title = title.s;
	}
	rc = write_badge_svg(t, &b, class, err);
	if (rc == 0)
		rc = write_badge_json(t, &b, class, err);
	if (rc == 0)
		rc = write_status(t, run, class, err);
	str_release(&message);
	str_release(&title);
	return rc;
}

static int
write_run(struct store *st, const struct config *config, struct run *run,
    struct arena *a, struct err *err)
{
	struct target t = { config, run->owner, run->name, run->branch };
	struct repo repo;
	struct run newest;
	int found = run_newest(st, run->repo, run->branch, a, &newest, err);

	if (found == -1)
		return -1;
	/* Lists leave the problems out; the badge shows the first. */
	if (found == 1 && run_find_id(st, newest.id, a, run, err) == -1)
		return -1;
	if (write_target(&t, run, err) == -1)
		return -1;
	found = repo_find_id(st, run->repo, a, &repo, err);
	if (found != 1 || strcmp(repo.default_branch, run->branch) != 0)
		return found == -1 ? -1 : 0;
	t.branch = "";
	return write_target(&t, run, err);
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
		struct target t = { config, repo.owner, repo.name, "" };

		rc = write_target(&t, NULL, err);
		t.branch = repo.default_branch;
		if (rc == 0)
			rc = write_target(&t, NULL, err);
	}
	arena_release(&a);
	return rc == -1 ?
	    err_wrap(err, "files of repository %lld", (long long)id) : 0;
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
	return rc;
}
