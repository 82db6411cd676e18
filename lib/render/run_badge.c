/*
 * run_badge.c - see run_badge.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/run_badge.h"

#include <inttypes.h>
#include <string.h>

#include "lib/render/look.h"

#define LABEL "build"
#define COLOR_NONE "#9f9f9f"

/* The first error of a failed run's problems: its place and its whole line.
 * False when there is none. */
static bool
first_problem(const struct run *run, struct arena *a, struct badge *b)
{
	static const char mark[] = ": error: ";
	const char *at, *start;

	if (run->state != RUN_FAILED || run->problems == NULL)
		return false;
	at = strstr(run->problems, mark);
	if (at == NULL)
		return false;
	for (start = at; start > run->problems && start[-1] != '\n'; start--)
		continue;
	b->message = arena_printf(a, "invalid %.*s", (int)(at - start), start);
	b->title = arena_strndup(a, start, strcspn(start, "\n"));
	return true;
}

static void
set_look(struct badge *b, enum look look)
{
	b->message = look_badge(look);
	b->color = look_color(look);
}

void
run_badge(const struct run *run, struct arena *a, struct badge *b)
{
	*b = (struct badge){ LABEL, "no runs", COLOR_NONE };
	if (run != NULL) {
		enum look look = look_run(run->state);

		set_look(b, look);
		if (!first_problem(run, a, b))
			b->title = arena_printf(a, "%s: %s, run %" PRId64
			    "%s%s", run->branch, look_word(look), run->number,
			    run->title != NULL ? ": " : "",
			    run->title != NULL ? run->title : "");
	}
	badge_readable(b);
}

void
job_badge(const struct run *run, const struct job *job, struct arena *a,
    struct badge *b)
{
	enum look look = look_job(job->state);

	*b = (struct badge){ LABEL, "", COLOR_NONE };
	b->label = job->key;
	set_look(b, look);
	b->title = arena_printf(a, "%s: %s, run %" PRId64 ", %s",
	    run->branch, look_word(look), run->number, job->title);
	badge_readable(b);
}

void
unknown_badge(struct badge *b)
{
	*b = (struct badge){ LABEL, "unknown", COLOR_NONE };
	badge_readable(b);
}
