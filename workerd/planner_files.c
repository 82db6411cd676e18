/*
 * planner_files.c - the pipeline files of the commit that was pushed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/base/yaml.h"

/* All entries below the places together. */
#define MAX_ENTRIES 4096

static bool
is_workflow(const char *path)
{
	return str_ends_with(path, ".yml") || str_ends_with(path, ".yaml");
}

/* Does `path` lie at `place`: the file itself, or a workflow directly in the
 * folder? */
static bool
lies_at(const char *path, const char *place)
{
	size_t len = strlen(place);

	if (!str_ends_with(place, "/"))
		return strcmp(path, place) == 0;
	return str_starts_with(path, place) && is_workflow(path) &&
	    strchr(path + len, '/') == NULL;
}

static int
add_file(struct planner *p, const char *path, struct err *err)
{
	struct plan_file *f;

	if (p->n_files == PLAN_MAX_FILES)
		return err_set(err, ERR_TOO_LARGE, "commit %.12s has more "
		    "than %d pipeline files", p->commit, PLAN_MAX_FILES);
	f = arena_push(&p->arena, &p->files, &p->n_files, sizeof(*f));
	f->path = path;
	str_init(&f->text);
	str_init(&f->problems);
	return 0;
}

/* The files of the first place that has any. */
static int
choose_files(struct planner *p, const struct git_entry *entries, size_t n,
    struct err *err)
{
	for (size_t i = 0; pipeline_places[i] != NULL && p->n_files == 0; i++)
		for (size_t k = 0; k < n; k++)
			if (lies_at(entries[k].path, pipeline_places[i]) &&
			    add_file(p, entries[k].path, err) == -1)
				return -1;
	return 0;
}

static int
read_file(struct planner *p, struct plan_file *f, struct err *err)
{
	struct err e = { 0 };

	if (git_read(p->git, p->mirror, p->commit, f->path, YAML_MAX_BYTES,
	    &f->text, &e) == 0)
		return 0;
	if (e.code != ERR_TOO_LARGE)
		return err_set(err, e.code, "%s", e.text);
	f->too_large = true;
	str_clear(&f->text);
	return 0;
}

/* Title and author, when the forge did not tell them. */
static int
read_commit(struct planner *p, struct err *err)
{
	struct git_commit commit;

	if (p->title != NULL && p->actor != NULL)
		return 0;
	if (git_commit_read(p->git, p->mirror, p->commit, &p->arena, &commit,
	    err) == -1)
		return -1;
	if (p->title == NULL)
		p->title = commit.title;
	if (p->actor == NULL)
		p->actor = commit.author;
	return 0;
}

int
planner_fetch(struct planner *p, struct err *err)
{
	struct git_entry *entries;
	size_t n;
	int rc = planner_commit(p, err);

	if (rc != 1)
		return rc;
	if (read_commit(p, err) == -1 ||
	    git_list(p->git, p->mirror, p->commit, pipeline_places,
	    MAX_ENTRIES, &p->arena, &entries, &n, err) == -1 ||
	    choose_files(p, entries, n, err) == -1)
		return -1;
	for (size_t i = 0; i < p->n_files; i++)
		if (read_file(p, &p->files[i], err) == -1)
			return -1;
	return 1;
}
