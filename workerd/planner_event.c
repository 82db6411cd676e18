/*
 * planner_event.c - what a delivery's payload says: which commit, which ref,
 * the github context, and what `on` asks for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include "lib/pipeline/event_context.h"

static void
fill(struct planner *p)
{
	struct expr_value v = expr_null();
	struct event_source source = { .name = p->delivery.event,
		.ref = p->push.ref, .sha = p->push.after };
	struct err err = { 0 };

	if (expr_json_read(p->delivery.body, p->delivery.body_len,
	    64 * 1024 * 1024, &p->arena, &v, &err) == 0 &&
	    v.type == EXPR_OBJECT)
		source.payload = v.object;
	event_context(&source, &p->arena, &p->github, &p->event);
	p->ref = p->push.ref;
	p->branch = p->push.branch;
	p->tag = p->push.tag;
}

int
planner_event(struct planner *p, struct err *err)
{
	const struct forge *f = forge_find(p->delivery.forge);

	if (f == NULL)
		return err_set(err, ERR_INVALID, "the forge \"%s\" is not "
		    "known", p->delivery.forge);
	if (forge_event_kind(f, p->delivery.event) != FORGE_PUSH) {
		str_addf(&p->verdict, "the event \"%s\" starts nothing",
		    p->delivery.event);
		return 0;
	}
	if (forge_parse_push(f, p->delivery.body, p->delivery.body_len,
	    &p->arena, &p->push, err) == -1)
		return -1;
	if (p->push.deleted) {
		str_addf(&p->verdict, "\"%s\" was deleted", p->push.ref);
		return 0;
	}
	if (!p->push.tag && !str_starts_with(p->push.ref, "refs/heads/")) {
		str_addf(&p->verdict, "\"%s\" is neither a branch nor a tag",
		    p->push.ref);
		return 0;
	}
	fill(p);
	return 1;
}

int
planner_event_commit(struct planner *p, struct err *err)
{
	(void)p;
	(void)err;
	return 0;
}
