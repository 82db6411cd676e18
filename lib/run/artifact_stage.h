/*
 * artifact_stage.h - an archive from the container becomes a folder of plain
 * files with a manifest.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_ARTIFACT_STAGE_H
#define PAWL_RUN_ARTIFACT_STAGE_H

#include "lib/base/tar.h"
#include "lib/run/storage.h"

struct stage_result {
	int64_t n_files, bytes;
	char digest[ARTIFACT_DIGEST_SIZE]; /* of the manifest */
};

/*
 * Read an archive of files and write them below `path`, a folder that is not
 * there yet, as storage.h has it. All files get mode 0644: what is to be
 * executed stands in the manifest. ERR_TOO_LARGE names the limit; ERR_INVALID
 * when the archive is malformed or ends too early.
 */
int
artifact_stage(tar_fill_fn *fill, void *ctx, const char *path,
    const char *name, const struct artifact_limits *limits,
    struct stage_result *out, struct err *err);

#endif
