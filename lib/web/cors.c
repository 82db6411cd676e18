/*
 * cors.c - see cors.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/cors.h"

#include <string.h>

#include "lib/base/str.h"

#define ASKED_AGAIN_S "600" /* how long a browser keeps what it was told */

static bool
is_allowed(const struct config *config, const char *origin)
{
	for (size_t i = 0; i < config->api_origins.n; i++)
		if (strcmp(config->api_origins.items[i], origin) == 0)
			return true;
	return false;
}

void
cors_add(const struct config *config, const struct request *req,
    const char *allow, struct response *res)
{
	const char *origin = request_header(req, "Origin");

	if (config->api_origins.n == 0)
		return;
	response_header(res, "Vary", "Origin");
	if (origin == NULL || !is_allowed(config, origin))
		return;
	response_header(res, "Access-Control-Allow-Origin", origin);
	if (allow == NULL) {
		response_header(res, "Access-Control-Expose-Headers",
		    "ETag, Link, Location, Retry-After, X-Correlation-ID, "
		    "Idempotency-Replayed");
		return;
	}
	response_header(res, "Access-Control-Allow-Methods", allow);
	response_header(res, "Access-Control-Allow-Headers",
	    "Authorization, Content-Type, Idempotency-Key, If-Match, "
	    "If-None-Match, Last-Event-ID, X-Correlation-ID");
	response_header(res, "Access-Control-Max-Age", ASKED_AGAIN_S);
}
