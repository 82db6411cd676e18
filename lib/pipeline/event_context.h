/*
 * event_context.h - what a forge said, as the github context and as what `on`
 * asks for.
 *
 * docs.github.com, "Contexts reference", github context; "Events that trigger
 * workflows", GITHUB_REF and GITHUB_SHA of each event.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EVENT_CONTEXT_H
#define PAWL_PIPELINE_EVENT_CONTEXT_H

#include "lib/pipeline/event.h"
#include "lib/pipeline/expr.h"

struct event_source {
	const char *name;   /* "push" */
	const char *action; /* NULL: that of the payload */
	const char *ref;    /* "refs/heads/main"; NULL: that of the payload.
	                       Of a pull request "refs/pull/N/merge"; without
	                       payload, the branch that it goes into */
	const char *sha;    /* NULL: that of the payload */
	const char *actor;  /* NULL: the sender of the payload */
	struct expr_object *payload; /* as GitHub sends it; NULL: none */
};

/* A text deep in a payload, by a path such as "head_commit.message"; NULL when
 * there is none or it is empty. The other is any value. */
const char *
event_text(struct expr_object *payload, const char *path, struct arena *a);
const struct expr_value *
event_value(struct expr_object *payload, const char *path);

/* Whoever may fork a repository writes the files of a pull request from a
 * fork. One that was deleted since is none the less a fork: then *fork is
 * NULL. */
bool
event_from_fork(struct expr_object *payload, struct arena *a,
    const char **fork);

/* Does a run with this github context execute what a stranger wrote? A
 * pull_request_target does not: it has the files of the branch. */
bool
event_is_strangers(struct expr_object *github, struct arena *a);

/*
 * Fill the github context and the event, from the payload and what is given
 * beside it. Texts live in `a` or in the source, whose payload is marked as
 * outside (outside.h), as is what else strangers choose. Paths come from the
 * commits of a push; its message is that of the head commit.
 */
void
event_context(const struct event_source *source, struct arena *a,
    struct expr_object **github, struct trigger_event *e);

#endif
