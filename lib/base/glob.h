/*
 * glob.h - patterns of files, as hashFiles() and the shell have them: "*" and
 * "?" within a folder's name, "[...]", "**" over folders.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_GLOB_H
#define PAWL_BASE_GLOB_H

#include <stdbool.h>

#define GLOB_MAX_BYTES 1000 /* longer patterns match nothing */

/* Does the pattern match the whole path, or a folder that it lies in? Takes
 * at most the product of the two lengths. */
bool
glob_match(const char *pattern, const char *path);

#endif
