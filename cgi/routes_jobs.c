/*
 * routes_jobs.c - the routes of pipelines that are kept here. Programs that
 * know no forge call them jobs, as they do what such a pipeline is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "lib/store/stored.h"

#define JOB "api/v1/jobs/{id}"
#define STORED_BODY ((size_t)512 * 1024)

static const struct field_doc job_fields[] = {
	{ "name", "text", "what it is called, as a repository is", 1, 255 },
	{ "config", "any", "the text of a pipeline file, or the same as an "
	    "object; {steps, image} is one job" },
	{ "description?", "text", NULL, 0, STORED_MAX_DESCRIPTION },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/jobs", ACCESS_OPEN, 0, api_stored_list,
	    DOC("Pipelines that are kept here",
	    .args = FIELDS(LIMIT_ARG, AFTER_ARG), .gives = "StoredJobs") },
	{ METHOD_POST, "api/v1/jobs", ACCESS_ADMIN, STORED_BODY,
	    api_stored_add, DOC("Keep a pipeline here", .text = "It is a "
	    "repository `pipelines/NAME` with one branch and one file, without "
	    "a forge; everything that repositories have holds for it.",
	    .fields = job_fields, .status = 201, .gives = "StoredJobChanged",
	    .errors = { { 409, "one has this name" } }) },
	{ METHOD_GET, JOB, ACCESS_OPEN, 0, api_stored,
	    DOC("One of them", .gives = "StoredJob") },
	{ METHOD_PUT, JOB, ACCESS_KNOWN, STORED_BODY, api_stored_change,
	    DOC("Change its text, as an admin of it", .fields = FIELDS(
		{ "config", "any", "as above" },
		{ "description?", "text", NULL, 0,
		    STORED_MAX_DESCRIPTION }),
	    .gives = "StoredJobChanged") },
	{ METHOD_DELETE, JOB, ACCESS_KNOWN, BODY_FIELDS, api_stored_remove,
	    DOC("Remove it with its runs, as an admin of it",
	    .gives = "StoredJobRemoved",
	    .errors = { { 409, "a job of it is running" } }) },
	{ METHOD_POST, JOB "/runs", ACCESS_KNOWN, BODY_FIELDS,
	    api_stored_start, DOC("Start it, as a writer of it: by "
	    "workflow_dispatch where it names that, else as by a push",
	    .fields = FIELDS({ "inputs?", "object" }), .status = 202,
	    .gives = "StoredJobStarted") },
	{ METHOD_GET, JOB "/runs", ACCESS_OPEN, 0, api_stored_runs,
	    DOC("Its runs, the newest first",
	    .args = FIELDS(LIMIT_ARG, BEFORE_ARG), .gives = "Runs") },
	{ METHOD_GET, JOB "/runs/{run_id}", ACCESS_OPEN, 0, api_stored_run,
	    DOC("One of its runs, by the id of an attempt",
	    .gives = "Run") },
	{ METHOD_POST, "api/test/execute", ACCESS_ADMIN, BODY_FIELDS,
	    api_test_execute, DOC("Have commands run in an image, where "
	    "`test-execute` is on: to try an installation",
	    .fields = FIELDS({ "image?", "text", NULL, 1, 500 },
		{ "commands", "[text]" }, { "env?", "{text}" }),
	    .status = 202, .gives = "TestStarted") },
};

static const struct schema_doc schemas[] = {
	{ "StoredJob", NULL, NULL, FIELDS(
	    { "id", "integer" },
	    { "name", "text" },
	    { "repository", "text", "where its runs are found" },
	    { "branch", "text" },
	    { "description", "text" },
	    { "config", "text", "the pipeline file" },
	    { "revision", "integer", "from 1" },
	    { "dispatch", "flag", "it names workflow_dispatch" },
	    { "created_at", "time" },
	    { "updated_at", "time" },
	    { "updated_by", "text" },
	    { "url", "text" }) },
	{ "StoredJobs", NULL, NULL, FIELDS({ "jobs", "[StoredJob]" },
	    NEXT_FIELD) },
	{ "StoredJobChanged", NULL, "StoredJobRemoved",
	    FIELDS({ "job", "StoredJob" }) },
	{ "StoredJobRemoved", NULL, NULL, FIELDS({ "success", "flag" },
	    { "message", "text" }) },
	{ "StoredJobStarted", NULL, "StoredJobRemoved", FIELDS(
	    { "delivery", "text" },
	    { "url", "text", "where its verdict and its run will stand" }) },
	{ "TestStarted", NULL, NULL, FIELDS(
	    { "job_id", "integer", "of the pipeline that was made for it" },
	    { "delivery", "text" }, { "url", "text", "its runs" }) },
};

const struct resource resource_jobs = RESOURCE("jobs",
    "Pipelines that are kept here, without a forge.");
