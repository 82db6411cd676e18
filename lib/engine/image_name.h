/*
 * image_name.h - names of images, and what every engine does to fetch one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_IMAGE_NAME_H
#define PAWL_ENGINE_IMAGE_NAME_H

#include <stdbool.h>
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"

/* Can this be the name of an image? What may stand in one needs no escapes
 * in an address. The registry checks the form. */
int
image_name_check(const char *image, struct err *err);

/* "registry.example:5000" of "registry.example:5000/name:1"; "docker.io" when
 * it names none. */
void
image_name_registry(const char *image, struct str *out);

/* Is its registry on this host? Such may speak plain HTTP. */
bool
image_name_is_local(const char *image);

/* The name without its tag where a digest says which one is meant. */
void
image_name_add_fetched(const char *image, struct str *out);

/* The code for what an engine or a registry says, in words; `standard` when
 * it says nothing known. */
enum err_code
image_message_code(const char *message, enum err_code standard);

/* The last line that is not empty, without its newline. */
void
image_last_line(const char *text, struct str *out);

/*
 * Call `once` until it succeeds, fails by somebody's fault, or has failed
 * four times: for a reason that may pass it is tried again after 2, 4 and
 * 8 seconds. Tells the progress of that.
 */
typedef int (*image_once_fn)(void *ctx, struct err *err);
int
image_fetch_retried(image_once_fn once, void *once_ctx,
    engine_progress_fn progress, void *ctx, struct err *err);

#endif
