/*
 * artifact_copy.h - the second copy of artifacts, in S3: under the same names
 * as below public/, the manifest last.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_ARTIFACT_COPY_H
#define PAWL_KEEP_ARTIFACT_COPY_H

#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/store/artifacts.h"

/* Copy all that wait for it. A service that does not answer is an error of
 * this call; what waits is tried again by the next. */
int
artifact_copy_waiting(struct store *st, const struct config *config,
    struct err *err);

/* Bring files of an artifact back that are lost here; `path` is that of its
 * row. */
int
artifact_copy_back(const struct config *config, const char *path,
    struct err *err);

/* Remove the second copy. */
int
artifact_copy_remove(const struct config *config, const char *path,
    struct err *err);

#endif
