/*
 * cgroup_place.h - where control groups can be made on this host, for
 * cgroup_linux.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_CGROUP_PLACE_H
#define PAWL_ENGINE_CGROUP_PLACE_H

#include <stdbool.h>
#include "lib/base/str.h"

enum cgroup_controller {
	CGROUP_MEMORY, CGROUP_PIDS, CGROUP_CPU, CGROUP_N_CONTROLLERS
};

/* Where groups can be made. In version 2 both folders are the same. */
struct cgroup_place {
	int version; /* 0: nowhere */
	struct str dir[CGROUP_N_CONTROLLERS];
	struct str prefix; /* of the names of an instance's groups there */
};

/* Find it; with `make`, see to it that groups made there can have limits.
 * Free with the other. */
void
cgroup_place_find(struct cgroup_place *p, const char *instance, bool make);
void
cgroup_place_release(struct cgroup_place *p);

/* The folder of the group `name` for a controller, put into `out`. */
void
cgroup_place_group(const struct cgroup_place *p,
    enum cgroup_controller controller, const char *name, struct str *out);

/* Write a word into a control file; -1 with errno. */
int
cgroup_control_write(const char *dir, const char *file, const char *text);

#endif
