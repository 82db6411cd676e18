/*
 * routes_runs.c - the routes of runs, jobs and steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/change.h"
#include "cgi/run_view.h"
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

const struct field_doc run_rerun_fields[] = {
	{ "failed?", "flag", "only what failed or was cancelled, and what "
	    "needs it" },
	{ "job?", "text", "only the job with this key, and what needs it", 0,
	    4096 },
	{ "debug?", "flag", "its steps say more" },
	{ 0 },
};

const struct field_doc run_graph_args[] = {
	{ "detail?", "jobs|calls|stages", "a node for each job; one for each "
	    "job of the run's own file; one for all that may run at once" },
	{ "state?", "pending|running|succeeded|failed|cancelled|skipped",
	    "only such jobs" },
	{ "job?", "text", "only jobs with this in their key or title", 0,
	    1000 },
	{ "stage?", "integer", "only jobs that are so far from the start", 1,
	    1000000 },
	{ "page?", "integer", NULL, 1, 1000000 },
	{ 0 },
};

static const struct field_doc compare_args[] = {
	{ "left", "text", "OWNER/REPO/runs/NUMBER, with /attempts/ATTEMPT or "
	    "without, or the id or UUID of a run", 1, 2000 },
	{ "right", "text", "the same", 1, 2000 },
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
	{ METHOD_GET, RUN "/jobs", ACCESS_OPEN, 0, api_jobs,
	    DOC("The jobs of a run with their steps", .gives = "Jobs") },
	{ METHOD_GET, ATTEMPT "/jobs", ACCESS_OPEN, 0, api_jobs,
	    DOC("Those of one attempt", .gives = "Jobs") },
	{ METHOD_GET, RUN "/jobs/{job}", ACCESS_OPEN, 0, api_job,
	    DOC("One job, by its key", .gives = "Job") },
	{ METHOD_GET, RUN "/jobs/{job}/steps", ACCESS_OPEN, 0, api_steps,
	    DOC("Its steps", .gives = "Steps") },
	{ METHOD_GET, RUN "/why", ACCESS_OPEN, 0, api_why_run,
	    DOC("One line for each job of why it did what it did",
	    .gives = "Why") },
	{ METHOD_GET, ATTEMPT "/why", ACCESS_OPEN, 0, api_why_run,
	    DOC("The same of one attempt", .gives = "Why") },
	{ METHOD_GET, RUN "/jobs/{job}/why", ACCESS_OPEN, 0, api_why_job,
	    DOC("Why a job is as it is: the answer first, then what led to "
	    "it, in order of time", .gives = "Why") },
	{ METHOD_GET, ATTEMPT "/jobs/{job}/why", ACCESS_OPEN, 0, api_why_job,
	    DOC("The same of one attempt", .gives = "Why") },
	{ METHOD_GET, RUN "/graph", ACCESS_OPEN, 0, api_run_graph,
	    DOC("Its jobs and what they need, as nodes and edges",
	    .args = run_graph_args, .gives = "Graph") },
	{ METHOD_GET, ATTEMPT "/graph", ACCESS_OPEN, 0, api_run_graph,
	    DOC("The same of one attempt", .args = run_graph_args,
	    .gives = "Graph") },
	{ METHOD_GET, "api/runs/{id}/dag", ACCESS_OPEN, 0, api_run_graph,
	    DOC("The same by the run's id or UUID", .args = run_graph_args,
	    .gives = "Graph", .alias = RUN "/graph") },
	{ METHOD_GET, RUN "/timeline", ACCESS_OPEN, 0, api_run_timeline,
	    DOC("When its jobs and their steps waited and ran",
	    .gives = "Timeline") },
	{ METHOD_GET, ATTEMPT "/timeline", ACCESS_OPEN, 0, api_run_timeline,
	    DOC("The same of one attempt", .gives = "Timeline") },
	{ METHOD_GET, "api/v1/executions/{id}/timeline", ACCESS_OPEN, 0,
	    api_run_timeline, DOC("The same by the run's id or UUID",
	    .gives = "Timeline", .alias = RUN "/timeline") },
	{ METHOD_GET, "api/v1/compare", ACCESS_OPEN, 0, api_compare,
	    DOC("Two runs beside each other", .args = compare_args,
	    .gives = "Comparison", .errors = { { 404, "there is no such run, "
	    "or it may not be read" } }) },
	{ METHOD_GET, "api/v1/executions/diff", ACCESS_OPEN, 0, api_compare,
	    DOC("The same", .args = compare_args, .gives = "Comparison",
	    .errors = { { 404, "there is no such run, or it may not be read" }
	    }, .alias = "api/v1/compare") },
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
	    .fields = run_rerun_fields, .status = 202, .gives = "Run",
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

static const struct field_doc node_fields[] = {
	{ "id", "text" },
	{ "label", "text?" },
	{ "type", "job|stage", "a stage stands for several jobs" },
	{ "status", "text" },
	{ "color", "text" },
	{ "start", "time?" },
	{ "end", "time?" },
	{ "started_at", "time?" },
	{ "finished_at", "time?" },
	{ "duration_ms", "integer?" },
	{ "jobs?", "integer", "how many a stage stands for" },
	{ "parent?", "text", "the stage that a job belongs to" },
	{ 0 },
};

static const struct field_doc timeline_fields[] = {
	{ "execution_id", "text", "the run's UUID" },
	{ "pipeline", "text?", "its workflow" },
	{ "tenant", "text", "OWNER/REPO" },
	{ "status", RUN_STATES },
	{ "started_at", "time?" },
	{ "completed_at", "time?" },
	{ "duration_ms", "integer?" },
	{ "trigger", "object", "type (the event), method, path, request_id "
	    "(the delivery)" },
	{ "steps", "[Span]", "its jobs" },
	{ "metadata", "object" },
	{ 0 },
};

static const struct field_doc span_fields[] = {
	{ "name", "text?" },
	{ "type", "job|step" },
	{ "status", "text" },
	{ "started_at", "time?" },
	{ "completed_at", "time?" },
	{ "duration_ms", "integer?" },
	{ "input", "any" },
	{ "output", "any", "its outputs" },
	{ "idempotent", "flag" },
	{ "attempts", "integer" },
	{ "trace_id", "text?" },
	{ "span_id", "text?" },
	{ "title?", "text?" },
	{ "queued_at?", "time?" },
	{ "wait_ms?", "integer?", "how long it could have run but did not" },
	{ "critical?", "flag", "the run took as long as this and what it "
	    "needs" },
	{ "reason?", "text?" },
	{ "steps?", "[Span]" },
	{ "number?", "integer" },
	{ "exit_code?", "integer?" },
	{ 0 },
};

static const struct field_doc difference_fields[] = {
	{ "step", "text", "key of a job" },
	{ "status", "identical|output_different|settings_different|"
	    "status_different|left_skipped|right_skipped|left_only|"
	    "right_only" },
	{ "left_output", "any" },
	{ "right_output", "any" },
	{ "diff", "{any}", "left and right of each field that differs" },
	{ "reason", "text?" },
	{ "left_state", "text?" },
	{ "right_state", "text?" },
	{ "left_duration_ms", "integer?" },
	{ "right_duration_ms", "integer?" },
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
	{ "Graph", "As libraries that draw graphs read it.", NULL,
	    FIELDS({ "nodes", "[Node]" }, { "edges", "[Edge]" },
	    { "truncated", "flag", "edges were left out" }) },
	{ "Node", NULL, NULL, node_fields },
	{ "Edge", NULL, NULL, FIELDS({ "source", "text" },
	    { "target", "text", "needs the source" },
	    { "type", "text", "depends_on" }) },
	{ "Timeline", "What a run did.", NULL, timeline_fields },
	{ "Span", NULL, NULL, span_fields },
	{ "Comparison", "Two runs; a step is a job.", NULL, FIELDS(
	    { "left", "text", "UUID of the run" }, { "right", "text" },
	    { "summary", "object", "left_status, right_status, "
		"left_duration_ms, right_duration_ms, steps_different, "
		"steps_identical" },
	    { "diff", "{any}", "what differs between the runs themselves" },
	    { "first_different", "text?", "key of the job" },
	    { "step_diffs", "[Difference]" }) },
	{ "Difference", NULL, NULL, difference_fields },
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
