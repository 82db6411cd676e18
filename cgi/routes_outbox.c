/*
 * routes_outbox.c - the routes of what waits to be sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/outbox.h"

#define MESSAGE "api/v1/outbox/{id}"

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/outbox", ACCESS_ADMIN, 0, api_outbox,
	    DOC("Messages that wait or were given up, the newest first, and "
	    "hosts that are left alone", .args = FIELDS(
		{ "state?", "queued|failed" }, BEFORE_ARG),
	    .gives = "Outbox") },
	{ METHOD_GET, "api/v1/outbox/tries", ACCESS_ADMIN, 0,
	    api_outbox_tries, DOC("The last tries to send",
	    .args = FIELDS(BEFORE_ARG), .gives = "[OutboxTry]") },
	{ METHOD_GET, MESSAGE, ACCESS_ADMIN, 0, api_outbox_show,
	    DOC("A message and the last tries to send it",
	    .gives = "MessageWhole") },
	{ METHOD_POST, "api/v1/outbox/replay", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_replay, DOC("Send all dead letters after all",
	    .gives = "MessagesDone") },
	{ METHOD_POST, "api/v1/outbox/discard", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_discard, DOC("Remove all dead letters",
	    .gives = "MessagesDone") },
	{ METHOD_POST, MESSAGE "/replay", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_replay, DOC("Send a dead letter after all",
	    .gives = "MessagesDone",
	    .errors = { { 409, "it was not given up" } }) },
	{ METHOD_POST, MESSAGE "/discard", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_discard, DOC("Remove a dead letter",
	    .gives = "MessagesDone",
	    .errors = { { 409, "it was not given up" } }) },
};

static const struct schema_doc schemas[] = {
	{ "Message", NULL, NULL, FIELDS(
	    { "id", "integer" },
	    { "kind", "text" },
	    { "topic", "text?" },
	    { "state", "text" },
	    { "run_id", "integer?" },
	    { "rule", "integer?" },
	    { "host", "text?" },
	    { "attempts", "integer" },
	    { "error", "text?" },
	    { "created_at", "time?" },
	    { "due_at", "time?" }) },
	{ "OutboxHost", NULL, NULL, FIELDS({ "host", "text" },
	    { "failures", "integer" }, { "until", "time?" },
	    { "error", "text?" }) },
	{ "Outbox", NULL, NULL, FIELDS({ "messages", "[Message]" },
	    { "hosts", "[OutboxHost]" }) },
	{ "OutboxTry", NULL, NULL, FIELDS(
	    { "message", "integer" },
	    { "kind", "text" },
	    { "topic", "text?" },
	    { "host", "text?" },
	    { "result", "sent|later|failed" },
	    { "status", "integer?" },
	    { "error", "text?" },
	    { "took_ms", "integer" },
	    { "at", "time?" }) },
	{ "MessageWhole", NULL, NULL, FIELDS(
	    { "message", "Message?", "null: it was sent, replaced or removed" },
	    { "tries", "[OutboxTry]" }) },
	{ "MessagesDone", NULL, NULL, FIELDS({ "messages", "integer" }) },
};

const struct resource resource_outbox = RESOURCE("outbox",
    "Messages to others.");
