/*
 * routes_spelled.c - addresses as other documents spell them. They answer, and
 * nothing new should use them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/artifacts.h"
#include "cgi/queue.h"

#define SPELLED "api/runs/{id}"

static const struct field_doc page_args[] = {
	LIMIT_ARG,
	{ "offset?", "integer", "how many to leave out", 0, 10000 },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/runs", ACCESS_OPEN, 0, api_runs_spelled,
	    DOC("Runs of all repositories, the newest first, as a bare list",
	    .args = page_args, .gives = "[Run]", .alias = "api/v1/runs") },
	{ METHOD_GET, SPELLED, ACCESS_OPEN, 0, api_run,
	    DOC("One run with its jobs and their steps", .gives = "RunWhole",
	    .alias = "api/v1/runs/{id}") },
	{ METHOD_GET, SPELLED "/artifacts", ACCESS_OPEN, 0, artifacts_list,
	    DOC("Its artifacts", .gives = "Artifacts",
	    .alias = "api/v1/runs/{id}/artifacts") },
	{ METHOD_POST, SPELLED "/cancel", ACCESS_KNOWN, BODY_FIELDS,
	    api_cancel_spelled, DOC("Ask for its end: `success` is false when "
	    "it is over", .gives = "Success",
	    .alias = "api/v1/runs/{id}/cancel") },
	{ METHOD_GET, "api/artifacts/{artifact}/download", ACCESS_OPEN, 0,
	    artifacts_download, DOC("An artifact by its id, as an archive",
	    .media = "application/zip",
	    .alias = "artifacts/{owner}/{repo}/{run}/{zip}") },
	{ METHOD_GET, "queue/stats", ACCESS_OPEN, 0, api_queue_stats,
	    DOC("Who has what of the host", .gives = "QueueStats",
	    .alias = "api/v1/queue/stats") },
	{ METHOD_GET, "debug/queue", ACCESS_OPEN, 0, api_queue,
	    DOC("Jobs that wait, in order", .args = FIELDS(LIMIT_ARG,
		{ "skip?", "integer", "how many to leave out", 0,
		    INT32_MAX }), .gives = "Queue",
	    .alias = "api/v1/queue") },
	{ METHOD_GET, "api/v1/executions/{id}", ACCESS_OPEN, 0, api_run,
	    DOC("One run with its jobs and their steps", .gives = "RunWhole",
	    .alias = "api/v1/runs/{id}") },
	{ METHOD_GET, "api/v1/dashboard/metrics", ACCESS_OPEN, 0,
	    api_summary, DOC("How runs did within a time", .args = FIELDS(
		{ "period?", "text", NULL, 0, 20 },
		{ "pipeline?", "text", "the name of a workflow" }),
	    .gives = "Metrics", .alias = "api/v1/metrics/summary") },
};

static const struct schema_doc schemas[] = {
	{ "Success", NULL, NULL, FIELDS({ "success", "flag" }) },
};

const struct resource resource_spelled = RESOURCE("spellings",
    "Addresses as other documents spell them.");
