/*
 * routes_dispatch.c - the routes of what is started by hand or by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/dispatch.h"

#define SCHEDULE REPO "/schedules/{schedule}"

static const struct route routes[] = {
	{ METHOD_GET, REPO "/workflows", ACCESS_OPEN, 0, api_workflows,
	    DOC("Workflows of the default branch", .gives = "Workflows") },
	{ METHOD_POST, REPO "/workflows/{workflow}/dispatches",
	    ACCESS_WRITER, BODY_FIELDS, api_workflow_dispatch,
	    DOC("Start a workflow by hand, by the name of its file or its own",
	    .fields = FIELDS(
		{ "ref?", "text", "a branch or refs/tags/NAME; else the "
		    "default branch" },
		{ "inputs?", "object" }),
	    .status = 202, .gives = "Started") },
	{ METHOD_POST, REPO "/dispatches", ACCESS_WRITER, BODY_FIELDS,
	    api_repository_dispatch, DOC("The event repository_dispatch",
	    .fields = FIELDS({ "event_type", "text" },
		{ "client_payload?", "object" }),
	    .status = 202, .gives = "Started") },
	{ METHOD_POST, REPO "/runs", ACCESS_WRITER, BODY_FIELDS, api_push,
	    DOC("As if a push had been told of; the verdict says so when the "
	    "branch does not have the commit",
	    .fields = FIELDS({ "branch", "text" },
		{ "commit_sha", "text", "in full: 40 or 64 digits" }),
	    .status = 202, .gives = "Started") },
	{ METHOD_GET, "api/v1/schedules", ACCESS_READER, 0, api_schedules,
	    DOC("What starts by the clock in all repositories",
	    .args = FIELDS(LIMIT_ARG, AFTER_ARG), .gives = "Schedules") },
	{ METHOD_GET, REPO "/schedules", ACCESS_OPEN, 0, api_schedules,
	    DOC("Schedules of a repository",
	    .args = FIELDS(LIMIT_ARG, AFTER_ARG), .gives = "Schedules") },
	{ METHOD_POST, REPO "/schedules", ACCESS_WRITER, BODY_FIELDS,
	    api_schedule_add, DOC("Add a schedule",
	    .fields = FIELDS({ "workflow", "text" }, { "cron", "text" },
		{ "timezone?", "text", "else UTC" }, { "ref?", "text" },
		{ "inputs?", "object" }),
	    .status = 201, .gives = "Schedule") },
	{ METHOD_DELETE, SCHEDULE, ACCESS_WRITER, 0, api_schedule_remove,
	    DOC("Remove a schedule that was added", .gives = "Schedule",
	    .errors = { { 409, "it stands in a file" } }) },
	{ METHOD_POST, SCHEDULE "/run", ACCESS_WRITER, BODY_FIELDS,
	    api_schedule_act, DOC("Fire it out of its turn", .status = 202,
	    .gives = "Started") },
	{ METHOD_POST, SCHEDULE "/pause", ACCESS_WRITER, BODY_FIELDS,
	    api_schedule_act, DOC("Let it not fire",
	    .gives = "Schedule") },
	{ METHOD_POST, SCHEDULE "/resume", ACCESS_WRITER, BODY_FIELDS,
	    api_schedule_act, DOC("Let it fire again",
	    .gives = "Schedule") },
};

static const struct schema_doc schemas[] = {
	{ "Started", "What was asked for waits to be planned.", NULL, FIELDS(
	    { "delivery", "text" },
	    { "url", "text", "where its verdict and its runs will stand" }) },
	{ "Workflow", NULL, NULL, FIELDS({ "path", "text" },
	    { "name", "text?" },
	    { "dispatch", "flag", "has workflow_dispatch" }) },
	{ "Workflows", NULL, NULL, FIELDS({ "workflows", "[Workflow]" }) },
	{ "Schedule", NULL, NULL, FIELDS(
	    { "id", "integer" },
	    { "repo", "text", "OWNER/NAME" },
	    { "workflow", "text" },
	    { "cron", "text" },
	    { "timezone", "text" },
	    { "added_by", "text?", "null: it stands in the file" },
	    { "ref", "text?" },
	    { "inputs", "object?" },
	    { "paused_by", "text?" },
	    { "next_at", "time?" },
	    { "fired_at", "time?" }) },
	{ "Schedules", NULL, NULL, FIELDS({ "schedules", "[Schedule]" },
	    NEXT_FIELD) },
};

const struct resource resource_dispatch = RESOURCE("dispatch",
    "Starting by hand or by the clock.");
