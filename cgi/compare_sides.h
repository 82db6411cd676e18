/*
 * compare_sides.h - the two runs that a page or the API compares, as the query
 * names them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_COMPARE_SIDES_H
#define PAWL_CGI_COMPARE_SIDES_H

#include "lib/render/compare.h"
#include "lib/web/serve.h"

/* The argument `name`: "OWNER/REPO/runs/N", with "/attempts/A" or without, or
 * the id or the UUID of a run. ERR_NOT_FOUND also where who asks may not read
 * it; ERR_INVALID. */
int
compare_side_read(struct compare_side *side, struct store *st,
    struct request *req, const char *name, struct err *err);

#endif
