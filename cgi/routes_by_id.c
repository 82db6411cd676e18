/*
 * routes_by_id.c - runs by their id or UUID, without their repository: what a
 * program has that was told of a run. Each is another way to the same handler.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/approve.h"
#include "cgi/artifacts.h"
#include "cgi/change.h"
#include "cgi/run_view.h"
#include "cgi/why_api.h"

#define BY_ID "api/v1/runs/{id}"
#define OVER { 409, "it is over, or not in a state for it" }

static const struct field_doc vote_fields[] = {
	{ "comment?", "text" },
	{ "commit?", "text", "of a run from a fork: the one that was looked "
	    "at", 0, 64 },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, BY_ID, ACCESS_OPEN, 0, api_run,
	    DOC("One attempt of a run, by its id or UUID",
	    .gives = "RunWhole") },
	{ METHOD_GET, BY_ID "/jobs", ACCESS_OPEN, 0, api_jobs,
	    DOC("Its jobs with their steps", .gives = "Jobs") },
	{ METHOD_GET, BY_ID "/jobs/{job}", ACCESS_OPEN, 0, api_job,
	    DOC("One of them, by its key", .gives = "Job") },
	{ METHOD_GET, BY_ID "/jobs/{job}/steps", ACCESS_OPEN, 0, api_steps,
	    DOC("The steps of one", .gives = "Steps") },
	{ METHOD_GET, BY_ID "/why", ACCESS_OPEN, 0, api_why_run,
	    DOC("Why its jobs did what they did", .gives = "Why") },
	{ METHOD_GET, BY_ID "/annotations", ACCESS_OPEN, 0, api_annotations,
	    DOC("What its jobs have reported", .gives = "Annotations") },
	{ METHOD_GET, BY_ID "/summaries", ACCESS_OPEN, 0, api_summaries,
	    DOC("What its steps wrote as summaries", .gives = "Summaries") },
	{ METHOD_GET, BY_ID "/artifacts", ACCESS_OPEN, 0, artifacts_list,
	    DOC("Its artifacts", .gives = "Artifacts") },
	{ METHOD_GET, BY_ID "/graph", ACCESS_OPEN, 0, api_run_graph,
	    DOC("Its jobs as a graph", .args = run_graph_args,
	    .gives = "Graph") },
	{ METHOD_GET, BY_ID "/timeline", ACCESS_OPEN, 0, api_run_timeline,
	    DOC("When its jobs and steps ran", .gives = "Timeline") },
	{ METHOD_POST, BY_ID "/cancel", ACCESS_KNOWN, BODY_FIELDS,
	    api_cancel_run, DOC("Ask for its end", .status = 202,
	    .gives = "Run", .errors = { OVER }) },
	{ METHOD_POST, BY_ID "/rerun", ACCESS_KNOWN, BODY_FIELDS,
	    api_rerun_run, DOC("Make the next attempt",
	    .fields = run_rerun_fields, .status = 202, .gives = "Run",
	    .errors = { OVER }) },
	{ METHOD_POST, BY_ID "/approve", ACCESS_KNOWN, BODY_FIELDS,
	    api_approve, DOC("Let it go on", .fields = vote_fields,
	    .status = 202, .gives = "Run", .errors = { OVER }) },
	{ METHOD_POST, BY_ID "/reject", ACCESS_KNOWN, BODY_FIELDS,
	    api_reject, DOC("End what waits", .fields = vote_fields,
	    .status = 202, .gives = "Run", .errors = { OVER }) },
};

static const struct schema_doc schemas[] = {
	{ "Jobs", NULL, NULL, FIELDS({ "jobs", "[Job]" }) },
	{ "Steps", NULL, NULL, FIELDS({ "steps", "[Step]" }) },
};

const struct resource resource_by_id = RESOURCE("runs by id",
    "Runs by their id alone.");
