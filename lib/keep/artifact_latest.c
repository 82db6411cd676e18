/*
 * artifact_latest.c - see artifact_latest.h.
 *
 * BRANCH is a link to a folder of links, beside it; one rename of the link
 * changes from run to run.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/keep/artifact_latest.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/store/artifacts.h"
#include "lib/store/runs.h"

/* The folder of links and BRANCH are both in latest/, the artifacts in N/. */
static int
fill(const char *folder, const struct artifact_row *rows, size_t n,
    struct err *err)
{
	struct str link = STR_INIT, target = STR_INIT;
	int rc = file_mkdirs(folder, 0755, err);

	for (size_t i = 0; rc == 0 && i < 2 * n; i++) {
		const struct artifact_row *row = &rows[i / 2];
		const char *suffix = i % 2 == 0 ? "" : LAYOUT_MANIFEST;
		const char *name = strrchr(row->path, '/'), *run = name;

		for (run--; *run != '/'; run--)
			continue;
		str_clear(&link);
		str_clear(&target);
		str_addf(&target, "../..%s%s", run, suffix);
		str_addf(&link, "%s/", folder);
		path_add_component(&link, row->name);
		str_add(&link, suffix);
		if (symlink(target.s, link.s) == -1)
			rc = err_errno(err, "cannot make the link \"%s\"",
			    link.s);
	}
	str_release(&link);
	str_release(&target);
	return rc;
}

/* Point `path` to `folder`, and remove what it pointed to. */
static int
turn(const char *path, const char *folder, struct err *err)
{
	struct str aside = STR_INIT, old = STR_INIT;
	const char *name = strrchr(folder, '/') + 1;
	char target[NAME_MAX + 1];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	int rc = 0;

	str_addf(&aside, "%s.tmp", folder);
	if (unlink(aside.s) == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot remove \"%s\"", aside.s);
	if (rc == 0 && (symlink(name, aside.s) == -1 ||
	    rename(aside.s, path) == -1))
		rc = err_errno(err, "cannot make the link \"%s\"", path);
	if (rc == 0 && n > 0) {
		target[n] = '\0';
		str_add_len(&old, path, (size_t)(strrchr(path, '/') + 1 -
		    path));
		str_add(&old, target);
		if (strcmp(old.s, folder) != 0)
			rc = file_remove_tree(old.s, err);
	}
	str_release(&aside);
	str_release(&old);
	return rc;
}

static int
link_run(const struct config *config, const struct run *run,
    const struct artifact_row *rows, size_t n, struct err *err)
{
	struct str path = STR_INIT, relative = STR_INIT, folder = STR_INIT;
	int rc = 0;

	layout_artifacts_latest(&relative, run->owner, run->name,
	    run->branch);
	layout_public_file(&path, config->state_dir, relative.s);
	str_addf(&folder, "%s~r%" PRId64, path.s, run->number);
	if (run->attempt > 1)
		str_addf(&folder, ".%d", run->attempt);
	/* Half made by one that was killed, or made already. */
	if (access(folder.s, F_OK) == 0)
		rc = file_remove_tree(folder.s, err);
	if (rc == 0)
		rc = fill(folder.s, rows, n, err);
	if (rc == 0)
		rc = turn(path.s, folder.s, err);
	str_release(&path);
	str_release(&relative);
	str_release(&folder);
	return rc;
}

int
artifact_latest(struct store *st, const struct config *config, int64_t id,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct artifact_row *rows;
	struct run run;
	int64_t green = 0;
	size_t n = 0;
	int rc = run_find_id(st, id, &a, &run, err);

	if (rc == 1 && run.state == RUN_SUCCEEDED)
		rc = artifact_list_live(st, id, &a, &rows, &n, err);
	if (rc == 0 && n > 0)
		rc = artifact_green_run(st, run.repo, run.branch, &green,
		    err);
	/* A newer one has done it, or will. */
	if (rc == 1 && green == id)
		rc = link_run(config, &run, rows, n, err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}
