/*
 * init_session.c - pawl-init: signal a step's processes, kill everything.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often, and how long between, to kill again what forked meanwhile or
 * takes its time to die; together a second. */
#define KILL_TURNS 200
#define KILL_PAUSE_NS 5000000

/* The session of a process, by /proc/PID/stat: its fourth field behind the
 * name, which may itself hold blanks and parentheses. 0 when unknown. */
static pid_t
session_of(const char *pid)
{
	char path[64], text[512], *p;
	long ppid, group, session;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')');
	if (p == NULL || sscanf(p + 1, " %*c %ld %ld %ld", &ppid, &group,
			     &session) != 3)
		return 0;
	return (pid_t)session;
}

void
init_session_signal(pid_t session, int signo)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	/* Without /proc only the first group of the session is reached. */
	if (proc == NULL) {
		kill(-session, signo);
		return;
	}
	while ((entry = readdir(proc)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    session_of(entry->d_name) == session)
			kill((pid_t)strtol(entry->d_name, NULL, 10), signo);
	closedir(proc);
}

void
init_kill_all(void (*died)(void *ctx, pid_t pid, int status), void *ctx)
{
	const struct timespec pause = { 0, KILL_PAUSE_NS };
	int status;
	pid_t pid;

	for (int turn = 0; turn < KILL_TURNS; turn++) {
		if (kill(-1, SIGKILL) == -1 && errno == ESRCH)
			break; /* zombies count as present: all are reaped */
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			died(ctx, pid, status);
		nanosleep(&pause, NULL);
	}
}
