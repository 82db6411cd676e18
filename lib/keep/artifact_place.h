/*
 * artifact_place.h - files of an artifact come to their place.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_KEEP_ARTIFACT_PLACE_H
#define PAWL_KEEP_ARTIFACT_PLACE_H

#include "lib/base/err.h"

/*
 * The folder `stage` holds files and a manifest (lib/run/storage.h): the files
 * become the folder `path`, the manifest stands beside it. What is there
 * already is replaced: whoever reads sees the one or the other. Another file
 * system than that of the stage costs a copy.
 */
int
artifact_place(const char *stage, const char *path, struct err *err);

/* Remove both. */
int
artifact_unplace(const char *path, struct err *err);

#endif
