/*
 * routes_queue.c - the routes of the queue.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/queue.h"
#include "lib/store/queue_hold.h"

#define OWNER "api/v1/owners/{owner}"

static const struct field_doc pause_fields[] = {
	{ "reason?", "text" },
	{ 0 },
};

static const struct field_doc limit_fields[] = {
	{ "limit", "integer?", "how many jobs run at once; null: as the "
	    "configuration says", 0, QUEUE_MAX_LIMIT },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/queue", ACCESS_OPEN, 0, api_queue,
	    DOC("Jobs that wait, in the order in which they will start if "
	    "nobody ends meanwhile", .args = FIELDS(LIMIT_ARG,
		{ "skip?", "integer", "how many to leave out", 0,
		    INT32_MAX }), .gives = "Queue") },
	{ METHOD_GET, "api/v1/queue/stats", ACCESS_OPEN, 0, api_queue_stats,
	    DOC("Who has what of the host", .gives = "QueueStats") },
	{ METHOD_POST, "api/v1/queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_pause, DOC("No more jobs start",
	    .fields = pause_fields, .gives = "QueueStats") },
	{ METHOD_POST, "api/v1/queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_resume, DOC("They do again", .gives = "QueueStats") },
	{ METHOD_POST, "api/v1/queue/drain", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_drain, DOC("No more jobs start on this host",
	    .fields = pause_fields, .gives = "QueueStats") },
	{ METHOD_POST, "api/v1/queue/undrain", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_undrain, DOC("They do again", .gives = "QueueStats") },
	{ METHOD_POST, REPO "/queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_pause, DOC("No more jobs of a repository start",
	    .fields = pause_fields, .gives = "QueueStats") },
	{ METHOD_POST, REPO "/queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_resume, DOC("They do again", .gives = "QueueStats") },
	{ METHOD_POST, OWNER "/queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_pause, DOC("No more jobs of an owner start",
	    .fields = pause_fields, .gives = "QueueStats") },
	{ METHOD_POST, OWNER "/queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_resume, DOC("They do again", .gives = "QueueStats") },
	{ METHOD_PUT, REPO "/queue/limit", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_limit, DOC("How many jobs of a repository run at once; "
	    "for admins of everything", .fields = limit_fields,
	    .gives = "QueueStats") },
	{ METHOD_PUT, OWNER "/queue/limit", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_limit, DOC("The same of an owner",
	    .fields = limit_fields, .gives = "QueueStats") },
	{ METHOD_PUT, "api/v1/queue/labels/{label}/limit", ACCESS_ADMIN,
	    BODY_FIELDS, api_queue_limit, DOC("The same of jobs that ask for "
	    "a label", .fields = limit_fields, .gives = "QueueStats") },
};

static const struct field_doc entry_fields[] = {
	{ "place", "integer?", "from 1; null: it is held back" },
	{ "job", "integer" },
	{ "run", "integer" },
	{ "owner", "text" },
	{ "name", "text" },
	{ "number", "integer", "of the run" },
	{ "key", "text" },
	{ "title", "text?" },
	{ "priority", "integer" },
	{ "attempt", "integer" },
	{ "labels", "[text]" },
	{ "queued_at", "time?" },
	{ "not_before", "time?" },
	{ "held", "text?", "later, owner-paused, repo-paused, owner-limit, "
	    "repo-limit, label-limit, drain, pause" },
	{ "reason", "text?" },
	{ "url", "text" },
	{ 0 },
};

#define SHARE_FIELDS \
	{ "name", "text" }, { "ready", "integer" }, \
	{ "running", "integer" }, { "used_seconds", "number" }, \
	{ "limit", "integer?" }, { "paused", "Pause?" }

static const struct schema_doc schemas[] = {
	{ "QueueEntry", NULL, NULL, entry_fields },
	{ "Queue", NULL, NULL, FIELDS({ "jobs", "[QueueEntry]" },
	    NEXT_FIELD) },
	{ "Pause", NULL, NULL, FIELDS({ "at", "time" }, { "by", "text?" },
	    { "reason", "text?" }) },
	{ "RepoShare", NULL, NULL, FIELDS(SHARE_FIELDS) },
	{ "OwnerShare", NULL, "RepoShare",
	    FIELDS({ "repositories", "[RepoShare]" }) },
	{ "QueueStats", NULL, NULL, FIELDS(
	    { "pending", "integer" },
	    { "running", "integer" },
	    { "slots", "integer" },
	    { "drained", "Pause?" },
	    { "paused", "Pause?" },
	    { "owners", "[OwnerShare]" },
	    { "labels", "[LabelShare]" }) },
	{ "LabelShare", NULL, NULL, FIELDS({ "name", "text" },
	    { "running", "integer" }, { "limit", "integer" }) },
};

const struct resource resource_queue = RESOURCE("queue",
    "Jobs that wait for their turn.");
