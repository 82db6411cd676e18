/*
 * shell_pipe.h - does a script hand what it prints to a program that reads
 * it as code?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SHELL_PIPE_H
#define PAWL_RUN_SHELL_PIPE_H

#include <stddef.h>

/*
 * The offset behind the last "|" or ">(" of the line at `from` behind which
 * stands such a program, or 0. A line goes on behind "|" and "\". `*end` is
 * where the line ends.
 */
size_t
shell_pipe_in_line(const char *script, size_t len, size_t from, size_t *end);

/* The same for all of a script, but only where a group is piped: behind ")",
 * "}", "done", "fi" or "esac". */
size_t
shell_pipe_of_groups(const char *script, size_t len);

#endif
