/*
 * routes_root.c - the routes that describe the others.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"

static const struct route routes[] = {
	{ METHOD_GET, "api/v1", ACCESS_BLIND, 0, api_entry_points,
	    DOC("Where to begin: the lists that there are",
	    .gives = "{text}") },
	{ METHOD_GET, "api/v1/openapi.json", ACCESS_BLIND, 0, api_openapi,
	    DOC("This description", .gives = "object") },
};

static const struct schema_doc schemas[] = {
	{ "Problem", "An error, as RFC 9457 has it.", NULL, FIELDS(
	    { "type", "text" },
	    { "title", "text", "the status in words" },
	    { "status", "integer" },
	    { "detail", "text", "what is wrong and what to do, for people" },
	    { "code?", "text", "a short word for programs that does not "
		"change" },
	    { "instance", "text", "the address that was asked for" },
	    { "correlation_id", "text", "under which the server's log has "
		"more" },
	    { "errors?", "[ProblemError]", "all arguments and fields that "
		"are wrong" }) },
	{ "ProblemError", NULL, NULL, FIELDS(
	    { "parameter?", "text", "the argument" },
	    { "pointer?", "text", "the field (RFC 6901)" },
	    { "detail", "text" }) },
};

const struct resource resource_root = RESOURCE("api",
    "The description of the others.");
