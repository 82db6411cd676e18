/*
 * routes_runs.c - the routes of runs, jobs and steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/change.h"
#include "cgi/why_api.h"

/* Of lists that are cut down. */
#define FILTERED "A page looks at a few thousand runs: with a filter that " \
	"few of them pass it may be short, or empty, and not be the last."
#define RUN_STATES "pending|running|succeeded|failed|cancelled|skipped"

static const struct field_doc list_args[] = {
	LIMIT_ARG,
	BEFORE_ARG,
	{ "branch?", "text", "or the tag's name" },
	{ "status?", RUN_STATES },
	{ "event?", "text", "push, pull_request, ..." },
	{ "actor?", "text" },
	{ "workflow?", "text", "its name, or its file" },
	{ "since?", "time", "made then or later" },
	{ "until?", "time", "made then or before" },
	{ "text?", "text", "in the title, the branch or the actor, in any "
	    "case; or begins the commit", 0, 200 },
	{ 0 },
};

static const struct field_doc debug_field[] = {
	{ "debug?", "flag", "its steps say more" },
	{ 0 },
};

static const struct field_doc rerun_fields[] = {
	{ "failed?", "flag", "only what failed or was cancelled, and what "
	    "needs it" },
	{ "job?", "text", "only the job with this key, and what needs it", 0,
	    4096 },
	{ "debug?", "flag", "its steps say more" },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/runs", ACCESS_OPEN, 0, api_runs,
	    DOC("Runs of all repositories, the newest first, each in its "
	    "newest attempt", .args = list_args, .text = FILTERED,
	    .gives = "Runs") },
	{ METHOD_GET, REPO "/runs", ACCESS_OPEN, 0, api_runs,
	    DOC("Runs of a repository, the newest first",
	    .args = list_args, .text = FILTERED,
	    .gives = "Runs") },
	{ METHOD_GET, RUN, ACCESS_OPEN, 0, api_run,
	    DOC("The newest attempt of a run, with its jobs, their steps and "
	    "services, and all attempts", .gives = "RunWhole") },
	{ METHOD_GET, ATTEMPT, ACCESS_OPEN, 0, api_run,
	    DOC("One attempt of a run, in the same way",
	    .gives = "RunWhole") },
	{ METHOD_GET, RUN "/why", ACCESS_OPEN, 0, api_why_run,
	    DOC("One line for each job of why it did what it did",
	    .gives = "Why") },
	{ METHOD_GET, RUN "/jobs/{job}/why", ACCESS_OPEN, 0, api_why_job,
	    DOC("Why a job is as it is: the answer first, then what led to "
	    "it, in order of time", .gives = "Why") },
	{ METHOD_GET, ATTEMPT "/jobs/{job}/why", ACCESS_OPEN, 0, api_why_job,
	    DOC("The same of one attempt", .gives = "Why") },
	{ METHOD_GET, RUN "/annotations", ACCESS_OPEN, 0, api_annotations,
	    DOC("Errors, warnings and notices that the newest attempts of "
	    "its jobs have printed, 200 at most", .gives = "Annotations") },
	{ METHOD_GET, ATTEMPT "/annotations", ACCESS_OPEN, 0, api_annotations,
	    DOC("Those of one attempt", .gives = "Annotations") },
	{ METHOD_GET, RUN "/summaries", ACCESS_OPEN, 0, api_summaries,
	    DOC("What steps wrote to GITHUB_STEP_SUMMARY, 20 at most",
	    .gives = "Summaries") },
	{ METHOD_GET, ATTEMPT "/summaries", ACCESS_OPEN, 0, api_summaries,
	    DOC("Those of one attempt", .gives = "Summaries") },
	{ METHOD_POST, RUN "/cancel", ACCESS_WRITER, BODY_FIELDS,
	    api_cancel_run, DOC("Ask for the end of a run; jobs with "
	    "`if: always()` go on until it is asked again", .status = 202,
	    .gives = "Run", .errors = { { 409, "the run is over" } }) },
	{ METHOD_POST, RUN "/jobs/{job}/cancel", ACCESS_WRITER, BODY_FIELDS,
	    api_cancel_job, DOC("End one job", .status = 202, .gives = "Run",
	    .errors = { { 409, "the job is over" } }) },
	{ METHOD_POST, RUN "/rerun", ACCESS_WRITER, BODY_FIELDS,
	    api_rerun_run, DOC("Make the next attempt of a run",
	    .fields = rerun_fields, .status = 202, .gives = "Run",
	    .errors = { { 409, "it goes on, or there is nothing to run" } })
	},
	{ METHOD_POST, RUN "/jobs/{job}/rerun", ACCESS_WRITER, BODY_FIELDS,
	    api_rerun_job, DOC("The same for one job with those that need it",
	    .fields = debug_field, .status = 202, .gives = "Run",
	    .errors = { { 409, "the run goes on" } }) },
};

static const struct field_doc run_fields[] = {
	{ "id", "integer", "of this attempt, in the whole of the server" },
	{ "uuid", "text" },
	{ "owner", "text" },
	{ "name", "text", "of the repository" },
	{ "number", "integer", "from 1 in each repository" },
	{ "attempt", "integer", "from 1" },
	{ "state", RUN_STATES },
	{ "workflow", "text?" },
	{ "file", "text?", "the pipeline's, in the repository" },
	{ "file_version?", "integer", "which of the texts that the file has "
	    "had it used, from 1" },
	{ "event", "text", "what started it: push, pull_request, ..." },
	{ "ref", "text?" },
	{ "branch", "text?", "or the tag's name" },
	{ "sha", "text?" },
	{ "title", "text?", "first line of the commit's message" },
	{ "actor", "text?" },
	{ "why", "text?", "the rule that started it, in a sentence" },
	{ "problems", "text?", "what is wrong with its file" },
	{ "delivery", "text?", "the webhook that started it" },
	{ "priority", "integer" },
	{ "superseded_by?", "integer", "the number of the run that took its "
	    "place" },
	{ "superseded_by_url?", "text" },
	{ "created_at", "time?" },
	{ "started_at", "time?" },
	{ "finished_at", "time?" },
	{ "rerun", "text?", "what of it runs again" },
	{ "rerun_by", "text?" },
	{ "debug", "flag", "its steps say more" },
	{ "url", "text" },
	{ "attempt_url", "text" },
	{ 0 },
};

static const struct field_doc job_fields[] = {
	{ "id", "integer" },
	{ "uuid", "text" },
	{ "key", "text", "its name in addresses" },
	{ "title", "text?" },
	{ "state", "text" },
	{ "attempt", "integer", "of this job, from 1: it is begun again when "
	    "the host was at fault" },
	{ "ran_in_attempt", "integer?", "of the run: null when it ran in this "
	    "one" },
	{ "continue_on_error", "flag" },
	{ "why", "text?" },
	{ "why_values", "text?" },
	{ "why_place", "text?", "FILE:LINE:COL" },
	{ "reason", "text?", "of its end" },
	{ "engine", "text?" },
	{ "exit_code", "integer?" },
	{ "log_url", "text?", "a plain file, also while it grows" },
	{ "created_at", "time?" },
	{ "started_at", "time?" },
	{ "finished_at", "time?" },
	{ "priority", "integer" },
	{ "queued_at", "time?" },
	{ "assigned_worker", "text?" },
	{ "steps?", "[Step]" },
	{ "services?", "[Service]" },
	{ "environment?", "Deployed?", "where it has deployed to" },
	{ 0 },
};

static const struct field_doc step_fields[] = {
	{ "number", "integer", "from 1" },
	{ "title", "text?" },
	{ "command", "text?" },
	{ "state", "text" },
	{ "exit_code", "integer?" },
	{ "reason", "text?" },
	{ "log_offset", "integer", "where its text begins in the job's log" },
	{ "started_at", "time?" },
	{ "finished_at", "time?" },
	{ 0 },
};

static const struct field_doc annotation_fields[] = {
	{ "job", "text?" },
	{ "step", "integer" },
	{ "level", "error|warning|notice" },
	{ "title", "text?" },
	{ "file", "text?" },
	{ "line", "integer?" },
	{ "end_line", "integer?" },
	{ "col", "integer?" },
	{ "end_col", "integer?" },
	{ "message", "text?" },
	{ 0 },
};

static const struct field_doc reason_fields[] = {
	{ "kind", "text" },
	{ "text", "text" },
	{ "file", "text?", "of the rule" },
	{ "line", "integer?" },
	{ "col", "integer?" },
	{ "values", "text?", "EXPRESSION => VALUE, in lines" },
	{ "at", "time?" },
	{ "job?", "text?" },
	{ 0 },
};

static const struct schema_doc schemas[] = {
	{ "Run", "One attempt of a run.", NULL, run_fields },
	{ "Runs", NULL, NULL, FIELDS({ "runs", "[Run]" }, NEXT_FIELD) },
	{ "RunWhole", "A run with what belongs to it.", "Run", FIELDS(
	    { "jobs", "[Job]" }, { "attempts", "[Attempt]" },
	    { "gates", "[Gate]" }) },
	{ "Attempt", "An attempt of a run, in short.", NULL, FIELDS(
	    { "id", "integer" }, { "attempt", "integer" },
	    { "state", RUN_STATES },
	    { "rerun", "text?", "what of it ran again" },
	    { "rerun_by", "text?" }, { "created_at", "time?" },
	    { "started_at", "time?" }, { "finished_at", "time?" },
	    { "attempt_url", "text" }) },
	{ "Job", NULL, NULL, job_fields },
	{ "Service", NULL, NULL, FIELDS({ "name", "text" },
	    { "log_url", "text?" }) },
	{ "Deployed", NULL, NULL, FIELDS({ "name", "text" },
	    { "url", "text?" }) },
	{ "Step", NULL, NULL, step_fields },
	{ "Why", NULL, NULL, FIELDS({ "state", "text" },
	    { "why", "[Reason]" }) },
	{ "Reason", NULL, NULL, reason_fields },
	{ "Annotation", NULL, NULL, annotation_fields },
	{ "Annotations", NULL, NULL,
	    FIELDS({ "annotations", "[Annotation]" }) },
	{ "Summary", NULL, NULL, FIELDS({ "job", "text?" },
	    { "step", "integer" }, { "title", "text?" },
	    { "html", "text?", "made from Markdown without HTML; null behind "
		"the first 4 MiB" }) },
	{ "Summaries", NULL, NULL, FIELDS({ "summaries", "[Summary]" }) },
};

const struct resource resource_runs = RESOURCE("runs",
    "Runs, their jobs and steps.");
