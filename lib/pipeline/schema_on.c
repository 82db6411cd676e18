/*
 * schema_on.c - what may stand under `on`: events, their activities and
 * filters, inputs. Facts: GitHub's "Events that trigger workflows".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/schema.h"

#define DONE SCHEMA_DONE
#define LATER SCHEMA_LATER
#define END { .name = NULL }

/* Activities of an event: one of the words, or a list of them. */
#define ACTIVITIES(id, ...) \
	static const char *const id##_words[] = { __VA_ARGS__, NULL }; \
	static const struct schema_type id##_activity = { \
		.name = "activity", .words = id##_words }; \
	static const struct schema_type id##_types = { \
		.name = "activities", .words = id##_words, \
		.item = &id##_activity }

/* An event whose map has these rows. */
#define EVENT(id, ...) \
	static const struct schema_key id##_keys[] = { __VA_ARGS__, END }; \
	static const struct schema_map id##_map = { "on." #id, id##_keys, \
		NULL, NULL }; \
	static const struct schema_map *const id##_maps[] = { &id##_map, \
		NULL }; \
	static const struct schema_type event_##id = { .name = #id, \
		.scalars = SCALAR_NULL, .maps = id##_maps }

#define TYPES_DOC "activity types that start it"
#define TYPES(id) \
	{ "types", &id##_types, 0, DONE, TYPES_DOC, NULL }

/* An event that has activities and nothing else. */
#define ACTIVITY_EVENT(id, ...) \
	ACTIVITIES(id, __VA_ARGS__); \
	EVENT(id, TYPES(id))

#define BRANCHES \
	{ "branches", &type_texts, 0, DONE, \
	    "patterns of branches that start it; \"!\" in front takes " \
	    "out again", NULL, "all" }, \
	{ "branches-ignore", &type_texts, 0, DONE, \
	    "patterns of branches that do not start it; not together with " \
	    "\"branches\"", NULL }

#define PATHS \
	{ "paths", &type_texts, 0, DONE, \
	    "patterns of changed files: one that matches starts it; " \
	    "\"!\" in front takes out again", NULL, "all" }, \
	{ "paths-ignore", &type_texts, 0, DONE, \
	    "patterns of changed files that do not count; not together " \
	    "with \"paths\"", NULL }

#define PULL_REQUEST_WORDS \
	"assigned", "unassigned", "labeled", "unlabeled", "opened", \
	"edited", "closed", "reopened", "synchronize", \
	"converted_to_draft", "locked", "unlocked", "enqueued", "dequeued", \
	"milestoned", "demilestoned", "ready_for_review", \
	"review_requested", "review_request_removed", \
	"auto_merge_enabled", "auto_merge_disabled", "stacked"

static const struct schema_type event_plain = { .name = "event",
	.scalars = SCALAR_NULL };

ACTIVITY_EVENT(branch_protection_rule, "created", "edited", "deleted");
ACTIVITY_EVENT(check_run, "completed", "created", "rerequested",
    "requested_action");
ACTIVITY_EVENT(check_suite, "completed");
ACTIVITY_EVENT(discussion, "created", "edited", "deleted", "transferred",
    "pinned", "unpinned", "labeled", "unlabeled", "locked", "unlocked",
    "category_changed", "answered", "unanswered");
ACTIVITY_EVENT(discussion_comment, "created", "edited", "deleted");
ACTIVITY_EVENT(issue_comment, "created", "edited", "deleted");
ACTIVITY_EVENT(issues, "opened", "edited", "deleted", "transferred",
    "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned",
    "labeled", "unlabeled", "locked", "unlocked", "milestoned",
    "demilestoned", "field_added", "field_removed", "typed", "untyped");
ACTIVITY_EVENT(label, "created", "edited", "deleted");
ACTIVITY_EVENT(milestone, "created", "closed", "opened", "edited",
    "deleted");
ACTIVITY_EVENT(project, "created", "closed", "reopened", "edited",
    "deleted");
ACTIVITY_EVENT(project_card, "created", "moved", "converted", "edited",
    "deleted");
ACTIVITY_EVENT(project_column, "created", "updated", "moved", "deleted");
ACTIVITY_EVENT(pull_request_review, "submitted", "edited", "dismissed");
ACTIVITY_EVENT(pull_request_review_comment, "created", "edited",
    "deleted");
ACTIVITY_EVENT(registry_package, "published", "updated");
ACTIVITY_EVENT(release, "published", "unpublished", "created", "edited",
    "deleted", "prereleased", "released");
ACTIVITY_EVENT(watch, "started");

ACTIVITIES(image_version, "created", "ready", "deleted");
EVENT(image_version, TYPES(image_version),
    { "names", &type_texts, 0, LATER, "patterns of image names",
	"remove it" },
    { "versions", &type_texts, 0, LATER, "patterns of image versions",
	"remove it" });

ACTIVITIES(merge_group, "checks_requested");
EVENT(merge_group, TYPES(merge_group), BRANCHES);

ACTIVITIES(pull_request, PULL_REQUEST_WORDS);
EVENT(pull_request, TYPES(pull_request), BRANCHES, PATHS);
EVENT(pull_request_target, TYPES(pull_request), BRANCHES, PATHS);

EVENT(push, BRANCHES,
    { "tags", &type_texts, 0, DONE,
	"patterns of tags that start it; \"!\" in front takes out again",
	NULL, "all" },
    { "tags-ignore", &type_texts, 0, DONE,
	"patterns of tags that do not start it; not together with \"tags\"",
	NULL },
    PATHS);

EVENT(repository_dispatch,
    { "types", &type_text_list, 0, DONE, "event types that start it, as "
	"who sends the event names them", NULL, "all" });

ACTIVITIES(workflow_run, "requested", "completed", "in_progress");
EVENT(workflow_run, TYPES(workflow_run),
    { "workflows", &type_texts, 0, DONE, "names of the other workflows; "
	"at least one", NULL },
    BRANCHES);

/* --- schedule ----------------------------------------------------------- */

static const struct schema_key schedule_keys[] = {
	{ "cron", &type_text, KEY_REQUIRED, DONE,
	    "when: minute, hour, day of month, month, day of week, such as "
	    "\"30 4 * * 1-5\"", NULL },
	{ "timezone", &type_text, 0, DONE,
	    "zone of the times, such as \"Europe/Berlin\"", NULL,
	    "UTC" },
	END,
};
static const struct schema_map schedule_map = { "on.schedule",
	schedule_keys, NULL, NULL };
static const struct schema_map *const schedule_maps[] = { &schedule_map,
	NULL };
static const struct schema_type type_cron = { .name = "schedule",
	.maps = schedule_maps };
static const struct schema_type event_schedule = { .name = "schedules",
	.item = &type_cron };

/* --- inputs, secrets and outputs ---------------------------------------- */

static const char *const dispatch_input_words[] = { "string", "boolean",
	"number", "environment", "choice", NULL };
static const struct schema_type type_dispatch_input_type = {
	.name = "input type", .words = dispatch_input_words };
static const struct schema_type type_dispatch_default = { .name = "default",
	.scalars = SCALAR_STRING | SCALAR_BOOL | SCALAR_NUMBER };

static const struct schema_key dispatch_input_keys[] = {
	{ "description", &type_string, 0, DONE, "for who starts it", NULL },
	{ "type", &type_dispatch_input_type, 0, DONE,
	    "what it may be; the value in \"inputs\" has that type", NULL,
	    "string" },
	{ "required", &type_boolean, 0, DONE,
	    "it must be given when it has no default", NULL, "false" },
	{ "default", &type_dispatch_default, 0, DONE,
	    "value when none is given", NULL,
	    "false, 0, the first option, or empty" },
	{ "options", &type_strings, 0, DONE, "what a \"choice\" may be",
	    NULL },
	/* In GitHub's examples, without a meaning. */
	{ "deprecationMessage", &type_string, KEY_OURS, DONE,
	    "shown to who uses it", NULL },
	END,
};
static const struct schema_map dispatch_input_map = {
	"on.workflow_dispatch.inputs", dispatch_input_keys, NULL, NULL };
static const struct schema_map *const dispatch_input_maps[] = {
	&dispatch_input_map, NULL };
static const struct schema_type type_dispatch_input = { .name = "input",
	.scalars = SCALAR_NULL, .maps = dispatch_input_maps };

static const struct schema_map dispatch_inputs_map = { "inputs", NULL,
	&type_text, &type_dispatch_input };
static const struct schema_map *const dispatch_inputs_maps[] = {
	&dispatch_inputs_map, NULL };
static const struct schema_type type_dispatch_inputs = { .name = "inputs",
	.scalars = SCALAR_NULL, .maps = dispatch_inputs_maps };

EVENT(workflow_dispatch,
    { "inputs", &type_dispatch_inputs, 0, DONE,
	"values to ask for, by name", NULL });

static const char *const call_input_words[] = { "string", "boolean",
	"number", NULL };
static const struct schema_type type_call_input_type = {
	.name = "input type", .words = call_input_words };
static const struct schema_type type_call_default = { .name = "default",
	.scalars = SCALAR_STRING | SCALAR_BOOL | SCALAR_NUMBER,
	.contexts = CONTEXTS_RUN };

static const struct schema_key call_input_keys[] = {
	{ "description", &type_string, 0, DONE, "for who calls it", NULL },
	{ "type", &type_call_input_type, KEY_REQUIRED, DONE,
	    "what it may be; the value in \"inputs\" has that type", NULL },
	{ "required", &type_boolean, 0, DONE, "who calls must give it", NULL,
	    "false" },
	{ "default", &type_call_default, 0, DONE,
	    "value when none is given", NULL, "false, 0 or empty" },
	{ "deprecationMessage", &type_string, KEY_OURS, DONE,
	    "shown to who uses it", NULL },
	END,
};
static const struct schema_map call_input_map = {
	"on.workflow_call.inputs", call_input_keys, NULL, NULL };
static const struct schema_map *const call_input_maps[] = {
	&call_input_map, NULL };
static const struct schema_type type_call_input = { .name = "input",
	.maps = call_input_maps };
static const struct schema_map call_inputs_map = { "inputs", NULL,
	&type_text, &type_call_input };
static const struct schema_map *const call_inputs_maps[] = {
	&call_inputs_map, NULL };
static const struct schema_type type_call_inputs = { .name = "inputs",
	.scalars = SCALAR_NULL, .maps = call_inputs_maps };

static const struct schema_key call_secret_keys[] = {
	{ "description", &type_string, 0, DONE, "for who calls it", NULL },
	{ "required", &type_boolean, 0, DONE, "who calls must give it", NULL,
	    "false" },
	END,
};
static const struct schema_map call_secret_map = {
	"on.workflow_call.secrets", call_secret_keys, NULL, NULL };
static const struct schema_map *const call_secret_maps[] = {
	&call_secret_map, NULL };
static const struct schema_type type_call_secret = { .name = "secret",
	.scalars = SCALAR_NULL, .maps = call_secret_maps };
static const struct schema_map call_secrets_map = { "secrets", NULL,
	&type_text, &type_call_secret };
static const struct schema_map *const call_secrets_maps[] = {
	&call_secrets_map, NULL };
static const struct schema_type type_call_secrets = { .name = "secrets",
	.scalars = SCALAR_NULL, .maps = call_secrets_maps };

static const struct schema_type type_call_output_value = {
	.name = "output value", .scalars = SCALAR_STRING,
	.contexts = CONTEXTS_RUN | CONTEXT_JOBS };
static const struct schema_key call_output_keys[] = {
	{ "description", &type_string, 0, DONE, "for who calls it", NULL },
	{ "value", &type_call_output_value, KEY_REQUIRED, DONE,
	    "its value, such as \"${{ jobs.build.outputs.version }}\"",
	    NULL },
	END,
};
static const struct schema_map call_output_map = {
	"on.workflow_call.outputs", call_output_keys, NULL, NULL };
static const struct schema_map *const call_output_maps[] = {
	&call_output_map, NULL };
static const struct schema_type type_call_output = { .name = "output",
	.maps = call_output_maps };
static const struct schema_map call_outputs_map = { "outputs", NULL,
	&type_text, &type_call_output };
static const struct schema_map *const call_outputs_maps[] = {
	&call_outputs_map, NULL };
static const struct schema_type type_call_outputs = { .name = "outputs",
	.scalars = SCALAR_NULL, .maps = call_outputs_maps };

EVENT(workflow_call,
    { "inputs", &type_call_inputs, 0, DONE, "values it takes, by name", NULL },
    { "secrets", &type_call_secrets, 0, DONE, "secrets it takes, by name",
	NULL },
    { "outputs", &type_call_outputs, 0, DONE, "values it gives, by name",
	NULL });

/* --- on ----------------------------------------------------------------- */

#define ROW(id, doc) { #id, &event_##id, 0, DONE, doc, NULL }
#define PLAIN(id, doc) { #id, &event_plain, 0, DONE, doc, NULL }

static const struct schema_key on_keys[] = {
	ROW(push, "commits or a tag are pushed"),
	ROW(pull_request, "a pull request is opened or changes"),
	ROW(pull_request_target, "the same, with the workflow of the branch "
	    "that it goes into, and with secrets"),
	ROW(workflow_dispatch, "somebody starts it"),
	ROW(workflow_call, "another workflow calls it"),
	ROW(schedule, "a time comes"),
	ROW(release, "a release is made or changes"),
	PLAIN(create, "a branch or tag is made"),
	PLAIN(delete, "a branch or tag is deleted"),
	ROW(issue_comment, "somebody comments on an issue or pull request"),
	ROW(repository_dispatch, "a program sends an event of its own"),
	ROW(workflow_run, "another workflow begins or ends"),
	ROW(merge_group, "a merge queue asks for checks"),
	ROW(branch_protection_rule, "a protection rule changes"),
	ROW(check_run, "a check begins or ends"),
	ROW(check_suite, "a suite of checks ends"),
	PLAIN(deployment, "a deployment is asked for"),
	PLAIN(deployment_status, "a deployment's state changes"),
	ROW(discussion, "a discussion begins or changes"),
	ROW(discussion_comment, "somebody comments in a discussion"),
	PLAIN(fork, "the repository is forked"),
	PLAIN(gollum, "a page of the wiki changes"),
	ROW(image_version, "a version of a runner image appears"),
	ROW(issues, "an issue is opened or changes"),
	ROW(label, "a label is made or changes"),
	ROW(milestone, "a milestone is made or changes"),
	PLAIN(page_build, "a site of pages is built"),
	ROW(project, "a project board is made or changes"),
	ROW(project_card, "a card of a board is made or moves"),
	ROW(project_column, "a column of a board is made or moves"),
	PLAIN(public, "the repository becomes public"),
	{ "pull_request_comment", &event_issue_comment, 0, DONE,
	    "nothing sends it: write \"issue_comment\"", NULL },
	ROW(pull_request_review, "a review is given or changes"),
	ROW(pull_request_review_comment, "somebody comments in a review"),
	ROW(registry_package, "a package is published or changes"),
	PLAIN(status, "the status of a commit changes"),
	ROW(watch, "somebody stars the repository"),
	END,
};

const struct schema_map map_on = { "on", on_keys, NULL, NULL };
static const struct schema_map *const on_maps[] = { &map_on, NULL };

static const struct schema_type type_event_name = { .name = "event",
	.names = &map_on };
const struct schema_type type_on = { .name = "on", .names = &map_on,
	.item = &type_event_name, .maps = on_maps };

const struct schema_map *const schema_on_maps[] = {
	&map_on, &push_map, &pull_request_map, &pull_request_target_map,
	&schedule_map, &workflow_dispatch_map, &dispatch_input_map,
	&workflow_call_map, &call_input_map, &call_secret_map,
	&call_output_map, &workflow_run_map, &repository_dispatch_map,
	&merge_group_map, &image_version_map, NULL
};
