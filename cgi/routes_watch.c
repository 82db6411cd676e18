/*
 * routes_watch.c - the routes of alerts, hooks and Pawl's own tasks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/watch.h"

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/alerts", ACCESS_ADMIN, 0, api_alerts,
	    DOC("Alerts, and which of them fire", .gives = "Alerts") },
	{ METHOD_POST, "api/v1/alerts", ACCESS_ADMIN, BODY_FIELDS,
	    api_alert_add, DOC("Add an alert",
	    .fields = FIELDS({ "name", "text" },
		{ "when", "text", "error_rate > 5, duration_p99 > 10 min, "
		    "dead_letters > 100" },
		{ "of?", "text", "OWNER/NAME, OWNER or all; else all" },
		{ "within?", "text", "of what ended so short ago; else "
		    "15 min" },
		{ "severity?", "critical|warning", "else warning" },
		{ "workflow?", "text", "only of runs of this one" },
		{ "step?", "text", "of steps with this title, not of runs" }),
	    .status = 201, .gives = "Alert",
	    .errors = { { 409, "the name is taken" } }) },
	{ METHOD_DELETE, "api/v1/alerts/{name}", ACCESS_ADMIN, 0,
	    api_alert_remove, DOC("Remove an alert", .gives = "Removed") },
	{ METHOD_GET, "api/v1/hooks", ACCESS_ADMIN, 0, api_hooks,
	    DOC("Programs of the administrator that are run when something "
	    "happens. They are added by command alone", .gives = "Hooks") },
	{ METHOD_GET, "api/v1/tasks", ACCESS_ADMIN, 0, api_tasks,
	    DOC("What Pawl does by itself: when, and how it went the last "
	    "time", .gives = "Tasks") },
};

static const struct schema_doc schemas[] = {
	{ "Alert", NULL, NULL, FIELDS(
	    { "name", "text" },
	    { "of", "text", "OWNER/NAME, OWNER or all" },
	    { "when", "text" },
	    { "window_ms", "integer" },
	    { "severity", "critical|warning" },
	    { "workflow", "text?" },
	    { "step", "text?" },
	    { "firing", "flag" },
	    { "value", "text?", "null: there is nothing to count" },
	    { "changed_at", "time?" },
	    { "made_by", "text" }) },
	{ "Alerts", NULL, NULL, FIELDS({ "alerts", "[Alert]" }) },
	{ "Removed", NULL, NULL, FIELDS({ "removed", "text" }) },
	{ "Hook", NULL, NULL, FIELDS({ "name", "text" }, { "path", "text" },
	    { "condition", "text?" }) },
	{ "Hooks", NULL, NULL, FIELDS({ "hooks", "[Hook]" }) },
	{ "Task", NULL, NULL, FIELDS(
	    { "name", "text" },
	    { "what", "text" },
	    { "when", "text" },
	    { "program", "text" },
	    { "began_at", "time?", "the last time; null: it has not been "
		"done, or that is not noted" },
	    { "ended_at", "time?" },
	    { "said", "text?", "what came of it" },
	    { "error", "text?" },
	    { "next_at", "time?", "null: when there is something to do" }) },
	{ "Tasks", NULL, NULL, FIELDS({ "tasks", "[Task]" }) },
};

const struct resource resource_watch = RESOURCE("watch",
    "Alerts, hooks, and what Pawl does by itself.");
