/*
 * planner_limits.h - limits of the kernel while text from outside is parsed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_PLANNER_LIMITS_H
#define PAWL_WORKERD_PLANNER_LIMITS_H

#include <stdbool.h>
#include <sys/resource.h>

/* What held before. */
struct planner_limits {
	bool known;
	struct rlimit cpu, memory;
};

void
planner_limits_set(struct planner_limits *before);
void
planner_limits_restore(const struct planner_limits *before);

#endif
