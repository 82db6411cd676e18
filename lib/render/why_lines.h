/*
 * why_lines.h - what the files of `why` share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_WHY_LINES_H
#define PAWL_RENDER_WHY_LINES_H

#include "lib/render/why_rules.h"

/* One answer while it is made. */
struct whying {
	struct store *st;
	const struct config *config; /* NULL: of a run */
	const struct run *run;
	const struct job *job;       /* with its plan; NULL: of a run */
	struct arena *a;
	struct why *out;
	struct why_rules rules;
	struct event_told *events;   /* of the job and its run */
	size_t n_events;
	struct step *steps;          /* of the newest attempt */
	size_t n_steps;
};

/* Add a line; valid until the next one is added. */
struct why_line *
why_add(struct whying *y, enum why_kind kind, int64_t at_ms, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* "1 min 3 s" in the arena. */
const char *
why_span(struct whying *y, int64_t from_ms, int64_t to_ms);

/* The last event of a type of the job (or, with `of_run`, of its run), or
 * NULL. */
const struct event_told *
why_event(const struct whying *y, bool of_run, const char *type);

/* why_events.c: the run, the job, and all that happened to it. */
int
why_add_run(struct whying *y, struct err *err);
void
why_add_job(struct whying *y);
void
why_add_events(struct whying *y);

/* why_answer.c: the whole in one sentence, into line 0. */
int
why_answer(struct whying *y, struct err *err);

#endif
