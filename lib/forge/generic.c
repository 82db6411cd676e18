/*
 * generic.c - our own format, for everything that is no forge: what GitHub
 * sends, with the event in it, and all left out that the address says or git
 * knows. doc/webhooks.md.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/forge/row.h"

/* "owner/name" stands for a repository. */
static void
complete_repo(struct reading *r, json_t *o)
{
	const json_t *repo = json_object_get(r->root, "repository");
	const char *name = json_string_value(repo);
	struct shape_repo s = { .is_private = -1, .full_name = name };

	if (name == NULL && json_is_object(repo))
		return;
	if (name == NULL && r->known != NULL)
		s.full_name = arena_printf(r->a, "%s/%s", r->known->owner,
		    r->known->name);
	if (r->known != NULL) {
		s.clone_url = r->known->clone_url;
		s.default_branch = r->known->default_branch;
	}
	if (s.full_name != NULL)
		json_object_set_new(o, "repository", shape_repo(&s));
}

/* A name stands for who it is. */
static void
complete_sender(struct reading *r, json_t *o)
{
	const char *name = payload_text(r->root, "sender", NULL);

	if (name != NULL)
		json_object_set_new(o, "sender", shape_user(NULL, name, NULL,
		    NULL));
}

/* `message` stands for the head commit. */
static void
complete_commit(struct reading *r, json_t *o)
{
	const char *message = payload_text(r->root, "message", NULL);

	if (message == NULL || json_object_get(o, "head_commit") != NULL)
		return;
	json_object_set_new(o, "head_commit", json_pack("{s:O?, s:s}", "id",
	    json_object_get(r->root, "after"), "message", message));
}

int
generic_read(struct reading *r, struct err *err)
{
	const char *event = payload_text(r->root, "event", NULL);
	json_t *o;

	if (event == NULL || strlen(event) > FORGE_MAX_NAME ||
	    name_has_control(event))
		return err_set(err, ERR_INVALID, "payload has no \"event\", "
		    "such as \"push\"");
	r->event = r->out->event = arena_strdup(r->a, event);
	o = json_copy(r->root);
	complete_repo(r, o);
	complete_sender(r, o);
	r->repository = shape_same(json_object_get(o, "repository"));
	if (forge_event_kind(event) == FORGE_PUSH ||
	    forge_event_kind(event) == FORGE_EVENT) {
		complete_commit(r, o);
		reading_add(r, event, NULL, o);
		return 0;
	}
	json_decref(o);
	return github_read(r, err);
}
