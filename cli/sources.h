/*
 * sources.h - the pipeline files that a command is about.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_SOURCES_H
#define PAWL_CLI_SOURCES_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/diag.h"
#include "lib/base/err.h"
#include "lib/pipeline/model.h"

/*
 * The files for one argument of the command line: the file itself ("-" is
 * standard input), or, for a folder, the first of its usual places that
 * exists (pipeline_places), else its own *.yml and *.yaml. Appends to `files`, whose strings live in `a`.
 * ERR_NOT_FOUND names the places that were looked at.
 */
int
sources_find(const char *word, struct arena *a, const char ***files,
    size_t *n, struct err *err);

/* Read one file; the workflow is NULL when nothing could be read. */
int
source_workflow(const char *file, struct arena *a, struct diags *d,
    struct workflow **out, struct err *err);

/* Read one file and look for mistakes; the workflow is NULL when nothing
 * could be read, and when the file is an action.yml. What this version cannot
 * run is not said. */
int
source_lint(const char *file, struct arena *a, struct diags *d,
    struct workflow **out, struct err *err);

#endif
