/*
 * comment.h - the one comment of a pull request: how it is found, made and
 * edited at each forge. Pure: requests are values.
 *
 * It is found by a mark in its text, so that it is edited and not repeated,
 * whoever lost its id.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_COMMENT_H
#define PAWL_FORGE_COMMENT_H

#include <stddef.h>
#include "lib/forge/status.h"

#define COMMENT_MAX_BYTES 60000 /* of a text; GitHub takes 65,536 */

/* Does the forge take comments that can be found again? */
bool
forge_has_comments(const struct forge_api *api);

/* What the text begins with. */
const char *
forge_comment_mark(const struct forge_api *api);

/* The request for the first comments of a pull request. */
void
forge_comment_list(const struct forge_api *api, const char *token,
    int64_t pull, struct arena *a, struct outgoing *out);

/* The id of the comment with the mark in its answer. 1, 0: none has it, -1:
 * the answer is not what it should be. */
int
forge_comment_find(const struct forge_api *api, const char *body, size_t len,
    struct arena *a, const char **id, struct err *err);

/* Make one (id NULL) or edit one; the text begins with the mark. */
void
forge_comment_write(const struct forge_api *api, const char *token,
    int64_t pull, const char *id, const char *text, struct arena *a,
    struct outgoing *out);

#endif
