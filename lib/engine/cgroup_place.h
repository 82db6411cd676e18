/*
 * cgroup_place.h - where control groups can be made on this host, for
 * cgroup_linux.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_CGROUP_PLACE_H
#define PAWL_ENGINE_CGROUP_PLACE_H

#include "lib/base/str.h"

enum cgroup_controller { CGROUP_MEMORY, CGROUP_PIDS, CGROUP_N_CONTROLLERS };

/* Where groups can be made. In version 2 both folders are the same. */
struct cgroup_place {
	int version; /* 0: nowhere */
	struct str dir[CGROUP_N_CONTROLLERS];
};

/* Find it, making the folder of `instance`; free with the other. */
void
cgroup_place_find(struct cgroup_place *p, const char *instance);
void
cgroup_place_release(struct cgroup_place *p);

/* Write a word into a control file; -1 with errno. */
int
cgroup_control_write(const char *dir, const char *file, const char *text);

#endif
