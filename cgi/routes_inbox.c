/*
 * routes_inbox.c - the routes of webhooks and what became of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/inbox.h"

#define DELIVERY "api/v1/deliveries/{id}"

static const struct field_doc list_args[] = {
	LIMIT_ARG,
	{ "before?", "text", "the id of the last one that was seen" },
	{ "repo?", "text", "OWNER/NAME" },
	{ "state?", "received|planned|ignored|failed" },
	{ "event?", "text", "the forge's word" },
	{ 0 },
};

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/deliveries", ACCESS_OPEN, 0, api_inbox,
	    DOC("Webhooks, the newest first", .args = list_args,
	    .gives = "Deliveries") },
	{ METHOD_GET, DELIVERY, ACCESS_OPEN, 0, api_inbox_show,
	    DOC("What became of a webhook; sender, headers and body are for "
	    "who may read the repository by a token",
	    .args = FIELDS({ "body?", "flag", "with its body" }),
	    .gives = "DeliveryWhole") },
	/* Whose it is, is told by the delivery: the handler looks at roles. */
	{ METHOD_POST, DELIVERY "/replay", ACCESS_OPEN, BODY_FIELDS,
	    api_inbox_replay, DOC("Plan a webhook once more, as a writer of "
	    "its repository: one that failed itself, else a copy, whose runs "
	    "are new and say so", .status = 202, .gives = "Replayed",
	    .errors = { { 403, "the token does not reach as far" },
		{ 409, "it waits" } }) },
	{ METHOD_GET, "api/v1/refusals", ACCESS_READER, 0, api_refusals,
	    DOC("Requests that did not become a delivery, the newest first",
	    .args = FIELDS(LIMIT_ARG, BEFORE_ARG), .gives = "Refusals") },
};

static const struct schema_doc schemas[] = {
	{ "Delivery", NULL, NULL, FIELDS(
	    { "id", "text" },
	    { "owner", "text?" },
	    { "repo", "text?" },
	    { "forge", "text" },
	    { "forge_id", "text?" },
	    { "event", "text?" },
	    { "state", "received|planned|ignored|failed" },
	    { "verdict", "text?" },
	    { "attempts", "integer" },
	    { "received_at", "time?" },
	    { "settled_at", "time?" },
	    { "origin", "text?", "null: a forge sent it; replay, reconcile, "
		"..." },
	    { "replay_of", "text?" },
	    { "asked_by", "text?" },
	    { "remote_addr?", "text?" },
	    { "headers?", "object?" }) },
	{ "Deliveries", NULL, NULL, FIELDS({ "deliveries", "[Delivery]" },
	    NEXT_FIELD) },
	{ "DeliveryWhole", NULL, "Delivery", FIELDS({ "bytes", "integer" },
	    { "body?", "text?", "null when it is no text" },
	    { "runs", "[Run]" }) },
	{ "Replayed", NULL, NULL, FIELDS(
	    { "id", "text", "what is planned" }, { "replay_of", "text" },
	    { "url", "text" }) },
	{ "Refusal", NULL, NULL, FIELDS({ "id", "integer" },
	    { "at", "time" }, { "path", "text?" },
	    { "remote_addr", "text?" }, { "status", "integer" },
	    { "reason", "text?" }, { "snippet", "text?" }) },
	{ "Refusals", NULL, NULL, FIELDS({ "refusals", "[Refusal]" },
	    NEXT_FIELD) },
};

const struct resource resource_inbox = RESOURCE("inbox",
    "Webhooks and what became of them.");
