/*
 * routes_spelled.c - addresses as other documents spell them. They answer, and
 * nothing new should use them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/artifacts.h"
#include "cgi/inbox.h"
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
	{ METHOD_POST, "api/runs/trigger", ACCESS_KNOWN, BODY_FIELDS,
	    api_trigger_spelled, DOC("Start a run, as a writer of its "
	    "repository: of a commit that is on a branch, or of a workflow; "
	    "the run's id is known when it is planned", .fields = FIELDS(
		{ "repo", "text", "OWNER/NAME, or the name of a pipeline that "
		    "is kept here" },
		{ "branch?", "text" }, { "commit?", "text", NULL, 40, 64 },
		{ "workflow?", "text" }, { "parameters?", "object" }),
	    .status = 202, .gives = "SpelledStart", .errors = { { 404,
		"nothing has this name, or not for you" } },
	    .alias = REPO "/workflows/{workflow}/dispatches") },
	{ METHOD_GET, "api/v1/executions", ACCESS_OPEN, 0, api_runs,
	    DOC("Runs of all repositories", .args = FIELDS(LIMIT_ARG,
		BEFORE_ARG), .gives = "Runs", .alias = "api/v1/runs") },
	{ METHOD_POST, "api/v1/executions", ACCESS_KNOWN, BODY_FIELDS,
	    api_execute_spelled, DOC("Start a pipeline, as a writer of it",
	    .fields = FIELDS(
		{ "pipeline", "text", "OWNER/NAME, or the name of a pipeline "
		    "that is kept here" },
		{ "workflow?", "text" }, { "data?", "object", "inputs" },
		{ "idempotencyKey?", "text", "a second one is the first", 1,
		    255 }),
	    .status = 202, .gives = "SpelledStart", .errors = { { 404,
		"nothing has this name, or not for you" } },
	    .alias = "api/v1/jobs/{id}/runs") },
	{ METHOD_GET, "api/v1/dlq/pipelines/{pipeline}", ACCESS_KNOWN, 0,
	    api_dead_spelled, DOC("Deliveries of a repository (OWNER/NAME, "
	    "its slash encoded) that could not be planned", .args = FIELDS(
		LIMIT_ARG, { "before?", "text", "the id of the last one that "
		    "was seen" }), .gives = "Deliveries",
	    .alias = "api/v1/deliveries") },
	{ METHOD_GET, "api/v1/dlq/pipelines/{pipeline}/{id}", ACCESS_OPEN, 0,
	    api_inbox_show, DOC("One of them", .gives = "DeliveryWhole",
	    .alias = "api/v1/deliveries/{id}") },
	{ METHOD_POST, "api/v1/dlq/pipelines/{pipeline}/{id}/replay",
	    ACCESS_KNOWN, BODY_FIELDS, api_inbox_replay, DOC("Plan it once "
	    "more", .status = 202, .gives = "Replayed", .errors = {
		{ 403, "the token does not reach as far" },
		{ 409, "it waits" } },
	    .alias = "api/v1/deliveries/{id}/replay") },
	{ METHOD_POST, "api/v1/dlq/pipelines/{pipeline}/replay-all",
	    ACCESS_KNOWN, BODY_FIELDS, api_dead_replay_spelled,
	    DOC("Plan all of them once more, 1,000 at most",
	    .gives = "MessagesDone",
	    .alias = "api/v1/deliveries/{id}/replay") },
	{ METHOD_GET, "api/v1/dashboard/metrics", ACCESS_OPEN, 0,
	    api_summary, DOC("How runs did within a time", .args = FIELDS(
		{ "period?", "text", NULL, 0, 20 },
		{ "pipeline?", "text", "the name of a workflow" }),
	    .gives = "Metrics", .alias = "api/v1/metrics/summary") },
};

static const struct schema_doc schemas[] = {
	{ "Success", NULL, NULL, FIELDS({ "success", "flag" }) },
	{ "SpelledStart", NULL, "Success", FIELDS({ "delivery", "text" },
	    { "url", "text", "where its verdict and its runs will "
		"stand" }) },
};

const struct resource resource_spelled = RESOURCE("spellings",
    "Addresses as other documents spell them.");
