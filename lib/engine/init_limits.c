/*
 * init_limits.c - pawl-init: which of the limits are ours to enforce?
 *
 * The job's process asks for all of them. Engines enforce memory and
 * processes where they can make control groups; a rootless one on a host of
 * version 1 ignores them without a word. In here it can be seen.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The memory limit of our control group, in the places that init_memory.c
 * explains. */
static const char *const memory_limits[] = {
	STEP_CGROUP_DIR "/memory.max",
	STEP_CGROUP_DIR "/memory.limit_in_bytes",
	"/sys/fs/cgroup/memory.max",
	"/sys/fs/cgroup/memory/memory.limit_in_bytes",
};

static bool
memory_is_bounded(int64_t max_bytes)
{
	char text[64], *end;
	long long limit;

	for (size_t i = 0; i < sizeof(memory_limits) / sizeof(*memory_limits);
	     i++) {
		if (!init_read_small(memory_limits[i], text, sizeof(text)))
			continue;
		limit = strtoll(text, &end, 10); /* or the word "max" */
		return end != text && limit <= max_bytes;
	}
	return false;
}

/* Is our user namespace another than the host's, which maps every user to
 * itself? */
static bool
has_own_users(void)
{
	unsigned long inside, outside, count;
	char text[256];

	return init_read_small("/proc/self/uid_map", text, sizeof(text)) &&
	    sscanf(text, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	    !(inside == 0 && outside == 0 && count == 4294967295UL);
}

/* RLIMIT_NPROC counts the processes of a user namespace since Linux 5.14;
 * before, and in the host's, those of the user on the whole host. */
static bool
counts_own_processes(void)
{
	struct utsname u;
	int major, minor;

	if (!has_own_users() || uname(&u) == -1 ||
	    sscanf(u.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 14);
}

void
init_limits_set(struct init_limits *limits, const struct step_note *note)
{
	limits->space_bytes = note->n[0];
	limits->file_bytes = note->n[1];
	limits->memory_bytes = limits->memory_about = note->n[2];
	limits->n_procs = note->n[3];
	if (memory_is_bounded(limits->memory_bytes))
		limits->memory_bytes = 0;
	if (!counts_own_processes())
		limits->n_procs = 0;
}
