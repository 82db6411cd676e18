/*
 * dispatch.c - deliveries of Pawl's own.
 *
 * docs.github.com, "Webhook events and payloads" (workflow_dispatch,
 * repository_dispatch, push); of schedule, "Events that trigger workflows".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/forge/row.h"
#include "lib/store/deliveries.h"

/* --- payloads --------------------------------------------------------------- */

static json_t *
new_payload(const struct dispatch *d)
{
	const struct repo *r = d->repo;
	json_t *root = json_object();

	json_object_set_new(root, "repository", json_pack(
	    "{s:s, s:{s:s}, s:o, s:s, s:s}", "name", r->name,
	    "owner", "login", r->owner,
	    "full_name", json_sprintf("%s/%s", r->owner, r->name),
	    "clone_url", r->clone_url, "default_branch", r->default_branch));
	json_object_set_new(root, "sender", json_pack("{s:s}", "login",
	    d->actor));
	return root;
}

/* NULL is an empty object. */
static void
put_object(json_t *root, const char *name, json_t *object)
{
	if (object != NULL)
		json_object_set(root, name, object);
	else
		json_object_set_new(root, name, json_object());
}

/* What lies elsewhere, such as the pull requests of strangers, is not started
 * as if somebody of the repository had written it. */
static bool
may_start(const char *ref)
{
	return forge_ref_valid(ref) && (str_starts_with(ref, "refs/heads/") ||
	    str_starts_with(ref, "refs/tags/"));
}

/* The full name, to be freed; NULL with the error. */
static json_t *
full_ref(const struct repo *r, const char *ref, struct err *err)
{
	const char *name = ref != NULL ? ref : r->default_branch;
	json_t *full = strncmp(name, "refs/", 5) == 0 ? json_string(name) :
	    json_sprintf("refs/heads/%s", name);

	if (full != NULL && may_start(json_string_value(full)))
		return full;
	json_decref(full);
	err_set(err, ERR_INVALID, "\"%.200s\" is not the name of a branch, "
	    "or a ref such as refs/tags/v1", name);
	return NULL;
}

int
dispatch_ref_check(const struct repo *r, const char *ref, struct err *err)
{
	json_t *full = full_ref(r, ref, err);

	json_decref(full);
	return full != NULL ? 0 : -1;
}

/* A branch's name becomes the full one. */
static int
put_ref(json_t *root, const struct dispatch *d, const char *ref,
    struct err *err)
{
	json_t *full = full_ref(d->repo, ref, err);

	if (full != NULL)
		json_object_set_new(root, "ref", full);
	return full != NULL ? 0 : -1;
}

/* --- deliveries ------------------------------------------------------------- */

static int
store(struct store *st, const struct dispatch *d, const char *event,
    const char *body, char id[37], struct err *err)
{
	json_t *headers = json_pack("{s:s}", "by", d->by);
	char *text = json_dumps(headers, JSON_COMPACT);
	struct delivery delivery = { .repo = d->repo->id,
		.forge = FORGE_OWN, .forge_id = d->key, .event = event,
		.headers = text, .body = body, .body_len = strlen(body),
		.remote_addr = "", .state = DELIVERY_RECEIVED };
	int rc;

	rc = text == NULL ? err_set(err, ERR_INVALID,
	    "\"%.100s\" is no text in UTF-8", d->by) :
	    delivery_receive(st, &delivery, err);
	if (rc != -1)
		memcpy(id, delivery.id, sizeof(delivery.id));
	free(text);
	json_decref(headers);
	return rc;
}

/* Takes `payload` over. */
static int
send(struct store *st, const struct dispatch *d, const char *event,
    json_t *payload, char id[37], struct err *err)
{
	char *body = json_dumps(payload, JSON_COMPACT);
	json_t *read;
	int rc = -1;

	json_decref(payload);
	if (body == NULL)
		return err_set(err, ERR_INVALID, "the event is no text in "
		    "UTF-8");
	/* Within the bounds that the planner holds it to. */
	read = payload_load(body, strlen(body), err);
	if (read != NULL)
		rc = store(st, d, event, body, id, err);
	json_decref(read);
	free(body);
	return rc;
}

int
dispatch_workflow(struct store *st, const struct dispatch *d,
    const char *workflow, const char *ref, json_t *inputs, char id[37],
    struct err *err)
{
	json_t *root = new_payload(d);

	if (put_ref(root, d, ref, err) == -1) {
		json_decref(root);
		return -1;
	}
	json_object_set_new(root, "workflow", json_string(workflow));
	put_object(root, "inputs", inputs);
	return send(st, d, "workflow_dispatch", root, id, err);
}

int
dispatch_repository(struct store *st, const struct dispatch *d,
    const char *type, json_t *payload, char id[37], struct err *err)
{
	json_t *root;

	if (strlen(type) == 0 || strlen(type) > DISPATCH_MAX_TYPE)
		return err_set(err, ERR_INVALID, "the event's type has 1 to "
		    "%d bytes", DISPATCH_MAX_TYPE);
	root = new_payload(d);
	json_object_set_new(root, "action", json_string(type));
	json_object_set_new(root, "branch",
	    json_string(d->repo->default_branch));
	put_object(root, "client_payload", payload);
	return send(st, d, "repository_dispatch", root, id, err);
}

int
dispatch_schedule(struct store *st, const struct dispatch *d,
    const char *workflow, const char *cron, const char *timezone,
    char id[37], struct err *err)
{
	json_t *root = new_payload(d);

	json_object_set_new(root, "schedule", json_string(cron));
	json_object_set_new(root, "timezone", json_string(timezone));
	json_object_set_new(root, "workflow", json_string(workflow));
	return send(st, d, "schedule", root, id, err);
}

int
dispatch_push(struct store *st, const struct dispatch *d, const char *ref,
    const char *before, const char *sha, char id[37], struct err *err)
{
	json_t *root = new_payload(d);

	if (put_ref(root, d, ref, err) == -1) {
		json_decref(root);
		return -1;
	}
	if (before != NULL)
		json_object_set_new(root, "before", json_string(before));
	json_object_set_new(root, "after", json_string(sha));
	return send(st, d, "push", root, id, err);
}
