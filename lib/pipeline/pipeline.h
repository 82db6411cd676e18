/*
 * pipeline.h - where pipelines are looked for, and the patterns of their
 * filters.
 *
 * A file is read by model.h, a run is decided by decide.h, and a job that may
 * start is frozen by job_plan.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_PIPELINE_H
#define PAWL_PIPELINE_PIPELINE_H

#include <stdbool.h>

/* In this order; entries ending in "/" are folders whose *.yml and *.yaml
 * files are each a workflow. The first entry that exists counts. Ends with
 * NULL. */
extern const char *const pipeline_places[];

/* A pattern of branches or tags (GitHub's filter pattern syntax: * ** ? + []
 * and \; a "!" in front is the caller's) against a whole name. The time is
 * at worst the product of the two lengths; a pattern of more than 1,000 bytes
 * matches nothing. */
bool
pattern_match(const char *pattern, const char *name);

#endif
