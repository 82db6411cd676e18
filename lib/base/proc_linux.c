/*
 * proc_linux.c - what only Linux tells about processes: start times, pidfds,
 * the death of the parent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Fields of /proc/PID/stat behind the command's name, which may hold blanks
 * and parentheses itself: counted from its last ")" (proc(5)). */
#define STAT_STATE 0
#define STAT_START_TIME 19

/* The nth field of /proc/PID/stat behind the name, into `out`. */
static bool
stat_field(pid_t pid, int n, char *out, size_t size)
{
	char path[64], text[1024], *p, *save = NULL, *field;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return false;
	text[len] = '\0';
	p = strrchr(text, ')');
	if (p == NULL)
		return false;
	field = strtok_r(p + 1, " ", &save);
	while (field != NULL && n-- > 0)
		field = strtok_r(NULL, " ", &save);
	if (field == NULL)
		return false;
	snprintf(out, size, "%s", field);
	return true;
}

uint64_t
proc_start_time(pid_t pid)
{
	char text[32];

	if (pid <= 0 || !stat_field(pid, STAT_START_TIME, text, sizeof(text)))
		return 0;
	return strtoull(text, NULL, 10);
}

bool
proc_alive(const struct proc *p)
{
	char state[8];

	if (p->pid <= 0 || proc_start_time(p->pid) != p->started)
		return false;
	return stat_field(p->pid, STAT_STATE, state, sizeof(state)) &&
	    state[0] != 'Z' && state[0] != 'X';
}

int
proc_watch(const struct proc *p, struct err *err)
{
	int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);

	if (fd == -1)
		return err_errno(err, "cannot watch process %ld",
		    (long)p->pid);
	/* pidfd_open sets close-on-exec. The pid may have been reused between
	 * the record and now: then it is another process that we hold. */
	if (p->started != 0 && proc_start_time(p->pid) != p->started) {
		close(fd);
		return err_set(err, ERR_NOT_FOUND,
		    "process %ld has ended", (long)p->pid);
	}
	return fd;
}

int
proc_die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		return -1;
	/* It may have died before the call took effect. */
	return getppid() == parent ? 0 : -1;
}

void
proc_close_on_exec_from(int first)
{
#ifdef HAVE_CLOSE_RANGE
	if (close_range((unsigned)first, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	for (long fd = first, max = sysconf(_SC_OPEN_MAX); fd < max; fd++)
		fcntl((int)fd, F_SETFD, FD_CLOEXEC);
}
