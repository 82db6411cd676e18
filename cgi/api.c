/*
 * api.c - the state of things as JSON, for programs: pawl-api, and `pawl` on
 * the server itself. Its routes are described in api.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/api.h"
#include "lib/web/problem.h"

/* In the order in which openapi.json has them. */
static const struct resource *const resources[] = {
	&resource_root,
	&resource_repos,
	&resource_settings,
	&resource_runs,
	&resource_by_id,
	&resource_jobs,
	&resource_artifacts,
	&resource_gates,
	&resource_dispatch,
	&resource_queue,
	&resource_inbox,
	&resource_outbox,
	&resource_watch,
	&resource_host,
	&resource_logs,
	&resource_monitor,
	&resource_users,
	&resource_spelled,
};

static void
refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	(void)w;
	problem_write(res, req, status, code, detail);
}

const struct web_app api_app = {
	.name = "pawl-api",
	.refuse = refuse,
	.resources = resources,
	.n_resources = ARRAY_LEN(resources),
};
