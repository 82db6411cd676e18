/*
 * told.h - a number that a process tells others while it lives, in a file that
 * it has locked: when it ends, however it does, the number is 0 again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_TOLD_H
#define PAWL_BASE_TOLD_H

#include <stdint.h>

/* A file of the run directory. */
#define TOLD_STREAMS "streams" /* open streams of pawl-events */

/* The descriptor to tell by, or -1: the file cannot be made, or another
 * process tells. Nobody is worse off for that. */
int
told_open(const char *run_dir, const char *name);
void
told_set(int fd, int64_t number); /* -1 is fine */

/* What is told; 0 when nobody does. */
int64_t
told_read(const char *run_dir, const char *name);

#endif
