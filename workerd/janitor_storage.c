/*
 * janitor_storage.c - artifacts whose time is over, second copies that are
 * owed, caches over their limits, and files without a row.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/janitor.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/keep/artifact_copy.h"
#include "lib/keep/artifact_place.h"
#include "lib/keep/cache_files.h"
#include "lib/store/artifacts.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

#define AT_A_TIME 100
/* A folder that is younger may be waiting for its row. */
#define YOUNG_S 3600

/* --- artifacts whose time is over ------------------------------------------------ */

/* Files first: a row that says they are there is put right by the next
 * janitor, files that no row knows are not. */
static int
expire_one(struct janitor *j, const struct artifact_row *row,
    struct err *err)
{
	const struct config *config = &j->program.config;
	struct str path = STR_INIT;
	int rc = 0;

	layout_public_file(&path, config->state_dir, row->path);
	if (row->stored_at_ms != 0 &&
	    strcmp(config->artifacts_store, "s3") == 0)
		rc = artifact_copy_remove(config, row->path, err);
	if (rc == 0)
		rc = artifact_unplace(path.s, err);
	if (rc == 0)
		rc = artifact_removed(j->program.store, row, err);
	str_release(&path);
	return rc;
}

static void
sweep_expired(struct janitor *j)
{
	struct artifact_row *rows;
	struct err err = { 0 };
	size_t n = 0, failed = 0;

	do {
		struct arena a = ARENA_INIT(0);

		if (artifact_expired(j->program.store, AT_A_TIME, &a, &rows,
		    &n, &err) == -1) {
			log_err("cannot list artifacts", &err);
			n = 0;
		}
		for (size_t i = 0; i < n; i++) {
			int rc = janitor_acts(j) ? expire_one(j, &rows[i],
			    &err) : 0;

			janitor_count(j, SWEEP_ARTIFACTS, rows[i].path, rc,
			    &err);
			failed += rc == -1;
			err_clear(&err);
		}
		arena_release(&a);
	} while (n == AT_A_TIME && failed == 0 && janitor_acts(j));
}

/* --- folders without a row -------------------------------------------------------- */

struct places {
	struct janitor *j;
	struct str path; /* below public/ */
};

static bool
is_old(const struct places *p)
{
	struct str full = STR_INIT;
	struct stat st;
	bool old;

	layout_public_file(&full, p->j->program.config.state_dir, p->path.s);
	old = lstat(full.s, &st) == 0 && S_ISDIR(st.st_mode) &&
	    time(NULL) - st.st_ctime > YOUNG_S;
	str_release(&full);
	return old;
}

/* artifacts/OWNER/NAME/RUN/ARTIFACT */
static void
look_at_folder(struct places *p, const struct layout_run *place)
{
	struct janitor *j = p->j;
	struct arena a = ARENA_INIT(0);
	struct str full = STR_INIT;
	struct err err = { 0 };
	struct run run;
	int rc = is_old(p) ? run_find_attempt(j->program.store, place->owner,
	    place->name, place->number, place->attempt, &a, &run, &err) : -1;

	if (rc == 1)
		rc = artifact_owns(j->program.store, run.id, p->path.s, &err);
	if (rc == 0) {
		layout_public_file(&full, j->program.config.state_dir,
		    p->path.s);
		rc = janitor_acts(j) ? artifact_unplace(full.s, &err) : 0;
		janitor_count(j, SWEEP_ARTIFACTS, p->path.s, rc, &err);
	}
	str_release(&full);
	arena_release(&a);
}

/* The folder of a repository (number 0), or of a run. */
static void
look_into(struct places *p, const struct layout_run *place)
{
	struct layout_run run = *place;
	struct str full = STR_INIT;
	size_t len = p->path.len;
	struct dirent *e;
	DIR *dir;

	layout_public_file(&full, p->j->program.config.state_dir,
	    p->path.s);
	dir = opendir(full.s);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		str_addf(&p->path, "/%s", e->d_name);
		if (place->number == 0 && layout_run_parse(e->d_name,
		    &run.number, &run.attempt)) {
			run.attempt += run.attempt == 0;
			look_into(p, &run);
		} else if (place->number != 0 &&
		    (strchr(e->d_name, '~') == NULL ||
			strstr(e->d_name, "~a") != NULL)) {
			look_at_folder(p, place);
		}
		str_cut(&p->path, len);
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&full);
}

/* A crash between files and row leaves such. All folders of all runs are
 * looked at, so this is done once a day. */
static void
sweep_unknown(struct janitor *j)
{
	struct places p = { j, STR_INIT };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct repo *repos;
	size_t n = 0;

	if (repo_list(j->program.store, &a, &repos, &n, &err) == -1)
		log_err("cannot list repositories", &err);
	for (size_t i = 0; i < n; i++) {
		str_clear(&p.path);
		str_add(&p.path, "artifacts/");
		path_add_component(&p.path, repos[i].owner);
		str_add_char(&p.path, '/');
		path_add_component(&p.path, repos[i].name);
		look_into(&p, &(struct layout_run){ repos[i].owner,
		    repos[i].name, 0, 0 });
	}
	str_release(&p.path);
	arena_release(&a);
}

/* --- all ---------------------------------------------------------------------------- */

/* Has a day gone by since it was so last? */
static bool
is_time(const struct janitor *j)
{
	struct str path = STR_INIT;
	struct err err = { 0 };
	struct stat st;
	bool due;

	str_addf(&path, "%s/artifacts.swept", j->program.config.state_dir);
	due = stat(path.s, &st) == -1 || time(NULL) - st.st_mtime > 86400;
	if (due && janitor_acts(j) && file_replace(path.s, "", 0, 0644, false,
	    &err) == -1)
		log_err("cannot note when artifacts were swept", &err);
	str_release(&path);
	return due;
}

void
janitor_storage(struct janitor *j)
{
	const struct config *config = &j->program.config;
	struct err err = { 0 };

	sweep_expired(j);
	if (is_time(j))
		sweep_unknown(j);
	if (!janitor_acts(j))
		return;
	if (cache_files_sweep(j->program.store, config, &err) == -1)
		log_err("cannot sweep the caches", &err);
	err_clear(&err);
	if (artifact_copy_waiting(j->program.store, config, &err) == -1)
		log_err("copies of artifacts wait", &err);
}
