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
	{ METHOD_DELETE, RUN "/artifacts/{artifact}", ACCESS_WRITER,
	    BODY_FIELDS, api_artifact_remove, DOC("Let the files of an "
	    "artifact go, by its id", .gives = "RemovedFiles") },
	{ METHOD_GET, REPO "/caches", ACCESS_OPEN, 0, api_caches,
	    DOC("What jobs have saved for later ones, those used last first",
	    .args = FIELDS(LIMIT_ARG, { "skip?", "integer", "how many to "
		"leave out", 0, INT32_MAX }), .gives = "Caches") },
	{ METHOD_DELETE, REPO "/caches/{cache}", ACCESS_WRITER, BODY_FIELDS,
	    api_cache_remove, DOC("Forget a cache, by its id",
	    .gives = "RemovedFiles") },
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
	{ "RemovedFiles", NULL, NULL, FIELDS({ "removed", "integer" }) },
	{ "Cache", NULL, NULL, FIELDS(
	    { "id", "integer" },
	    { "key", "text" },
	    { "ref", "text", "that saved it" },
	    { "version", "text", "which paths it has" },
	    { "digest", "text?" },
	    { "size_bytes", "integer" },
	    { "created_at", "time" },
	    { "used_at", "time?" }) },
	{ "Caches", NULL, NULL, FIELDS({ "caches", "[Cache]" },
	    NEXT_FIELD) },
	{ "Artifacts", NULL, NULL, FIELDS({ "artifacts", "[Artifact]" }) },
};

const struct resource resource_artifacts = RESOURCE("artifacts",
    "Files that runs have kept, and caches.");
