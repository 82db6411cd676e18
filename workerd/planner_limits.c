/*
 * planner_limits.c - limits of the kernel while text from outside is parsed.
 *
 * The reader has its own bounds and messages; these hold when one of those
 * is missing. A planner that runs into one is killed and fails the delivery
 * after its attempts, nothing else. Only the soft limits are lowered, so that
 * they can be raised again for git, which inherits them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner_limits.h"

/* Processor time and address space of one planner while it parses. */
#define PARSE_CPU_S 30
#define PARSE_MEMORY_BYTES (1024UL * 1024 * 1024)

static void
lower(int what, struct rlimit limit, rlim_t max)
{
	if (limit.rlim_cur > max)
		limit.rlim_cur = max;
	setrlimit(what, &limit);
}

void
planner_limits_set(struct planner_limits *before)
{
	before->known = getrlimit(RLIMIT_CPU, &before->cpu) == 0 &&
	    getrlimit(RLIMIT_AS, &before->memory) == 0;
	if (!before->known)
		return;
	lower(RLIMIT_CPU, before->cpu, PARSE_CPU_S);
#ifndef __SANITIZE_ADDRESS__ /* its shadow needs terabytes of addresses */
	lower(RLIMIT_AS, before->memory, PARSE_MEMORY_BYTES);
#endif
}

void
planner_limits_restore(const struct planner_limits *before)
{
	if (!before->known)
		return;
	setrlimit(RLIMIT_CPU, &before->cpu);
	setrlimit(RLIMIT_AS, &before->memory);
}
