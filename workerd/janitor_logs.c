/*
 * janitor_logs.c - logs of runs that are long over: compressed, and removed.
 *
 * Which runs, the database says, so that the number of logs, which grows for
 * ever, costs nothing here. A run is marked when all of its files are done; a
 * kill before means that it is looked at again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/janitor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/line_map.h"
#include "lib/base/log.h"
#include "lib/base/packed.h"
#include "lib/store/reports.h"

/* The folder of a run's logs. */
static void
folder_of(const struct janitor *j, const struct logs_run *run,
    struct str *out)
{
	const struct layout_run place = { run->owner, run->name, run->number,
		run->attempt };
	struct str file = STR_INIT;

	layout_job_log(&file, LAYOUT_LOG, &place, "x", 1);
	str_cut(&file, (size_t)(strrchr(file.s, '/') - file.s));
	layout_public_file(out, j->program.config.state_dir, file.s);
	str_release(&file);
}

static bool
is_log(const char *name)
{
	return name[0] != '.' && (str_ends_with(name, ".log") ||
	    str_ends_with(name, ".idx"));
}

/* Of a job that was killed the end of the map may be missing. Reading would
 * count it again each time, so it is done while that is cheap. */
static void
complete_map(const char *log)
{
	int fd = open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct line_map map;
	struct stat st;

	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && line_map_open(&map, log, fd, st.st_size,
	    NULL) == 0)
		line_map_close(&map);
	close(fd);
}

static int
pack(const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	struct str path = STR_INIT;
	struct dirent *e;
	int rc = 0;

	if (dir == NULL && errno != ENOENT)
		return err_errno(err, "cannot read \"%s\"", folder);
	while (rc == 0 && dir != NULL && (e = readdir(dir)) != NULL) {
		str_clear(&path);
		str_addf(&path, "%s/%s", folder, e->d_name);
		if (str_ends_with(path.s, ".log"))
			complete_map(path.s);
		if (is_log(e->d_name))
			rc = packed_write(path.s, err);
		else if (str_starts_with(e->d_name, ".tmp-"))
			unlink(path.s); /* of a janitor that was killed */
	}
	if (dir != NULL)
		closedir(dir);
	str_release(&path);
	return rc;
}

static int
act(struct janitor *j, const struct logs_run *run, enum logs_state next,
    const char *folder, struct err *err)
{
	int rc = next == LOGS_PACKED ? pack(folder, err) :
	    file_remove_tree(folder, err);

	return rc == 0 ? logs_set(j->program.store, run->id, next, err) : -1;
}

static void
sweep(struct janitor *j, enum logs_state next, int64_t after_ms)
{
	struct logs_run *runs;
	struct str folder = STR_INIT;
	struct err err = { 0 };
	size_t n = 0;
	int rc = 0;

	if (after_ms == 0)
		return;
	if (logs_old(j->program.store, next, clock_now_ms() - after_ms,
	    &j->arena, &runs, &n, &err) == -1)
		log_err("cannot list the logs of old runs", &err);
	for (size_t i = 0; i < n; i++) {
		str_clear(&folder);
		folder_of(j, &runs[i], &folder);
		err_clear(&err);
		if (janitor_acts(j))
			rc = act(j, &runs[i], next, folder.s, &err);
		janitor_count(j, next == LOGS_PACKED ? SWEEP_PACKED :
		    SWEEP_LOGS, folder.s, rc, &err);
	}
	str_release(&folder);
}

void
janitor_sweep_logs(struct janitor *j)
{
	sweep(j, LOGS_GONE, j->program.config.keep_logs_for_ms);
	sweep(j, LOGS_PACKED, j->program.config.compress_logs_after_ms);
}
