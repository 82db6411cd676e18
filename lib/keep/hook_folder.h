/*
 * hook_folder.h - the folder of the administrator's hooks: what in it is one,
 * and may be run.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_HOOK_FOLDER_H
#define PAWL_KEEP_HOOK_FOLDER_H

#include "lib/base/arena.h"
#include "lib/store/hooks.h"

#define HOOKS_MAX 256            /* files altogether */
#define HOOK_CONDITION_MAX 4096  /* bytes of PATH.if */

/*
 * May this file be run? It must be an executable file, and it and the folder
 * it is in belong to root or to us, and nobody else may write there.
 * ERR_DENIED, ERR_NOT_FOUND.
 */
int
hook_check(const char *path, struct err *err);

/* A file that would be a hook but may not be one; called for each. */
typedef void hook_refused_fn(void *ctx, const char *path,
    const struct err *why);

/* All hooks, sorted by path. No folder is no hook. */
void
hook_folder_read(const char *folder, struct arena *a, struct hook **out,
    size_t *n, hook_refused_fn *refused, void *ctx);

/* --- hook_install.c --------------------------------------------------------- */

#define HOOK_FILE_MAX ((size_t)1 << 20) /* bytes of a program */

/*
 * Put a copy of the program `file` into the folder, as NAME.d/FILE, in the
 * place of one of the same name; with a condition (NULL: none), which the
 * caller has checked. `*path` is where; it lives in `a`. ERR_INVALID: `name`
 * is no name of hooks, or that of the file will not do.
 */
int
hook_install(const char *folder, const char *name, const char *file,
    const char *condition, struct arena *a, const char **path,
    struct err *err);

/* Remove one, "NAME" or "NAME.d/FILE", with its condition. ERR_NOT_FOUND. */
int
hook_uninstall(const char *folder, const char *which, struct err *err);

#endif
