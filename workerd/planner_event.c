/*
 * planner_event.c - what a change means for a run: which event, which ref,
 * and how its commit is found.
 *
 * docs.github.com, "Events that trigger workflows": GITHUB_REF and GITHUB_SHA
 * of each event.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/pipeline/event_context.h"

/* The ref that the run is of; it is valid. */
static int
take_ref(struct planner *p, const char *ref)
{
	p->ref = ref;
	p->tag = str_starts_with(ref, "refs/tags/");
	p->branch = ref;
	if (p->tag)
		p->branch += strlen("refs/tags/");
	else if (str_starts_with(ref, "refs/heads/"))
		p->branch += strlen("refs/heads/");
	return 1;
}

static int
take_default(struct planner *p, struct err *err)
{
	const char *name = event_text(p->payload,
	    "repository.default_branch", &p->arena), *ref;

	ref = arena_printf(&p->arena, "refs/heads/%s", name != NULL ? name :
	    p->repo.default_branch);
	return forge_ref_valid(ref) ? take_ref(p, ref) : err_set(err,
	    ERR_INVALID, "the payload has no valid "
	    "\"repository.default_branch\"");
}

/* Elsewhere lies what anybody may have written: pull requests. */
static bool
is_ours(struct planner *p, const char *ref)
{
	if (str_starts_with(ref, "refs/tags/") ||
	    str_starts_with(ref, "refs/heads/"))
		return true;
	str_addf(&p->verdict, "\"%s\" is neither a branch nor a tag", ref);
	return false;
}

static int
take_push(struct planner *p)
{
	const struct forge_change *c = p->change;

	if (c->deleted) {
		str_addf(&p->verdict, "\"%s\" was deleted", c->ref);
		return 0;
	}
	if (!is_ours(p, c->ref))
		return 0;
	p->head = c->after;
	return take_ref(p, c->ref);
}

/* The files of the branch that it goes into are not a stranger's. */
static int
take_pull(struct planner *p, struct err *err)
{
	const struct forge_pull *pull = p->change->pull;
	int rc;

	p->pull = pull;
	if (p->as_target)
		return take_ref(p, pull->base_ref);
	rc = planner_trust(p, err);
	return rc != 1 ? rc : take_ref(p, arena_printf(&p->arena, "refs/pull/%s/merge",
	    pull->number));
}

/* Started by hand: with what. */
static void
take_inputs(struct planner *p)
{
	const struct expr_value *inputs = event_value(p->payload, "inputs");

	p->inputs = inputs != NULL && inputs->type == EXPR_OBJECT ?
	    inputs->object : expr_object_new(&p->arena);
}

int
planner_event(struct planner *p, struct err *err)
{
	const struct forge_change *c = p->change;

	p->event_name = p->as_target ? "pull_request_target" : c->event;
	p->action = c->action;
	p->title = c->title;
	p->actor = c->actor;
	p->only_file = c->workflow;
	if (strcmp(c->event, "workflow_dispatch") == 0)
		take_inputs(p);
	if (strcmp(c->event, "push") == 0)
		return take_push(p);
	if (c->pull != NULL)
		return take_pull(p, err);
	if (c->ref == NULL)
		return take_default(p, err);
	return is_ours(p, c->ref) ? take_ref(p, c->ref) : 0;
}
