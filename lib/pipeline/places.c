/*
 * places.c - where pipelines are looked for (declared in pipeline.h).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/pipeline.h"

#include <stddef.h>

const char *const pipeline_places[] = {
	".ci.yml",
	".ci/",
	".forgejo/workflows/",
	".gitea/workflows/",
	".github/workflows/",
	NULL
};
