/*
 * pairs.h - the files that a step writes names and values to: GITHUB_ENV,
 * GITHUB_OUTPUT, GITHUB_STATE.
 *
 * docs.github.com, "Workflow commands", "Multiline strings"; corners as
 * actions/runner has them (src/Runner.Worker/FileCommandManager.cs):
 *
 *	NAME=VALUE
 *	NAME<<DELIMITER
 *	lines
 *	DELIMITER
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_PAIRS_H
#define PAWL_RUN_PAIRS_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

#define PAIRS_MAX 10000

struct pair {
	const char *name;
	const char *value;
};

/*
 * Read all pairs; a name that comes again is there twice. `file` is for
 * messages. Lives in `a`. ERR_INVALID with the line when one is malformed,
 * in the words of GitHub.
 */
int
pairs_read(const char *file, const char *text, size_t len, struct arena *a,
    struct pair **out, size_t *n, struct err *err);

/*
 * A file of variables: "NAME=VALUE" lines, "#" comments, blank lines, an
 * "export" in front and quotes around a whole value are allowed, as programs
 * that read such files (dotenv) have it. Nothing is expanded.
 */
int
pairs_read_variables(const char *file, const char *text, size_t len,
    struct arena *a, struct pair **out, size_t *n, struct err *err);

#endif
