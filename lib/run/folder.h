/*
 * folder.h - a copy of a working folder, for runs without a server.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_FOLDER_H
#define PAWL_RUN_FOLDER_H

#include <sys/types.h>
#include "lib/base/err.h"

/*
 * Copy `from` into `to`, which is made. In a git working tree: the files that
 * git tracks or would track, as they are now, without what it ignores and
 * without .git (git_folder.c makes one). Elsewhere: everything but a file
 * ".git", which names a folder that is not copied. Regular files, folders and symbolic
 * links are copied; devices and sockets are left out. Nothing of `to` itself
 * is copied when it lies in `from`.
 */
int
folder_copy(const char *from, const char *to, struct err *err);

/* One file that is not there yet, with this mode; file systems that can share
 * the blocks. */
int
folder_copy_file(const char *source, const char *target, mode_t mode,
    struct err *err);

#endif
