/*
 * why.c - see why.h: reading what was stored, and the answer as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/why.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/render/json.h"
#include "lib/render/why_lines.h"
#include "lib/render/words.h"

/* Of one job and its run; a job that was lost a hundred times has fewer. */
#define EVENTS_MAX 2000

static const char *const kind_names[WHY_N] = {
	[WHY_ANSWER] = "answer",
	[WHY_RUN] = "run",
	[WHY_RERUN] = "rerun",
	[WHY_JOB] = "job",
	[WHY_DECISION] = "decision",
	[WHY_GATE] = "gate",
	[WHY_QUEUE] = "queue",
	[WHY_ATTEMPT] = "attempt",
	[WHY_LOST] = "lost",
	[WHY_RETRY] = "retry",
	[WHY_CANCEL] = "cancel",
	[WHY_STEP] = "step",
	[WHY_END] = "end",
};

const char *
why_kind_name(enum why_kind kind)
{
	return kind_names[kind];
}

bool
why_says_place(const struct why_line *line)
{
	struct str place = STR_INIT;
	const char *at;
	bool told;

	str_addf(&place, "%s:%d", line->file, line->line);
	at = strstr(line->text, place.s);
	told = at != NULL && (at[place.len] < '0' || at[place.len] > '9');
	str_release(&place);
	return told;
}

struct why_line *
why_add(struct whying *y, enum why_kind kind, int64_t at_ms, const char *fmt,
    ...)
{
	struct str text = STR_INIT;
	struct why_line *line;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	line = arena_push(y->a, &y->out->lines, &y->out->n, sizeof(*line));
	*line = (struct why_line){ .kind = kind, .at_ms = at_ms,
		.text = arena_strdup(y->a, text.s) };
	str_release(&text);
	return line;
}

const char *
why_span(struct whying *y, int64_t from_ms, int64_t to_ms)
{
	char text[CLOCK_TEXT_SIZE];

	clock_duration(to_ms > from_ms ? to_ms - from_ms : 0, text);
	return arena_strdup(y->a, text);
}

const struct event_told *
why_event(const struct whying *y, bool of_run, const char *type)
{
	for (size_t i = y->n_events; i > 0; i--)
		if ((y->events[i - 1].job == 0) == of_run &&
		    str_equal(y->events[i - 1].type, type))
			return &y->events[i - 1];
	return NULL;
}

static int
begin(struct whying *y, int64_t job, const char *key, struct err *err)
{
	*y->out = (struct why){ NULL, 0 };
	(void)why_add(y, WHY_ANSWER, 0, "%s", "");
	if (why_rules_read(y->st, y->run, key, y->a, &y->rules, err) == -1)
		return -1;
	return event_list_job(y->st, y->run->id, job, EVENTS_MAX, y->a,
	    &y->events, &y->n_events, err);
}

int
why_job(struct store *st, const struct config *config, const struct run *run,
    const struct job *job, struct arena *a, struct why *out, struct err *err)
{
	struct job whole;
	struct whying y = { .st = st, .config = config, .run = run,
		.job = &whole, .a = a, .out = out };
	int rc = job_find_id(st, job->id, a, &whole, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "the job \"%s\" is gone: "
		    "others stand for it by now", job->key);
	if (rc == -1 || begin(&y, job->id, job->key, err) == -1 ||
	    step_list(st, whole.work, a, &y.steps, &y.n_steps, err) == -1 ||
	    why_add_run(&y, err) == -1)
		return -1;
	why_add_job(&y);
	why_add_events(&y);
	return why_answer(&y, err);
}

/* --- of a run ------------------------------------------------------------ */

static void
add_jobs(struct whying *y, const struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct job *j = &jobs[i];
		struct why_line *line = why_add(y, WHY_JOB,
		    j->finished_at_ms != 0 ? j->finished_at_ms :
		    j->created_at_ms, "%s: %s%s%s", j->title,
		    words_job(j, y->a), j->why != NULL ? "; decided: " : "",
		    j->why != NULL ? j->why : "");

		why_at_text(line, j->why_place, y->a);
		line->values = j->why_values;
	}
}

int
why_run(struct store *st, const struct run *run, struct arena *a,
    struct why *out, struct err *err)
{
	struct whying y = { .st = st, .run = run, .a = a, .out = out };
	const struct event_told *waits;
	struct job *jobs = NULL;
	size_t n;

	if (begin(&y, 0, NULL, err) == -1 ||
	    job_list(st, run->id, a, &jobs, &n, err) == -1 ||
	    why_add_run(&y, err) == -1)
		return -1;
	why_add_events(&y);
	add_jobs(&y, jobs, n);
	out->lines[0].text = words_run(run, jobs, n, a);
	waits = why_event(&y, true, "run.waiting");
	if (run->state == RUN_PENDING && waits != NULL && n == 0)
		out->lines[0].text = waits->reason;
	if (run->superseded_by != 0)
		out->lines[0].text = arena_printf(a, "superseded by run #%"
		    PRId64 " of the same concurrency group",
		    run->superseded_by);
	if (run->state == RUN_SKIPPED && n == 0) {
		out->lines[0].file = out->lines[1].file;
		out->lines[0].line = out->lines[1].line;
		out->lines[0].col = out->lines[1].col;
	}
	return 0;
}

json_t *
json_why(const struct why *why)
{
	json_t *list = json_array();

	for (size_t i = 0; i < why->n; i++) {
		const struct why_line *l = &why->lines[i];

		json_array_append_new(list, json_pack(
		    "{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
		    why_kind_name(l->kind), "text", json_text_of(l->text),
		    "file", json_text_of(l->file), "line", l->line > 0 ?
		    json_integer(l->line) : json_null(), "col", l->col > 0 ?
		    json_integer(l->col) : json_null(), "values",
		    json_text_of(l->values), "at", json_time_of(l->at_ms)));
	}
	return list;
}
