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

/* What is used at this moment, and the most that ever was. */
static const char *const usages[] = {
	STEP_CGROUP_DIR "/memory.current",
	STEP_CGROUP_DIR "/memory.usage_in_bytes",
	"/sys/fs/cgroup/memory.current",
	"/sys/fs/cgroup/memory/memory.usage_in_bytes",
};
static const char *const peaks[] = {
	STEP_CGROUP_DIR "/memory.peak",
	STEP_CGROUP_DIR "/memory.max_usage_in_bytes",
	"/sys/fs/cgroup/memory.peak",
	"/sys/fs/cgroup/memory/memory.max_usage_in_bytes",
};

static int64_t killed_here;

/* The most that was seen, and by whom. */
static int64_t most_bytes;
static struct {
	int pid;
	int64_t bytes;
	char command[120];
} largest;

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

/* The first of a list that there is; 0: none. */
static int64_t
read_number(const char *const list[4])
{
	char text[64];

	for (size_t i = 0; i < 4; i++)
		if (init_read_small(list[i], text, sizeof(text)))
			return strtoll(text, NULL, 10);
	return 0;
}

static void
remember(int64_t total, int pid, int64_t bytes)
{
	if (total > most_bytes)
		most_bytes = total;
	if (pid <= 1 || bytes < largest.bytes)
		return;
	largest.pid = pid;
	largest.bytes = bytes;
	init_command_of(pid, largest.command, sizeof(largest.command));
}

/* What all processes hold, and which of them holds the most; 0: none. */
static int64_t
add_up(pid_t *largest_pid)
{
	int64_t total = 0, most = 0, bytes;
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	*largest_pid = 0;
	if (proc == NULL)
		return 0;
	while ((entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		bytes = private_bytes(entry->d_name);
		total += bytes;
		if (bytes > most && strcmp(entry->d_name, "1") != 0) {
			most = bytes;
			*largest_pid = (pid_t)strtol(entry->d_name, NULL, 10);
		}
	}
	closedir(proc);
	remember(total, *largest_pid, most);
	return total;
}

void
init_memory_look(int64_t max_bytes)
{
	pid_t pid;

	if (add_up(&pid) > max_bytes && pid > 1 && kill(pid, SIGKILL) == 0)
		killed_here++;
}

void
init_memory_watch(int64_t limit)
{
	int64_t used = read_number(usages);
	pid_t pid;

	if (used > most_bytes)
		most_bytes = used;
	if (used > limit / 2)
		add_up(&pid);
}

void
init_tell_memory(int64_t limit, struct init_text *out)
{
	int64_t peak = read_number(peaks);

	if (peak < most_bytes)
		peak = most_bytes;
	init_text_add(out, "the limit is %.1f MB, the most that was used "
	    "%.1f MB", (double)limit / 1048576, (double)peak / 1048576);
	if (largest.pid > 1)
		init_text_add(out, "; the largest process was %d with %.1f "
		    "MB: %s", largest.pid, (double)largest.bytes / 1048576,
		    largest.command);
}
