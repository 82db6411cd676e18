/*
 * trace.h - the ids by which traces name a run, its jobs and steps.
 *
 * They follow from what the things are, so that a step can be told its own
 * before anything is exported, and whoever exports makes the same. W3C Trace
 * Context, level 1: 16 and 8 bytes in hexadecimal, not all zeros.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_TRACE_H
#define PAWL_BASE_TRACE_H

#include <stdint.h>

#define TRACE_ID_SIZE 33 /* with the NUL */
#define TRACE_SPAN_SIZE 17
#define TRACE_PARENT_SIZE 56

/* Of an attempt of a run, by its UUID. */
void
trace_id(const char *uuid, char out[TRACE_ID_SIZE]);

/* Of the run itself (job 0), a job's attempt (step 0), or one of its steps by
 * number. */
void
trace_span(const char *uuid, int64_t job, int attempt, int step,
    char out[TRACE_SPAN_SIZE]);

/* The value of the header and variable "traceparent" of a span. */
void
trace_parent(const char *uuid, int64_t job, int attempt, int step,
    char out[TRACE_PARENT_SIZE]);

#endif
