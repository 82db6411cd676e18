/*
 * janitor.c - pawl-janitor: remove what no active job owns.
 *
 * Crashes leave containers, work folders and temporary files. Each kind is
 * listed first and compared with the active jobs afterwards: so a job that
 * begins meanwhile is never taken for a leftover.
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

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/engine/engine.h"
#include "lib/store/queue.h"
#include "workerd/program.h"

/* An engine that does not answer ends the janitor; the next one tries
 * again. */
#define LIMIT_S 240

/* Files written by rename are complete within moments. */
#define TEMPORARY_S 3600
/* What jobs' processes said, of jobs that did not end well. */
#define PROCESS_LOG_S (7 * 86400)

#define MAX_DEPTH 8

struct leftover {
	const char *id; /* container or name of the folder */
	int64_t job;
	int attempt;
};

struct janitor {
	struct program program;
	struct arena arena;
	const char *instance;
	struct leftover *left; /* of one kind */
	size_t n_left;
	struct job *active;
	size_t n_active;
};

static void
note(struct janitor *j, const char *id, int64_t job, int attempt)
{
	struct leftover *l = arena_push(&j->arena, &j->left, &j->n_left,
	    sizeof(*l));

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
	return false;
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

static void
removed(const char *what, const struct leftover *l, int rc, struct err *err)
{
	if (rc == -1)
		log_err("a leftover could not be removed", err);
	else
		log_info("leftover removed", LOG_STR("kind", what),
		    LOG_STR("id", l->id), LOG_INT("job", l->job),
		    LOG_INT("attempt", l->attempt));
}

/* --- containers ----------------------------------------------------------- */

static void
on_leftover(void *ctx, const struct engine_leftover *left)
{
	note(ctx, left->id, left->job, left->attempt);
}

static void
sweep_engine(struct janitor *j, const char *name)
{
	struct engine *e = NULL;
	struct err err = { 0 };
	int rc;

	/* One that is not installed here has left nothing. */
	if (engine_open(name, NULL, &j->program.config, &e, &err) == -1) {
		log_debug("engine not swept", LOG_STR("engine", name),
		    LOG_STR("reason", err.text));
		return;
	}
	j->left = NULL;
	j->n_left = 0;
	if (engine_list(e, j->instance, on_leftover, j, &err) == -1)
		log_err("cannot list containers", &err);
	else if (j->n_left > 0 && compare(j))
		for (size_t i = 0; i < j->n_left; i++) {
			if (is_active(j, &j->left[i]))
				continue;
			err_clear(&err);
			rc = engine_remove_leftover(e, j->left[i].id, &err);
			removed("container", &j->left[i], rc, &err);
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
	struct err err = { 0 };
	size_t folder;
	int rc;

	str_addf(&path, "%s/work", j->program.config.state_dir);
	list_work(j, path.s);
	folder = path.len;
	if (j->n_left > 0 && compare(j))
		for (size_t i = 0; i < j->n_left; i++) {
			if (is_active(j, &j->left[i]))
				continue;
			str_cut(&path, folder);
			str_addf(&path, "/%s", j->left[i].id);
			err_clear(&err);
			rc = file_remove_tree(path.s, &err);
			removed("folder", &j->left[i], rc, &err);
		}
	str_release(&path);
}

/* --- files ---------------------------------------------------------------- */

/* Remove files of a folder that begin with `prefix` and are older than
 * `age_s`; links are not followed. */
static void
sweep_files(const char *path, const char *prefix, time_t age_s, int depth)
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
			sweep_files(name.s, prefix, age_s, depth - 1);
		else if (S_ISREG(st.st_mode) &&
		    str_starts_with(e->d_name, prefix) &&
		    time(NULL) - st.st_mtime > age_s && unlink(name.s) == 0)
			log_info("old file removed", LOG_STR("file", name.s));
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&name);
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
		{ "/public/badges", ".tmp-", TEMPORARY_S, MAX_DEPTH },
		{ "/public/status", ".tmp-", TEMPORARY_S, MAX_DEPTH },
		{ "/log", "job-", PROCESS_LOG_S, 0 },
	};
	struct str path = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		str_clear(&path);
		str_addf(&path, "%s%s", j->program.config.state_dir,
		    places[i].folder);
		sweep_files(path.s, places[i].prefix, places[i].age_s,
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

int
main(int argc, char **argv)
{
	struct janitor j = {
		.program = { .name = "pawl-janitor", .usage = "" },
	};
	struct err err = { 0 };

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
	sweep_work(&j);
	if (j.instance != NULL) {
		sweep_engine(&j, "sandbox");
		sweep_engine(&j, "docker");
	}
	sweep_temporary(&j);
	arena_release(&j.arena);
	program_end(&j.program);
	return 0;
}
