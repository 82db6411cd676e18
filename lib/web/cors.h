/*
 * cors.h - pages of other sites that may ask the API (fetch.spec.whatwg.org,
 * "CORS protocol"): those of "api-origins". They show a token; a cookie of
 * ours goes to no other site.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WEB_CORS_H
#define PAWL_WEB_CORS_H

#include "lib/base/conf.h"
#include "lib/web/response.h"

/* Let the page that asks see the answer, if its site may. `allow` is what the
 * address may be asked by, of a question beforehand (OPTIONS); else NULL. */
void
cors_add(const struct config *config, const struct request *req,
    const char *allow, struct response *res);

#endif
