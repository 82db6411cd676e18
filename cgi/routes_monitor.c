/*
 * routes_monitor.c - the routes for monitoring.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/monitor.h"

static const struct route routes[] = {
	{ METHOD_GET, "healthz", ACCESS_BLIND, 0, api_healthz,
	    DOC("`ok`: this handler answers; with `?verbose` all parts, as "
	    "JSON; 503 when one fails",
	    .args = FIELDS({ "verbose?", "text" })) },
	{ METHOD_GET, "readyz", ACCESS_BLIND, 0, api_readyz,
	    DOC("The database answers too", .gives = "Ready") },
	{ METHOD_GET, "metrics", ACCESS_OPEN, 0, api_metrics,
	    DOC("Numbers for monitoring, as text", .any_args = true) },
};

static const struct schema_doc schemas[] = {
	{ "Ready", NULL, NULL, FIELDS({ "database", "text" },
	    { "queue", "ok|paused|drained" }, { "pending", "integer" },
	    { "active", "integer" }) },
};

const struct resource resource_monitor = RESOURCE("monitor",
    "Is it well?");
