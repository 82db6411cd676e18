/*
 * init_memory.c - pawl-init: who was killed for the memory limit?
 *
 * Docker and Podman show the container its own control group under
 * /sys/fs/cgroup; the sandbox mounts its group at STEP_CGROUP_DIR. Both
 * layouts of control groups count the killed processes in a line
 * "oom_kill N".
 *
 * Where an ordinary user has no control group, we do the kernel's work as
 * well as it goes from outside: add up what the processes hold for themselves
 * and kill the largest when it is too much. It is late by INIT_LOOK_MS, but
 * unlike RLIMIT_AS or RLIMIT_DATA it does not break programs that reserve
 * much and use little (sanitizers, Go, Java).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const counters[] = {
	STEP_CGROUP_DIR "/memory.events",
	STEP_CGROUP_DIR "/memory.oom_control",
	"/sys/fs/cgroup/memory.events",
	"/sys/fs/cgroup/memory/memory.oom_control",
};

static int64_t killed_here;

bool
init_read_small(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

int64_t
init_memory_kills(void)
{
	static const char line[] = "\noom_kill "; /* no other "oom_kill..." */
	char text[1024], *p;

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (!init_read_small(counters[i], text, sizeof(text)))
			continue;
		p = strstr(text, line);
		if (p == NULL)
			break;
		return killed_here + strtoll(p + strlen(line), NULL, 10);
	}
	return killed_here;
}

/* Bytes that a process holds alone: resident without what is shared or comes
 * from files (proc(5), statm). */
static int64_t
private_bytes(const char *pid)
{
	char path[64], text[256];
	long long size, resident, shared;

	snprintf(path, sizeof(path), "/proc/%.20s/statm", pid);
	if (!init_read_small(path, text, sizeof(text)) ||
	    sscanf(text, "%lld %lld %lld", &size, &resident, &shared) != 3)
		return 0;
	return (resident - shared) * sysconf(_SC_PAGESIZE);
}

void
init_memory_look(int64_t max_bytes)
{
	int64_t total = 0, most = 0, bytes;
	struct dirent *entry;
	pid_t largest = 0;
	DIR *proc = opendir("/proc");

	if (proc == NULL)
		return;
	while ((entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		bytes = private_bytes(entry->d_name);
		total += bytes;
		if (bytes > most && strcmp(entry->d_name, "1") != 0) {
			most = bytes;
			largest = (pid_t)strtol(entry->d_name, NULL, 10);
		}
	}
	closedir(proc);
	if (total > max_bytes && largest > 1 && kill(largest, SIGKILL) == 0)
		killed_here++;
}
