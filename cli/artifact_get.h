/*
 * artifact_get.h - copy the files of an artifact from a server.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_ARTIFACT_GET_H
#define PAWL_CLI_ARTIFACT_GET_H

#include <jansson.h>
#include "cli/cli.h"

/*
 * Its files into a folder, which is made, with their modes. The manifest is
 * compared with the digest of the document, and each file with the manifest:
 * one that differs (ERR_CORRUPT) is not left behind.
 */
int
artifact_get(struct cli *cli, const json_t *artifact, const char *to,
    struct err *err);

#endif
