/*
 * limits.c - limits of the kernel for work on what strangers wrote.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/limits.h"

/* GCC tells of the sanitizer by one word, clang by another. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#define CPU_S 30
#define MEMORY_BYTES (1024UL * 1024 * 1024)

/* Processor time that was used already counts: a job's process is old when it
 * comes here. */
static rlim_t
cpu_limit(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) == -1)
		return CPU_S;
	return (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + CPU_S;
}

/* Lower the soft limits only, so that they can be raised again. */
static void
lower(int which, const struct rlimit *before, rlim_t to)
{
	struct rlimit lowered = *before;

	if (lowered.rlim_cur > to)
		lowered.rlim_cur = to;
	setrlimit(which, &lowered);
}

void
limits_set(struct limits *before)
{
	before->set = getrlimit(RLIMIT_CPU, &before->cpu) == 0 &&
	    getrlimit(RLIMIT_AS, &before->memory) == 0;
	if (!before->set)
		return;
	lower(RLIMIT_CPU, &before->cpu, cpu_limit());
#ifndef SANITIZED /* its shadow needs terabytes of addresses */
	lower(RLIMIT_AS, &before->memory, MEMORY_BYTES);
#endif
}

void
limits_restore(const struct limits *before)
{
	if (!before->set)
		return;
	setrlimit(RLIMIT_CPU, &before->cpu);
	setrlimit(RLIMIT_AS, &before->memory);
}
