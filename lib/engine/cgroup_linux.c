/*
 * cgroup_linux.c - control groups of version 1 and 2.
 *
 * Where they are made is for cgroup_place_linux.c; here they are made, given
 * their limits, joined and removed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/cgroup_place.h"

/* How long processes that were killed may take to leave their group. */
#define REMOVE_TURNS 300
#define REMOVE_PAUSE_NS 10000000

/* Processors are given as microseconds of each period, which is the kernel's
 * own of 100 ms. */
#define CPU_US_PER_MILLI 100

/* The limits of both versions; all rows of a controller are written. */
static const struct limit {
	int version;
	enum cgroup_controller controller;
	const char *file;
	bool optional; /* not in every kernel */
	bool zero;     /* write 0 instead of the limit */
} limits[] = {
	{ 1, CGROUP_MEMORY, "memory.limit_in_bytes", false, false },
	{ 1, CGROUP_MEMORY, "memory.memsw.limit_in_bytes", true, false },
	{ 1, CGROUP_PIDS, "pids.max", false, false },
	{ 2, CGROUP_MEMORY, "memory.max", false, false },
	{ 2, CGROUP_MEMORY, "memory.swap.max", true, true },
	{ 2, CGROUP_PIDS, "pids.max", false, false },
	{ 1, CGROUP_CPU, "cpu.cfs_quota_us", true, false },
	{ 2, CGROUP_CPU, "cpu.max", true, false },
};

void
cgroup_init(struct cgroup *g)
{
	memset(g, 0, sizeof(*g));
	for (int i = 0; i < CGROUP_DIRS; i++)
		g->procs_fds[i] = -1;
}

static bool
exists(const char *dir, const char *file)
{
	struct str path = STR_INIT;
	bool there;

	str_addf(&path, "%s/%s", dir, file);
	there = access(path.s, F_OK) == 0;
	str_release(&path);
	return there;
}

/* Write the rows of one controller. Version 1 wants the limit with swap not
 * below the one without, so rows are written in the order of the table. */
static int
set_limit(int version, enum cgroup_controller controller, const char *dir,
    int64_t max, struct err *err)
{
	char text[32];

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct limit *l = &limits[i];

		if (l->version != version || l->controller != controller ||
		    (l->optional && !exists(dir, l->file)))
			continue;
		snprintf(text, sizeof(text), "%" PRId64, l->zero ? 0 : max);
		if (cgroup_control_write(dir, l->file, text) == -1)
			return err_errno(err, "cannot write %s to \"%s/%s\"",
			    text, dir, l->file);
	}
	return 0;
}

/* The group's folder for one controller. Not allowed is no failure. */
static int
make_dir(struct cgroup *g, const struct cgroup_place *p, enum cgroup_controller controller,
    const char *name, int64_t max, struct err *err)
{
	struct str path = STR_INIT;
	int at = p->version == 2 ? 0 : (int)controller, rc = -1;

	cgroup_place_group(p, controller, name, &path);
	if (mkdir(path.s, 0755) == -1 && errno != EEXIST) {
		rc = 0;
		goto out;
	}
	if (g->dirs[at] == NULL)
		g->dirs[at] = mem_strdup(path.s);
	if (set_limit(p->version, controller, path.s, max, err) == -1)
		goto out;
	g->entered = p->version == 1;
	str_add(&path, g->entered ? "/tasks" : "/cgroup.procs");
	if (g->procs_fds[at] == -1)
		g->procs_fds[at] = open(path.s, O_WRONLY | O_CLOEXEC);
	if (g->procs_fds[at] == -1) {
		err_errno(err, "cannot open \"%s\"", path.s);
		goto out;
	}
	rc = 0;
out:
	str_release(&path);
	return rc;
}

int
cgroup_make(struct cgroup *g, const char *instance, const char *name,
    int64_t memory_max_bytes, int64_t pids_max, int64_t cpus_milli,
    struct err *err)
{
	struct cgroup_place p;
	int rc = 0;

	if (memory_max_bytes == 0 && pids_max == 0 && cpus_milli == 0)
		return 0;
	cgroup_place_find(&p, instance, true);
	if (p.version != 0 && memory_max_bytes > 0)
		rc = make_dir(g, &p, CGROUP_MEMORY, name, memory_max_bytes, err);
	if (rc == 0 && p.version != 0 && pids_max > 0)
		rc = make_dir(g, &p, CGROUP_PIDS, name, pids_max, err);
	if (rc == 0 && p.version != 0 && cpus_milli > 0)
		rc = make_dir(g, &p, CGROUP_CPU, name,
		    cpus_milli * CPU_US_PER_MILLI, err);
	cgroup_place_release(&p);
	return rc;
}

size_t
cgroup_entries(const struct cgroup *g, int fds[CGROUP_DIRS])
{
	size_t n = 0;

	for (int i = 0; g->entered && i < CGROUP_DIRS; i++)
		if (g->procs_fds[i] != -1)
			fds[n++] = g->procs_fds[i];
	return n;
}

bool
cgroup_is_joined(const struct cgroup *g)
{
	return !g->entered && g->dirs[0] != NULL;
}

int
cgroup_join(const struct cgroup *g, pid_t pid, struct err *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%ld", (long)pid);

	if (cgroup_is_joined(g) &&
	    write(g->procs_fds[0], text, (size_t)len) != len)
		return err_errno(err, "cannot put a process into the control "
		    "group \"%s\"", g->dirs[0]);
	return 0;
}

/* What was killed needs a moment to be gone. */
static int
remove_dir(const char *dir, struct err *err)
{
	const struct timespec pause = { 0, REMOVE_PAUSE_NS };

	for (int turn = 0; turn < REMOVE_TURNS; turn++) {
		if (rmdir(dir) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	return err_errno(err, "cannot remove the control group \"%s\"", dir);
}

int
cgroup_remove(struct cgroup *g, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < CGROUP_DIRS; i++) {
		if (g->procs_fds[i] != -1)
			close(g->procs_fds[i]);
		if (g->dirs[i] != NULL && rc == 0)
			rc = remove_dir(g->dirs[i], err);
		free(g->dirs[i]);
	}
	cgroup_init(g);
	return rc;
}

void
cgroup_list(const char *instance, cgroup_fn fn, void *ctx)
{
	struct dirent *entry;
	struct cgroup_place p;
	DIR *dir;

	cgroup_place_find(&p, instance, false);
	for (int i = 0; i < (p.version == 2 ? 1 : CGROUP_N_CONTROLLERS); i++) {
		dir = p.version == 0 ? NULL : opendir(p.dir[i].s);
		if (dir == NULL)
			continue;
		while ((entry = readdir(dir)) != NULL)
			if (str_starts_with(entry->d_name, p.prefix.s))
				fn(ctx, entry->d_name + p.prefix.len);
		closedir(dir);
	}
	cgroup_place_release(&p);
}

static void
kill_members(const char *dir)
{
	struct str path = STR_INIT, pids = STR_INIT;
	char *line, *save = NULL;
	long long pid;

	str_addf(&path, "%s/cgroup.procs", dir);
	if (file_read(path.s, 1 << 20, &pids, NULL) == 0)
		for (line = strtok_r(pids.s, "\n", &save); line != NULL;
		     line = strtok_r(NULL, "\n", &save))
			if (str_to_int64(line, 2, INT32_MAX, &pid))
				kill((pid_t)pid, SIGKILL);
	str_release(&path);
	str_release(&pids);
}

int
cgroup_remove_leftover(const char *instance, const char *name,
    struct err *err)
{
	struct str path = STR_INIT;
	struct cgroup_place p;
	int rc = 0;

	cgroup_place_find(&p, instance, false);
	for (int i = 0; p.version != 0 && rc == 0 && i < CGROUP_N_CONTROLLERS; i++) {
		cgroup_place_group(&p, (enum cgroup_controller)i, name,
		    &path);
		/* Version 2 since Linux 5.14: all of them at once. */
		if (cgroup_control_write(path.s, "cgroup.kill", "1") == -1)
			kill_members(path.s);
		rc = remove_dir(path.s, err);
	}
	cgroup_place_release(&p);
	str_release(&path);
	return rc;
}
