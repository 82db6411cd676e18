/*
 * shell.h - the command line that runs a step's script.
 *
 * Names and command lines are those of GitHub Actions (workflow syntax,
 * jobs.<job_id>.steps[*].shell); any other word is a template of its own, in
 * which "{0}" stands for the script's path.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SHELL_H
#define PAWL_RUN_SHELL_H

#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"

struct shell_command {
	const char **argv;  /* ends in NULL */
	const char *script; /* path of the script inside the container */
	const char *other;  /* program instead of argv[0] in a container that
	                       does not have that; NULL: none */
	const char *before, *after; /* lines around the step's own; or "" */
};

/* The two that are tried when a step names none, best first. */
extern const char *const shell_default_first;
extern const char *const shell_default_second;

/*
 * The command line of `shell` for step `number`; lives in `a`. ERR_INVALID
 * when a template has no "{0}".
 */
int
shell_command(const char *shell, int number, struct arena *a,
    struct shell_command *out, struct err *err);

#endif
