/*
 * planner_changes.c - what a delivery tells of: a planner for each change.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

/* Trees of payloads take some times their text. */
#define PAYLOAD_ARENA_BYTES (64 * 1024 * 1024)

bool
planner_is_quiet(const struct planner *p)
{
	return p->as_target || (p->change != NULL && p->change->derived);
}

static int
read_payload(struct planner *p, struct err *err)
{
	struct str json = STR_INIT;
	struct expr_value v;
	int rc = forge_change_payload(p->change, &json, err);

	if (rc == 0)
		rc = expr_json_read(arena_strndup(&p->arena, json.s, json.len),
		    json.len, PAYLOAD_ARENA_BYTES, &p->arena, &v, err);
	str_release(&json);
	if (rc == -1)
		return err_wrap(err, "reading the payload");
	p->payload = v.object;
	return 0;
}

/* Another planner of the same delivery. */
static struct planner *
add(struct planner *first, const struct forge_change *change, bool as_target)
{
	struct planner *p = arena_alloc(&first->arena, sizeof(*p)), *last;

	*p = (struct planner){ .program = first->program,
		.delivery = first->delivery, .repo = first->repo,
		.mirror = first->mirror, .git = first->git,
		.verdict = STR_INIT, .change = change,
		.as_target = as_target };
	for (last = first; last->next != NULL; last = last->next)
		continue;
	last->next = p;
	return p;
}

static void
add_changes(struct planner *p, const struct forge_delivery *told)
{
	p->n_left = told->n_left;
	for (size_t i = 0; i < told->n_changes; i++) {
		const struct forge_change *c = &told->changes[i];

		if (i == 0)
			p->change = c;
		else
			add(p, c, false);
		if (strcmp(c->event, "pull_request") == 0)
			add(p, c, true);
	}
}

int
planner_changes(struct planner *p, struct err *err)
{
	const struct forge *f = strcmp(p->delivery.forge, FORGE_OWN) == 0 ?
	    forge_own() : forge_find(p->delivery.forge);
	const struct forge_repo known = { p->repo.owner, p->repo.name,
		p->repo.clone_url, NULL, p->repo.default_branch };
	struct forge_delivery told;
	int rc;

	if (f == NULL)
		return err_set(err, ERR_INVALID, "the forge \"%s\" is not "
		    "known", p->delivery.forge);
	rc = forge_read(f, p->delivery.event, &known, p->delivery.body,
	    p->delivery.body_len, &p->arena, &told, err) == -1 ? -1 :
	    told.n_changes > 0;
	if (rc == 0)
		str_add(&p->verdict, told.why);
	if (rc == 1)
		add_changes(p, &told);
	for (struct planner *q = p; q != NULL && rc == 1; q = q->next)
		if (read_payload(q, err) == -1)
			rc = -1;
	forge_delivery_release(&told);
	return rc;
}
