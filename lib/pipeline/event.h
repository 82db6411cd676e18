/*
 * event.h - does an event start a workflow, and which line decided?
 *
 * docs.github.com, "Events that trigger workflows" and "Workflow syntax",
 * `on`; "Skipping workflow runs".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_EVENT_H
#define PAWL_PIPELINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/pos.h"
#include "lib/pipeline/model.h"

/* What happened, as far as `on` asks. What is not known is NULL. */
struct trigger_event {
	const char *name;   /* "push" */
	const char *action; /* activity type: "opened"; of repository_dispatch
	                       its event_type */
	const char *ref;    /* of a push: "refs/heads/main", "refs/tags/v1" */
	bool deleted;       /* the push took the ref away */
	const char *branch; /* without refs/heads/: where a pull request goes
	                       to; whose run a workflow_run is about */
	const char *workflow; /* that run's workflow, by name */
	const char *cron;     /* of schedule: the line that is due */
	const char *message;  /* of the head commit */
	/* Paths that differ. Without them every filter of paths lets it
	 * pass, as GitHub does when it cannot make the difference. */
	const char *const *changed;
	size_t n_changed;
	bool changed_known;
};

struct event_decision {
	bool starts;
	bool skipped; /* it would start, but the message asks for no run */
	const char *why; /* a sentence, with "(FILE:LINE)" of the rule */
	struct pos pos;  /* of the rule; line 0: there is none */
};

/* Decide. Texts live in `a`. */
void
event_decide(const struct workflow *w, const struct trigger_event *e,
    struct arena *a, struct event_decision *out);

/* What in a commit's message asks not to be built, such as "[skip ci]"; or
 * NULL. */
const char *
event_skip_mark(const char *message);

/* --- event_filter.c ----------------------------------------------------------- */

/* Why a filter lets pass or not: the sentence goes to `why`, the place to
 * `pos`. */
bool
event_ref_passes(const struct workflow *w, const struct workflow_trigger *t,
    const char *ref, struct str *why, struct pos *pos);
bool
event_branch_passes(const struct workflow *w,
    const struct workflow_trigger *t, const char *branch, struct str *why,
    struct pos *pos);
bool
event_paths_pass(const struct workflow *w, const struct workflow_trigger *t,
    const struct trigger_event *e, struct str *why, struct pos *pos);

/* "types: [opened, closed]", cut after some. */
void
event_add_filter(struct str *out, enum filter_kind kind,
    const struct filter_list *list);

#endif
