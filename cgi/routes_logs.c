/*
 * routes_logs.c - the routes of what stands in logs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/logs_api.h"

#define WHICH_ARGS \
	{ "attempt?", "integer", "of the job; else its newest", 1, \
	    INT32_MAX }, \
	{ "service?", "text", "the log of this service of the job", 1, 200 }
#define RANGE_ARGS \
	{ "from?", "integer", "the first byte; else 0", 0, INT64_MAX / 2 }, \
	{ "line?", "integer", "instead: the line to begin at", 1, \
	    INT64_MAX / 2 }, \
	{ "to?", "integer", "the byte to end in front of", 0, INT64_MAX / 2 }

#define LOG_ROUTES(run) \
	{ METHOD_GET, run "/jobs/{job}/logs/text", ACCESS_OPEN, 0, \
	    api_log_text, DOC("Bytes of a job's log, 1 MiB at most", \
	    "As printed, secrets masked. The whole log is a plain file, " \
	    "log_url of the job, which takes Range while it is not " \
	    "compressed; this answers always.", \
	    .args = FIELDS(WHICH_ARGS, RANGE_ARGS), \
	    .media = "text/plain") }, \
	{ METHOD_GET, run "/jobs/{job}/logs/lines", ACCESS_OPEN, 0, \
	    api_log_lines, DOC("Where its lines begin: JOB.lines", \
	    .args = FIELDS(WHICH_ARGS), \
	    .media = "application/octet-stream") }, \
	{ METHOD_GET, run "/jobs/{job}/logs/marks", ACCESS_OPEN, 0, \
	    api_log_marks, DOC("What stands where in it: which lines are " \
	    "of which step, groups, annotations; 4,000 of each at most", \
	    .args = FIELDS(WHICH_ARGS), .gives = "LogMarks") }, \
	{ METHOD_GET, run "/jobs/{job}/logs/times", ACCESS_OPEN, 0, \
	    api_log_times, DOC("When a part of it was printed, and on which " \
	    "stream; 4,096 pieces at most", \
	    .args = FIELDS(WHICH_ARGS, RANGE_ARGS), .gives = "LogTimes") }, \
	{ METHOD_GET, run "/jobs/{job}/logs/search", ACCESS_OPEN, 0, \
	    api_log_search, DOC("Lines of it that contain a text", \
	    "What colours a text is no part of it. One answer looks through " \
	    "128 MiB; next is the byte to go on at.", \
	    .args = FIELDS({ "q", "text", NULL, 1, 200 }, \
	    { "exact?", "text", "capital letters count" }, \
	    { "limit?", "integer", "how many lines", 1, 1000 }, \
	    WHICH_ARGS, RANGE_ARGS), .gives = "LogFound") }

#define SEARCH_TEXT "One answer looks through 256 MiB, for a second and a " \
	"half at most; it says how far that was, and next is where to go on."
#define SEARCH_ARGS \
	{ "q", "text", NULL, 1, 200 }, \
	{ "exact?", "text", "capital letters count" }, \
	{ "branch?", "text", "or the tag's name" }, \
	{ "workflow?", "text", "its name or its file" }, \
	{ "status?", "pending|running|succeeded|failed|cancelled|skipped", \
	    "of the run" }, \
	{ "since?", "time", "made then or later" }, \
	{ "until?", "time", "made then or before" }, \
	{ "job?", "text", "its key or title" }, \
	{ "step?", "text", "its number or title" }, \
	{ "after?", "text", "the next of the answer before" }

static const struct route routes[] = {
	LOG_ROUTES(RUN),
	LOG_ROUTES(ATTEMPT),
	{ METHOD_GET, "api/v1/logs/search", ACCESS_OPEN, 0, api_logs_search,
	    DOC("Lines that contain a text, in the logs of the newest "
	    "attempts of many runs, the newest first", SEARCH_TEXT,
	    .args = FIELDS({ "repo?", "text", "OWNER/NAME", 1, 400 },
	    SEARCH_ARGS), .gives = "LogsFound") },
	{ METHOD_GET, REPO "/logs/search", ACCESS_OPEN, 0, api_logs_search,
	    DOC("The same of one repository", SEARCH_TEXT,
	    .args = FIELDS(SEARCH_ARGS), .gives = "LogsFound") },
};

static const struct schema_doc schemas[] = {
	{ "LogMarks", NULL, NULL, FIELDS(
	    { "size", "integer", "bytes of the log" },
	    { "lines", "integer" },
	    { "began_at", "time?" },
	    { "spans", "[LogSpan]" },
	    { "groups", "[LogGroup]" },
	    { "annotations", "[LogNote]" },
	    { "more", "flag", "there are more than are listed" }) },
	{ "LogSpan", "Lines from this one to the next span's are of a step.",
	    NULL, FIELDS({ "line", "integer" }, { "offset", "integer" },
	    { "step", "integer", "0: the job as a whole" }) },
	{ "LogGroup", NULL, NULL, FIELDS({ "from", "integer", "its first "
	    "line" }, { "to", "integer?", "the line behind it; null: it goes "
	    "on" }, { "step", "integer" },
	    { "level", "integer", "groups around it" },
	    { "title", "text?" }) },
	{ "LogNote", NULL, NULL, FIELDS({ "line", "integer" },
	    { "step", "integer" }, { "level", "text?" },
	    { "title", "text?" }, { "file", "text?" },
	    { "file_line", "text?" }, { "message", "text?" }) },
	{ "LogTimes", NULL, NULL, FIELDS({ "pieces", "[any]", "each is "
	    "[offset, milliseconds since 1970, step, stream], up to the next "
	    "one's offset" }, { "next", "integer?", "the byte to go on at; "
	    "null: this is all" }) },
	{ "LogHit", NULL, NULL, FIELDS({ "line", "integer" },
	    { "text", "text?", "the line, or 300 bytes of it" }) },
	{ "LogsHit", NULL, NULL, FIELDS({ "owner", "text" },
	    { "name", "text" }, { "run", "integer" },
	    { "attempt", "integer" }, { "branch", "text?" },
	    { "created_at", "time?" }, { "job", "text" },
	    { "state", "text", "of the job" }, { "line", "integer" },
	    { "text", "text?", "the line, or 300 bytes of it" },
	    { "url", "text" }) },
	{ "LogsFound", NULL, NULL, FIELDS({ "hits", "[LogsHit]" },
	    { "next", "text?", "where to go on; null: all was looked "
	    "through" }, { "runs", "integer", "that were looked through" },
	    { "logs", "integer" }, { "bytes", "integer" },
	    { "since", "time?", "when the last of these runs was made" }) },
	{ "LogFound", NULL, NULL, FIELDS({ "hits", "[LogHit]" },
	    { "next", "integer?", "the byte to go on at; null: all was "
	    "looked through" }, { "size", "integer", "bytes of the log" }) },
};

const struct resource resource_logs = RESOURCE("logs",
    "What stands in the logs of jobs.");
