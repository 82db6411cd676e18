/*
 * sandbox_ids.c - user namespaces with the ids that images need.
 *
 * A map of more than one id has to be written by somebody outside of the new
 * namespace who has the right to those ids: root, or the set-uid programs
 * newuidmap and newgidmap. So the child that makes the namespace forks such
 * a helper before.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/programs.h"

#define MAX_SUBID_FILE (1 << 20)

/* The first line of /etc/subuid (or subgid) for a user, "NAME:FIRST:COUNT",
 * by name or number. */
static bool
find_range(const char *file, const struct passwd *pw, int64_t *first,
    int64_t *count)
{
	struct str text = STR_INIT;
	char *line, *save = NULL, number[32];
	const char *rest;
	size_t len;
	bool found = false;

	snprintf(number, sizeof(number), "%ld", (long)pw->pw_uid);
	if (file_read(file, MAX_SUBID_FILE, &text, NULL) == -1)
		goto out;
	for (line = strtok_r(text.s, "\n", &save); line != NULL && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		len = strcspn(line, ":");
		rest = line + len;
		if ((strlen(pw->pw_name) != len ||
			strncmp(line, pw->pw_name, len) != 0) &&
		    (strlen(number) != len ||
			strncmp(line, number, len) != 0))
			continue;
		found = sscanf(rest, ":%" SCNd64 ":%" SCNd64, first, count) ==
		    2 && *first > 0 && *count > 0;
	}
	if (*count > SANDBOX_IDS - 1)
		*count = SANDBOX_IDS - 1;
out:
	str_release(&text);
	return found;
}

void
sandbox_ids_find(const struct config *config, struct sandbox_ids *ids)
{
	const struct passwd *pw;

	memset(ids, 0, sizeof(*ids));
	if (geteuid() == 0) {
		ids->way = SANDBOX_IDS_ROOT;
		ids->uid = (uid_t)config->sandbox_first_id;
		ids->gid = (gid_t)config->sandbox_first_id;
		return;
	}
	ids->way = SANDBOX_IDS_ONE;
	ids->uid = geteuid();
	ids->gid = getegid();
	pw = getpwuid(geteuid());
	if (pw != NULL && program_installed("newuidmap") &&
	    program_installed("newgidmap") &&
	    find_range("/etc/subuid", pw, &ids->first_uid, &ids->n_uids) &&
	    find_range("/etc/subgid", pw, &ids->first_gid, &ids->n_gids))
		ids->way = SANDBOX_IDS_HELPER;
}

static int
write_proc(pid_t pid, const char *file, const char *text)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* newuidmap PID 0 ID 1 1 FIRST COUNT */
static int
run_helper(const char *program, pid_t pid, int64_t id, int64_t first,
    int64_t count)
{
	char text[4][24];
	char *argv[] = { (char *)program, text[0], (char *)"0", text[1],
		(char *)"1", (char *)"1", text[2], text[3], NULL };
	int status, null;
	pid_t child = fork();

	if (child == 0) {
		snprintf(text[0], sizeof(text[0]), "%ld", (long)pid);
		snprintf(text[1], sizeof(text[1]), "%" PRId64, id);
		snprintf(text[2], sizeof(text[2]), "%" PRId64, first);
		snprintf(text[3], sizeof(text[3]), "%" PRId64, count);
		null = open("/dev/null", O_RDWR);
		if (null != -1) {
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
		}
		execvp(program, argv);
		_exit(127);
	}
	if (child == -1 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int
write_maps(const struct sandbox_ids *ids, pid_t pid)
{
	char text[64];

	if (ids->way == SANDBOX_IDS_HELPER)
		return run_helper("newuidmap", pid, ids->uid, ids->first_uid,
		    ids->n_uids) == 0 &&
		    run_helper("newgidmap", pid, ids->gid, ids->first_gid,
			ids->n_gids) == 0 ? 0 : -1;
	snprintf(text, sizeof(text), "0 %lu %d", (unsigned long)ids->uid,
	    SANDBOX_IDS);
	if (write_proc(pid, "uid_map", text) == -1)
		return -1;
	snprintf(text, sizeof(text), "0 %lu %d", (unsigned long)ids->gid,
	    SANDBOX_IDS);
	return write_proc(pid, "gid_map", text);
}

/* One id needs no helper: everybody may map himself. */
static int
enter_one(const struct sandbox_ids *ids)
{
	pid_t self = getpid();
	char text[64];

	if (unshare(CLONE_NEWUSER) == -1 ||
	    write_proc(self, "setgroups", "deny") == -1)
		return -1;
	snprintf(text, sizeof(text), "0 %lu 1", (unsigned long)ids->uid);
	if (write_proc(self, "uid_map", text) == -1)
		return -1;
	snprintf(text, sizeof(text), "0 %lu 1", (unsigned long)ids->gid);
	return write_proc(self, "gid_map", text);
}

/* Waits for the word that the namespace is there. When we die before, it
 * sees the end of the pipe and ends. */
static pid_t
fork_writer(const struct sandbox_ids *ids, int ready[2])
{
	pid_t self = getpid(), helper = fork();
	char c;

	if (helper != 0)
		return helper;
	close(ready[1]);
	signal(SIGCHLD, SIG_DFL);
	if (read(ready[0], &c, 1) != 1)
		_exit(1);
	_exit(write_maps(ids, self) == 0 ? 0 : 1);
}

int
sandbox_ids_enter(const struct sandbox_ids *ids)
{
	int ready[2], status = 1, rc;
	pid_t helper;

	if (ids->way == SANDBOX_IDS_ONE)
		return enter_one(ids);
	if (pipe2(ready, O_CLOEXEC) == -1)
		return -1;
	helper = fork_writer(ids, ready);
	close(ready[0]);
	rc = helper == -1 ? -1 : unshare(CLONE_NEWUSER);
	if (rc == 0 && write(ready[1], "x", 1) != 1)
		rc = -1;
	close(ready[1]);
	if (helper == -1 || waitpid(helper, &status, 0) != helper || rc == -1)
		return -1;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		errno = EPERM;
		return -1;
	}
	return setgroups(0, NULL) == -1 || setresgid(0, 0, 0) == -1 ? -1 :
	    setresuid(0, 0, 0);
}

int
sandbox_ids_call(const struct sandbox_ids *ids, int (*fn)(void *ctx),
    void *ctx)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (sandbox_ids_enter(ids) == -1 || fn(ctx) == -1)
			_exit(errno > 0 && errno < 256 ? errno : EIO);
		_exit(0);
	}
	if (child == -1)
		return -1;
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno == 0 ? 0 : -1;
}

static int
remove_tree(void *ctx)
{
	struct err err = { 0 };

	errno = 0;
	return file_remove_tree(ctx, &err);
}

int
sandbox_ids_remove_tree(const struct sandbox_ids *ids, const char *path,
    struct err *err)
{
	if (ids->way != SANDBOX_IDS_HELPER)
		return file_remove_tree(path, err);
	if (file_remove_tree(path, NULL) == 0)
		return 0;
	if (sandbox_ids_call(ids, remove_tree, (char *)path) == -1)
		return err_errno(err, "cannot remove \"%s\"", path);
	return 0;
}
