/*
 * routes_artifacts.c - the routes of what runs have kept.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/artifacts.h"

static const struct route routes[] = {
	{ METHOD_GET, RUN "/artifacts", ACCESS_OPEN, 0, artifacts_list,
	    DOC("Artifacts of the newest attempt", .gives = "Artifacts") },
	{ METHOD_GET, ATTEMPT "/artifacts", ACCESS_OPEN, 0, artifacts_list,
	    DOC("Those of one attempt", .gives = "Artifacts") },
	{ METHOD_GET, "artifacts/{owner}/{repo}/{run}/{zip}", ACCESS_OPEN, 0,
	    artifacts_zip, DOC("An artifact, `NAME.zip`, as one archive; of "
	    "attempt 2 of a run below `N.2`; made while it is sent, up to "
	    "4 GiB", .media = "application/zip") },
};

static const struct schema_doc schemas[] = {
	{ "Artifact", "Addresses are null when the files have gone.", NULL,
	    FIELDS(
	    { "id", "integer" },
	    { "name", "text" },
	    { "job", "text?" },
	    { "run_attempt", "integer" },
	    { "attempt", "integer", "of the job" },
	    { "files", "integer" },
	    { "size_bytes", "integer" },
	    { "digest", "text?" },
	    { "url", "text?" },
	    { "zip_url", "text?" },
	    { "manifest_url", "text?" },
	    { "created_at", "time?" },
	    { "expires_at", "time?" },
	    { "removed_at", "time?" }) },
	{ "Artifacts", NULL, NULL, FIELDS({ "artifacts", "[Artifact]" }) },
};

const struct resource resource_artifacts = RESOURCE("artifacts",
    "Files that runs have kept.");
