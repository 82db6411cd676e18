/*
 * image_config.h - the configuration of an image, which every engine has: the
 * "config" of the OCI Image Configuration, "Config" in Docker's API.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_IMAGE_CONFIG_H
#define PAWL_ENGINE_IMAGE_CONFIG_H

#include <jansson.h>
#include "lib/base/arena.h"
#include "lib/engine/engine.h"

/* Fill `out`, whatever is missing or of another type (`config` may be NULL):
 * its lists are never NULL, its texts neither. Lives in `a`. */
void
image_config_read(const json_t *config, struct arena *a,
    struct image_about *out);

#endif
