/*
 * janitor.c - pawl-janitor: remove what no active job owns.
 *
 * Crashes leave containers, work folders and temporary files. Each kind is
 * listed first and compared with the active jobs afterwards: so a job that
 * begins meanwhile is never taken for a leftover. What was done is counted and
 * told, which is how one sees that nothing was left.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/engine/engine.h"
#include "lib/run/git.h"
#include "lib/render/files.h"
#include "lib/store/counters.h"
#include "lib/store/engines.h"
#include "lib/store/repos.h"
#include "lib/store/tasks.h"
#include "workerd/janitor.h"

/* An engine that does not answer ends the janitor; the next one tries
 * again. */
#define LIMIT_S 240

/* Files written by rename are complete within moments. */
#define TEMPORARY_S 3600
/* What jobs' processes said, of jobs that did not end well. */
#define PROCESS_LOG_S (7 * 86400)

/* Mirrors that nothing registers. A job is long over by then that was planned
 * when one was used last. */
#define MIRROR_S (30 * 86400)

#define MAX_DEPTH 8

static const struct {
	const char *one, *key; /* for people, in the counts */
} kinds[SWEEP_N] = {
	[SWEEP_CONTAINERS] = { "container", "containers" },
	[SWEEP_FOLDERS] = { "folder", "work_folders" },
	[SWEEP_IMAGES] = { "image", "images" },
	[SWEEP_TEMPORARY] = { "temporary file", "temporary_files" },
	[SWEEP_KEPT] = { "kept workspace", "kept" },
	[SWEEP_ARTIFACTS] = { "artifact", "artifacts" },
	[SWEEP_PACKED] = { "run's logs, compressed", "logs_compressed" },
	[SWEEP_LOGS] = { "run's logs", "logs_removed" },
	[SWEEP_MIRRORS] = { "mirror", "mirrors" },
	[SWEEP_REPOS] = { "removed repository", "repositories" },
};

static void
note(struct janitor *j, const char *id, int64_t job, int attempt)
{
	struct leftover *l;

	/* An engine may find one in several places. */
	for (size_t i = 0; i < j->n_left; i++)
		if (str_equal(j->left[i].id, id))
			return;
	l = arena_push(&j->arena, &j->left, &j->n_left, sizeof(*l));
	l->id = arena_strdup(&j->arena, id);
	l->job = job;
	l->attempt = attempt;
}

static bool
is_active(const struct janitor *j, const struct leftover *l)
{
	for (size_t i = 0; i < j->n_active; i++)
		if (j->active[i].id == l->job &&
		    j->active[i].attempt == l->attempt)
			return true;
	return janitor_is_kept(j, l);
}

/* Read the active jobs, now that the list is complete. */
static bool
compare(struct janitor *j)
{
	struct err err = { 0 };

	if (queue_active(j->program.store, &j->arena, &j->active,
	    &j->n_active, &err) == 0)
		return true;
	log_err("cannot read the active jobs", &err);
	return false;
}

void
janitor_count(struct janitor *j, enum sweep_kind kind, const char *id,
    int rc, struct err *err)
{
	if (rc == -1) {
		j->failed++;
		log_err("a leftover could not be removed", err);
		return;
	}
	j->done[kind]++;
	log_info(janitor_acts(j) ? "leftover removed" : "leftover found",
	    LOG_STR("kind", kinds[kind].one), LOG_STR("id", id));
}

/* Those of one kind that no active job owns, one after the other. */
static const struct leftover *
next_leftover(struct janitor *j, size_t *i)
{
	while (*i < j->n_left && is_active(j, &j->left[*i]))
		(*i)++;
	return *i < j->n_left ? &j->left[(*i)++] : NULL;
}

/* --- containers ----------------------------------------------------------- */

static void
on_leftover(void *ctx, const struct engine_leftover *left)
{
	note(ctx, left->id, left->job, left->attempt);
}

/* For those who ask how all parts do. */
static void
note_engine(struct janitor *j, const char *name, const char *error)
{
	struct err err = { 0 };

	if (janitor_acts(j) && engine_state_set(j->program.store, name, error,
	    &err) == -1)
		log_err("the state of an engine was not noted", &err);
}

static void
sweep_engine(struct janitor *j, const char *name)
{
	const struct leftover *l;
	struct engine *e = NULL;
	struct err err = { 0 };
	size_t i = 0;
	int rc = 0;

	/* One that is not installed here has left nothing. */
	rc = engine_open(name, NULL, &j->program.config, &e, &err);
	note_engine(j, name, rc == -1 ? err.text : NULL);
	if (rc == -1) {
		log_debug("engine not swept", LOG_STR("engine", name),
		    LOG_STR("reason", err.text));
		return;
	}
	j->left = NULL;
	j->n_left = 0;
	if (engine_list(e, j->instance, on_leftover, j, &err) == -1)
		log_err("cannot list containers", &err);
	else if (j->n_left > 0 && compare(j))
		while ((l = next_leftover(j, &i)) != NULL) {
			err_clear(&err);
			if (janitor_acts(j))
				rc = engine_remove_leftover(e, l->id, &err);
			janitor_count(j, SWEEP_CONTAINERS, l->id, rc, &err);
		}
	engine_close(e);
}

/* --- folders of jobs ------------------------------------------------------ */

static void
list_work(struct janitor *j, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int64_t job;
	int attempt, used;

	j->left = NULL;
	j->n_left = 0;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		used = 0;
		if (sscanf(e->d_name, "%" SCNd64 "-%d%n", &job, &attempt,
		    &used) == 2 && e->d_name[used] == '\0')
			note(j, e->d_name, job, attempt);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
sweep_work(struct janitor *j)
{
	struct str path = STR_INIT;
	const struct leftover *l;
	struct err err = { 0 };
	size_t folder, i = 0;
	int rc = 0;

	str_addf(&path, "%s/work", j->program.config.state_dir);
	list_work(j, path.s);
	folder = path.len;
	if (j->n_left > 0 && compare(j))
		while ((l = next_leftover(j, &i)) != NULL) {
			str_cut(&path, folder);
			str_addf(&path, "/%s", l->id);
			err_clear(&err);
			if (janitor_acts(j)) {
				rc = engine_remove_folder(
				    &j->program.config, path.s, &err);
				janitor_close_log(j, l);
			}
			janitor_count(j, SWEEP_FOLDERS, l->id, rc, &err);
		}
	str_release(&path);
}

/* --- images --------------------------------------------------------------- */

static void
on_image(void *ctx, const char *name)
{
	janitor_count(ctx, SWEEP_IMAGES, name, 0, NULL);
}

static void
sweep_images(struct janitor *j)
{
	struct err err = { 0 };

	if (janitor_acts(j) && engine_sweep_images(&j->program.config,
	    on_image, j, &err) == -1)
		log_err("images are left that are not needed", &err);
}

/* --- mirrors -------------------------------------------------------------- */

static void
on_mirror(void *ctx, const char *name, int rc, struct err *err)
{
	janitor_count(ctx, SWEEP_MIRRORS, name, rc, err);
}

/* Those of actions of others come again when they are asked for. */
static void
sweep_mirrors(struct janitor *j)
{
	struct str path = STR_INIT;
	struct err err = { 0 };

	layout_other_mirrors(&path, j->program.config.state_dir);
	if (git_mirrors_sweep(path.s, MIRROR_S, janitor_acts(j), on_mirror,
	    j, &err) == -1)
		log_err("cannot list mirrors", &err);
	str_release(&path);
}

/* --- files ---------------------------------------------------------------- */

/* Remove files of a folder that begin with `prefix` and are older than
 * `age_s`; links are not followed. */
static void
sweep_files(struct janitor *j, const char *path, const char *prefix,
    time_t age_s, int depth)
{
	struct str name = STR_INIT;
	DIR *dir = opendir(path);
	struct dirent *e;
	struct stat st;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		str_clear(&name);
		str_addf(&name, "%s/%s", path, e->d_name);
		if (lstat(name.s, &st) == -1)
			continue;
		if (S_ISDIR(st.st_mode) && depth > 0)
			sweep_files(j, name.s, prefix, age_s, depth - 1);
		else if (S_ISREG(st.st_mode) &&
		    str_starts_with(e->d_name, prefix) &&
		    time(NULL) - st.st_mtime > age_s &&
		    (!janitor_acts(j) || unlink(name.s) == 0))
			janitor_count(j, SWEEP_TEMPORARY, name.s, 0, NULL);
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&name);
}

/* What a handler cannot remove: it may not write there. */
static void
sweep_removed(struct janitor *j)
{
	struct store *st = j->program.store;
	const struct config *config = &j->program.config;
	struct err err = { 0 };
	struct repo repo;
	int rc;

	while (janitor_acts(j) && (rc = repo_removed_next(st, &j->arena,
	    &repo, &err)) != 0) {
		if (rc == 1)
			rc = render_remove_repo(config, repo.owner, repo.name,
			    &err);
		if (rc == 0)
			rc = repo_removed_done(st, repo.owner, repo.name,
			    &err);
		janitor_count(j, SWEEP_REPOS, rc == 0 ? repo.name : "", rc,
		    &err);
		if (rc == -1)
			return;
	}
}

/* Where files are written by rename. Logs are not among them, so their
 * number, which grows for ever, costs nothing here. */
static void
sweep_temporary(struct janitor *j)
{
	static const struct {
		const char *folder, *prefix;
		time_t age_s;
		int depth;
	} places[] = {
		{ "", ".tmp-", TEMPORARY_S, 0 },
		{ "/private/badges", ".tmp-", TEMPORARY_S, MAX_DEPTH },
		{ "/private/status", ".tmp-", TEMPORARY_S, MAX_DEPTH },
		{ "/log", "job-", PROCESS_LOG_S, 0 },
	};
	struct str path = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		str_clear(&path);
		str_addf(&path, "%s%s", j->program.config.state_dir,
		    places[i].folder);
		sweep_files(j, path.s, places[i].prefix, places[i].age_s,
		    places[i].depth);
	}
	str_release(&path);
}

/* One janitor at a time. */
static bool
lock(const struct janitor *j)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/janitor.lock", j->program.config.state_dir);
	fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	str_release(&path);
	return fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* What was done, for the log and for whoever has asked. */
static void
tell(const struct janitor *j)
{
	struct str line = STR_INIT;

	for (int kind = 0; kind < SWEEP_N; kind++)
		str_addf(&line, "%s%s=%" PRId64, kind > 0 ? " " : "",
		    kinds[kind].key, j->done[kind]);
	str_addf(&line, " failed=%" PRId64, j->failed);
	log_info(janitor_acts(j) ? "swept" : "would sweep",
	    LOG_STR("counts", line.s));
	if (j->program.dry_run)
		printf("%s\n", line.s);
	str_release(&line);
}

/* The same for monitoring. */
static void
count(struct janitor *j)
{
	struct store *st = j->program.store;
	struct err err = { 0 };
	int rc = 0;

	if (!janitor_acts(j))
		return;
	for (int kind = 0; rc == 0 && kind < SWEEP_N; kind++)
		if (j->done[kind] > 0)
			rc = counter_add(st, NUMBER_LEFTOVERS,
			    COUNTER_LABELS(kinds[kind].key), j->done[kind],
			    &err);
	if (rc == -1)
		log_err("what was removed could not be counted", &err);
}

static void
note_done(struct janitor *j, int64_t began_ms)
{
	struct str said = STR_INIT;
	struct err err = { 0 };

	for (int kind = 0; kind < SWEEP_N; kind++)
		if (j->done[kind] > 0)
			str_addf(&said, "%s%s %" PRId64, said.len > 0 ? ", " :
			    "", kinds[kind].key, j->done[kind]);
	if (janitor_acts(j) && task_done(j->program.store, TASK_SWEEP,
		began_ms, said.len > 0 ? said.s : NULL, j->failed > 0 ?
		"some leftovers could not be removed; the log says which" :
		NULL, &err) == -1)
		log_err("that the sweep is done was not noted", &err);
	str_release(&said);
}

int
main(int argc, char **argv)
{
	struct janitor j = {
		.program = { .name = "pawl-janitor", .usage = "",
			.takes_dry_run = true },
	};
	struct err err = { 0 };
	int64_t began_ms = clock_now_ms();

	program_start(&j.program, argc, argv);
	program_open_store(&j.program, STORE_EXISTING);
	alarm(LIMIT_S);
	if (!lock(&j)) {
		log_info("another janitor is at work");
		program_end(&j.program);
		return 0;
	}
	j.instance = program_instance(&j.program.config, &j.arena, &err);
	if (j.instance == NULL)
		log_err("cannot name our containers", &err);
	/* Containers first: their processes may still write. */
	if (j.instance != NULL) {
		sweep_engine(&j, "sandbox");
		sweep_engine(&j, "docker");
	}
	sweep_work(&j);
	sweep_images(&j);
	sweep_mirrors(&j);
	sweep_removed(&j);
	janitor_sweep_kept(&j);
	janitor_trim_audit(&j);
	janitor_trim_outbox(&j);
	janitor_trim_inbox(&j);
	janitor_sweep_queue(&j);
	sweep_temporary(&j);
	janitor_storage(&j);
	janitor_sweep_logs(&j);
	tell(&j);
	count(&j);
	note_done(&j, began_ms);
	arena_release(&j.arena);
	program_end(&j.program);
	return 0;
}
