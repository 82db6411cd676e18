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
	int procs_fds[CGROUP_DIRS];  /* cgroup.procs of each; -1: none */
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

/* Is there a group to put a process in? */
bool
cgroup_made(const struct cgroup *g);

/* Put a process in, and what it starts from then on. Slow where version 1 is
 * (see sandbox.c). Returns -1 with err. */
int
cgroup_join(const struct cgroup *g, pid_t pid, struct err *err);

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
