/*
 * reading.c - from a body to the list of what happened.
 *
 * Each forge makes of its payload what GitHub would have sent; what that says
 * is then read in one place for all of them (change.c).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/row.h"

#include <string.h>

void
reading_add(struct reading *r, const char *event, const char *action,
    json_t *payload)
{
	json_t *entry = json_object();

	if (payload != r->root)
		json_object_set(payload, "raw", r->root);
	json_object_set_new(entry, "event", json_string(event));
	if (action != NULL)
		json_object_set_new(entry, "action", json_string(action));
	json_object_set_new(entry, "payload", payload);
	json_array_append_new(r->list, entry);
}

void
reading_add_derived(struct reading *r, const char *event, const char *action,
    json_t *payload)
{
	reading_add(r, event, action, payload);
	json_object_set_new(json_array_get(r->list,
	    json_array_size(r->list) - 1), "derived", json_true());
}

int
reading_ignore(struct reading *r, enum forge_event kind, const char *why)
{
	r->out->kind = kind;
	r->out->why = why;
	return 0;
}

/* How many are looked at: a change is not parted from what follows of it. */
static size_t
count_changes(struct reading *r, size_t *left)
{
	size_t n = json_array_size(r->list), heads = 0, i;

	for (i = 0; i < n; i++)
		if (json_object_get(json_array_get(r->list, i), "derived") ==
		    NULL && ++heads > FORGE_MAX_CHANGES)
			break;
	*left = 0;
	for (size_t k = i; k < n; k++)
		if (json_object_get(json_array_get(r->list, k), "derived") ==
		    NULL)
			(*left)++;
	return i;
}

static int
read_changes(struct reading *r, struct err *err)
{
	struct forge_delivery *d = r->out;
	size_t n = count_changes(r, &d->n_left);

	if (n == 0)
		return 0;
	d->changes = arena_alloc(r->a, n * sizeof(*d->changes));
	for (size_t i = 0; i < n; i++) {
		if (change_read(r->forge, json_array_get(r->list, i), r->a,
		    &d->changes[i], err) == -1)
			return -1;
		d->n_changes++;
	}
	d->kind = strcmp(d->changes[0].event, "push") == 0 ? FORGE_PUSH :
	    FORGE_EVENT;
	return 0;
}

static int
read_root(struct reading *r, struct err *err)
{
	const json_t *repository;

	if (r->forge->read(r, err) == -1)
		return -1;
	repository = r->repository != NULL ? r->repository :
	    json_object_get(r->root, "repository");
	if (json_is_object(repository)) {
		if (change_repo(repository, r->a, &r->out->repo, err) == -1)
			return -1;
		r->out->has_repo = true;
	}
	return read_changes(r, err);
}

int
forge_read(const struct forge *f, const char *event,
    const struct forge_repo *known, const char *body, size_t len,
    struct arena *a, struct forge_delivery *out, struct err *err)
{
	struct reading r = { .forge = f, .event = event, .known = known,
		.a = a, .out = out };
	int rc;

	*out = (struct forge_delivery){ .kind = FORGE_OTHER, .event = event };
	r.root = out->root = payload_load(body, len, err);
	if (r.root == NULL)
		return -1;
	r.list = out->list = json_array();
	rc = read_root(&r, err);
	json_decref(r.repository);
	json_decref(r.sender);
	return rc;
}

void
forge_delivery_release(struct forge_delivery *d)
{
	json_decref(d->list);
	json_decref(d->root);
	d->list = d->root = NULL;
	d->changes = NULL;
	d->n_changes = 0;
}

static int
add_chunk(const char *data, size_t size, void *ctx)
{
	str_add_len(ctx, data, size);
	return 0;
}

int
forge_change_payload(const struct forge_change *c, struct str *json,
    struct err *err)
{
	if (json_dump_callback(c->payload, add_chunk, json, JSON_COMPACT) ==
	    0)
		return 0;
	return err_set(err, ERR_INVALID, "the payload cannot be written");
}
