/*
 * step_files.h - the files that a step finds in GITHUB_OUTPUT and its kin:
 * of its own for each step, read when it has ended.
 *
 * They lie in the folder of the job that is ENGINE_RUNNER in its container,
 * where the step can do with them as it likes. So they are opened by name
 * below that folder only, and what is no plain file any more is not read.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_STEP_FILES_H
#define PAWL_RUN_STEP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

enum step_file {
	STEP_FILE_OUTPUT,
	STEP_FILE_ENV,
	STEP_FILE_PATH,
	STEP_FILE_STATE,
	STEP_FILE_SUMMARY,
	STEP_N_FILES,
};

#define STEP_FILE_MAX_BYTES (4 * 1024 * 1024)
#define STEP_SUMMARY_MAX_BYTES (1024 * 1024) /* GitHub's */

struct step_files {
	char names[STEP_N_FILES][40]; /* in the folder */
	bool used[STEP_N_FILES];      /* was anything in it when it was read? */
};

/*
 * Files of steps that have ended, left as they were made. Most steps write
 * into none or one of theirs, and to make a file is what costs most of a
 * short step: the next one gets these, under new names.
 */
struct step_spares {
	char names[STEP_N_FILES][40];
	size_t n;
};

/* Have them, empty, in the folder that is open as `dir`: from `spares` as far
 * as those are as they were made and nobody writes to them, else new. */
int
step_files_make(struct step_files *f, int dir, struct step_spares *spares,
    struct err *err);

/* The step has ended and they were read, or it never began. */
void
step_files_leave(const struct step_files *f, struct step_spares *spares);

/* Read one, once. ERR_INVALID when it is no plain file, ERR_TOO_LARGE; one that is
 * gone is empty. */
int
step_file_read(struct step_files *f, int dir, enum step_file which,
    struct str *out, struct err *err);

/* Open a path below a folder that is open as `dir` for reading, through no
 * symbolic link; it may be anything. -1 with errno. The path has no "..". */
int
step_file_open_below(int dir, const char *path);

/* Read a plain file by a path below a folder that is open as `dir`, through
 * no symbolic link. ERR_NOT_FOUND, ERR_INVALID, ERR_TOO_LARGE. */
int
step_file_read_below(int dir, const char *path, size_t max_bytes,
    struct str *out, struct err *err);

#endif
