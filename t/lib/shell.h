/*
 * shell.h - a few lines of shell for tests in C that need real repositories.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_T_SHELL_H
#define PAWL_T_SHELL_H

#include "lib/base/arena.h"

/* The path of a name below the test's folder, in `a`. */
const char *
shell_path(struct arena *a, const char *name);

/* What a script prints, without the last newline; it runs in a folder below
 * the test's, where git has a user and no configuration of this host. A script
 * that fails ends the test with what it said. */
const char *
shell_run(struct arena *a, const char *folder, const char *script);

#endif
