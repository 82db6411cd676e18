/*
 * cgroup.h - a control group for one sandbox: memory, processes and
 * processors.
 *
 * Both layouts are known: version 2, one tree, and version 1, a tree for each
 * controller. cgroup_linux.c
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_CGROUP_H
#define PAWL_ENGINE_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

#define CGROUP_DIRS 3

struct cgroup {
	char *dirs[CGROUP_DIRS];     /* [0] has the memory's counters, the last
	                                one those of processors; in version 2
	                                [0] is all there is */
	int procs_fds[CGROUP_DIRS];  /* the list of processes of each; -1:
	                                none */
	bool entered;                /* by processes themselves */
};

void
cgroup_init(struct cgroup *g);

/*
 * Make a group for the container `name` of `instance` with the limits that
 * are not 0. Not to be able to is no failure: the group then limits nothing
 * and is empty. -1 with err when a limit was refused.
 */
int
cgroup_make(struct cgroup *g, const char *instance, const char *name,
    int64_t memory_max_bytes, int64_t pids_max, int64_t cpus_milli,
    struct err *err);

/*
 * How a process without threads enters by itself: it writes "0" to each of
 * these descriptors, which may have been given to it. To put another process
 * in, version 1 waits for the whole machine to come by (5 to 15 ms); this it
 * does at once. Returns how many; 0 in version 2, which has no such way.
 */
size_t
cgroup_entries(const struct cgroup *g, int fds[CGROUP_DIRS]);

/* Put a process in that cannot enter by itself, and what it starts from then
 * on. Nothing where that can be, or where no group was made. Returns -1 with
 * err. */
int
cgroup_join(const struct cgroup *g, pid_t pid, struct err *err);

/* Is cgroup_join() to be called? */
bool
cgroup_is_joined(const struct cgroup *g);

/* Remove the group; everything in it has ended or is about to. Frees. */
int
cgroup_remove(struct cgroup *g, struct err *err);

/* Call for every container name of `instance` whose group still is there.
 * The name is borrowed for the call. */
typedef void (*cgroup_fn)(void *ctx, const char *name);
void
cgroup_list(const char *instance, cgroup_fn fn, void *ctx);

/* Kill what is left in a group of cgroup_list() and remove it. */
int
cgroup_remove_leftover(const char *instance, const char *name,
    struct err *err);

#endif
