/*
 * routes_host.c - the routes of the server as a whole: how runs did, where
 * jobs run, what the language knows.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"

static const struct field_doc period_args[] = {
	{ "period?", "text", "a time such as 24h or 7d, at most 90d; else "
	    "24h", 0, 20 },
	{ "pipeline?", "text", "the name of a workflow" },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/metrics/summary", ACCESS_OPEN, 0, api_summary,
	    DOC("How runs did that ended within a time: in all, by step and "
	    "by hour", .text = "The newest 20,000 are looked at; those that "
	    "were skipped do not count. p50, p95 and p99 are milliseconds, by "
	    "the nearest rank.", .args = period_args, .gives = "Metrics") },
	{ METHOD_GET, REPO "/metrics/summary", ACCESS_OPEN, 0, api_summary,
	    DOC("The same of a repository", .args = period_args,
	    .gives = "Metrics") },
	{ METHOD_GET, "api/v1/agents", ACCESS_OPEN, 0, api_agents,
	    DOC("Where jobs run: this host", .gives = "Agents") },
	{ METHOD_GET, "api/v1/agents/{agent}", ACCESS_OPEN, 0, api_agent,
	    DOC("This host, `local`", .gives = "Agent") },
	{ METHOD_PUT, "api/v1/agents/{agent}/state", ACCESS_ADMIN,
	    BODY_FIELDS, api_agent_state, DOC("Start no more jobs, or start "
	    "them again", .fields = FIELDS({ "state", "draining|idle" },
		{ "reason?", "text" }), .gives = "Agent") },
	{ METHOD_GET, "api/v1/module-schemas", ACCESS_BLIND, 0,
	    api_module_schemas, DOC("The keys of the pipeline language, by "
	    "where they stand, with those of each type of step",
	    .gives = "Modules") },
};

static const struct schema_doc schemas[] = {
	{ "Metrics", NULL, NULL, FIELDS(
	    { "since", "time" },
	    { "summary", "MetricsTotal" },
	    { "by_step", "[MetricsStep]", "100 at most, those that took most "
		"first" },
	    { "by_hour", "[MetricsHour]" }) },
	{ "MetricsTotal", NULL, NULL, FIELDS(
	    { "total_executions", "integer" },
	    { "success_rate", "number?", "0 to 1; null: there were none" },
	    { "avg_duration_ms", "integer" },
	    { "p50", "integer" }, { "p95", "integer" }, { "p99", "integer" },
	    { "error_count", "integer" },
	    { "dlq_depth", "integer", "messages that were given up" }) },
	{ "MetricsStep", NULL, NULL, FIELDS({ "step", "text?" },
	    { "executions", "integer" }, { "avg_ms", "integer" },
	    { "p99_ms", "integer" }, { "error_rate", "number?" }) },
	{ "MetricsHour", NULL, NULL, FIELDS({ "hour", "time" },
	    { "executions", "integer" }, { "errors", "integer" }) },
	{ "Agent", NULL, NULL, FIELDS(
	    { "id", "text" }, { "name", "text" },
	    { "state", "idle|busy|draining|offline" },
	    { "slots", "integer", "jobs at once" },
	    { "running", "integer" }, { "pending", "integer" },
	    { "engines", "[AgentEngine]" }) },
	{ "AgentEngine", NULL, NULL, FIELDS({ "name", "text" },
	    { "usable", "flag" }, { "error", "text?" },
	    { "looked_at", "time?" }) },
	{ "Agents", NULL, NULL, FIELDS({ "agents", "[Agent]" }) },
	{ "Modules", NULL, NULL, FIELDS({ "modules", "[Module]" }) },
	{ "Module", NULL, NULL, FIELDS({ "name", "text" },
	    { "keys", "[ModuleKey]" }) },
	{ "ModuleKey", NULL, NULL, FIELDS({ "name", "text" },
	    { "type", "text" }, { "required", "flag" },
	    { "own", "flag", "not in GitHub's language" },
	    { "state", "used|ignored|refused" }, { "description", "text" },
	    { "default", "text?" }) },
};

const struct resource resource_host = RESOURCE("server",
    "The server as a whole.");
