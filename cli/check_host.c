/*
 * check_host.c - probes of the host: folders, room, programs, engines.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/check.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/base/programs.h"

/* Room under which a job is likely to fail. */
#define SPACE_WARN_BYTES (INT64_C(1) << 30)
#define SPACE_FAIL_BYTES (INT64_C(64) << 20)

/* The least git whose safe.directory and protocol settings are relied on. */
#define GIT_MAJOR 2
#define GIT_MINOR 30

/* Magic numbers of statfs(2) of file systems without shared memory between
 * hosts, where SQLite's WAL does not work. */
static const struct {
	unsigned long magic;
	const char *name;
} network_file_systems[] = {
	{ 0x6969, "NFS" },
	{ 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB" },
	{ 0x01021997, "9p" },
};

static const char *
network_file_system(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) == -1)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(network_file_systems); i++)
		if ((unsigned long)fs.f_type == network_file_systems[i].magic)
			return network_file_systems[i].name;
	return NULL;
}

void
check_state_dir(struct checks *c)
{
	const char *dir = c->cli->config.state_dir;
	const char *remote;
	struct stat st;

	if (stat(dir, &st) == -1) {
		check_add(c, "state", CHECK_FAIL,
		    "pawl admin migrate makes it", "%s: %s", dir,
		    strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode) || access(dir, R_OK | W_OK | X_OK) == -1) {
		struct passwd *pw = getpwuid(geteuid());

		check_add(c, "state", CHECK_FAIL,
		    "give it to the user that runs pawl-workerd",
		    "%s is not a folder that user %s may write", dir,
		    pw ? pw->pw_name : "(unnamed)");
		return;
	}
	if (st.st_mode & S_IWOTH)
		check_add(c, "state", CHECK_FAIL, "chmod o-w the folder",
		    "%s may be written by everybody", dir);
	remote = network_file_system(dir);
	if (remote)
		check_add(c, "state", CHECK_FAIL,
		    "set \"state-dir\" to a folder on a local disk",
		    "%s is on %s, where the database cannot be shared by "
		    "several processes", dir, remote);
	check_add(c, "state", CHECK_OK, NULL, "%s", dir);
}

void
check_space(struct checks *c)
{
	const char *dir = c->cli->config.state_dir;
	struct statvfs fs;
	int64_t free_bytes;
	enum check_level level;

	if (statvfs(dir, &fs) == -1)
		return; /* check_state_dir() has said why */
	free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	level = free_bytes < SPACE_FAIL_BYTES ? CHECK_FAIL
	    : free_bytes < SPACE_WARN_BYTES   ? CHECK_WARN
	                                      : CHECK_OK;
	check_add(c, "space", level,
	    level == CHECK_OK ? NULL
	                      : "remove what is not needed, or move state-dir",
	    "%lld MiB free", (long long)(free_bytes >> 20));
}

void
check_git(struct checks *c)
{
	static const char *const argv[] = { "git", "--version", NULL };
	struct proc_spec spec = { .argv = argv };
	struct str out = STR_INIT;
	struct err err = { 0 };
	int major = 0, minor = 0;

	if (proc_run_ok(&spec, NULL, 4096, 10000, &out, &err) == -1)
		check_add(c, "git", CHECK_FAIL, "install the package git", "%s",
		    err.text);
	else if (sscanf(out.s, "git version %d.%d", &major, &minor) != 2 ||
	    major < GIT_MAJOR || (major == GIT_MAJOR && minor < GIT_MINOR))
		check_add(c, "git", CHECK_FAIL, "install a newer git",
		    "%.*s is older than %d.%d", (int)strcspn(out.s, "\n"),
		    out.s, GIT_MAJOR, GIT_MINOR);
	else
		check_add(c, "git", CHECK_OK, NULL, "%.*s",
		    (int)strcspn(out.s, "\n"), out.s);
	str_release(&out);
}

void
check_programs(struct checks *c)
{
	static const char *const names[] = { "pawl-workerd", "pawl-planner",
		"pawl-job", "pawl-janitor", "pawl-notifier", "pawl-reconciler",
		"pawl-init",
		"pawl-hook", "pawl-web", "pawl-events", "pawl-signin" };
	struct str path = STR_INIT;
	size_t good = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		str_clear(&path);
		program_path(names[i], &path);
		if (access(path.s, X_OK) == 0)
			good++;
		else
			check_add(c, "programs", CHECK_FAIL,
			    "install Pawl again, or set PAWL_LIBEXEC_DIR to "
			    "where its programs are", "%s: %s", path.s,
			    strerror(errno));
	}
	if (good == ARRAY_LEN(names))
		check_add(c, "programs", CHECK_OK, NULL, "%zu in %.*s", good,
		    (int)(strrchr(path.s, '/') - path.s), path.s);
	str_release(&path);
}
