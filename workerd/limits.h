/*
 * limits.h - limits of the kernel for work on what strangers wrote.
 *
 * The readers and the decider have their own bounds and messages; these hold
 * when one of those is missing. A process that runs into one is killed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_LIMITS_H
#define PAWL_WORKERD_LIMITS_H

#include <stdbool.h>
#include <sys/resource.h>

struct limits {
	struct rlimit cpu, memory;
	bool set;
};

/* From now on: 30 s of processor time more, 1 GB of addresses. */
void
limits_set(struct limits *before);

void
limits_restore(const struct limits *before);

#endif
