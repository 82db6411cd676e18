/*
 * watch_draw.c - see watch_draw.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/watch_draw.h"

#include <inttypes.h>
#include <string.h>

#include "cli/doc.h"
#include "cli/job_log.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"

#define LOG_LINES 5

bool
watch_is_over(const char *state)
{
	static const char *const ends[] = { "succeeded", "failed",
		"cancelled", "skipped" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (strcmp(state, ends[i]) == 0)
			return true;
	return false;
}

static bool
has_failed(const json_t *job)
{
	return strcmp(doc_text(job, "state"), "failed") == 0;
}

/* --- the picture ---------------------------------------------------------- */

static const char *
took(const json_t *item, struct arena *a)
{
	return term_span(a, doc_time(item, "started_at"), doc_time(item,
	    "finished_at"), clock_now_ms());
}

/* The step in hand, or why it is as it is. */
static const char *
now_text(const json_t *job, struct arena *a)
{
	json_t *step;
	size_t i;

	if (strcmp(doc_text(job, "state"), "running") != 0)
		return doc_text(job, "reason");
	json_array_foreach(json_object_get(job, "steps"), i, step)
		if (strcmp(doc_text(step, "state"), "running") == 0)
			return arena_printf(a, "%" PRId64 ". %s",
			    doc_int(step, "number"), doc_text(step, "title"));
	return "";
}

static void
add_head(struct cli *cli, const json_t *run, size_t columns, struct str *out)
{
	const char *state = doc_text(run, "state");
	struct term_table t;

	term_table_init(&t, &cli->arena, 6);
	term_cell(&t, TERM_BOLD, "%s", doc_run_name(run, &cli->arena));
	term_cell(&t, term_state_style(state), "%s", state);
	term_cell(&t, TERM_PLAIN, "%s", doc_text(run, "workflow"));
	term_cell(&t, TERM_PLAIN, "%s", doc_text(run, "branch"));
	term_cell(&t, TERM_DIM, "%s", took(run, &cli->arena));
	term_cell(&t, TERM_PLAIN, "%s", doc_text(run, "title"));
	term_table_add(&t, cli->color, columns, out);
}

/* Does the job stand in a picture that has no room for all? */
static bool
is_shown(const json_t *job, bool crowded)
{
	const char *state = doc_text(job, "state");

	return !crowded || has_failed(job) ||
	    (!watch_is_over(state) && strcmp(state, "blocked") != 0);
}

static void
add_job(struct cli *cli, struct term_table *t, const json_t *job)
{
	const char *state = doc_text(job, "state");

	term_cell(t, term_state_style(state), "%s", state);
	term_cell(t, TERM_BOLD, "%s", doc_text(job, "title"));
	term_cell(t, TERM_DIM, "%s", took(job, &cli->arena));
	term_cell(t, TERM_PLAIN, "%s", now_text(job, &cli->arena));
}

/* Returns the lines that it took. */
static size_t
add_jobs(struct cli *cli, const json_t *jobs, size_t columns, size_t room,
    struct str *out)
{
	bool crowded = json_array_size(jobs) > room;
	struct term_table t;
	size_t i, shown = 0;
	json_t *job;

	term_table_init(&t, &cli->arena, 4);
	json_array_foreach(jobs, i, job)
		if (is_shown(job, crowded) && shown + crowded < room) {
			add_job(cli, &t, job);
			shown++;
		}
	term_table_add(&t, cli->color, columns, out);
	if (!crowded)
		return shown;
	str_addf(out, "and %zu more of %zu jobs\n",
	    json_array_size(jobs) - shown, json_array_size(jobs));
	return shown + 1;
}

static const json_t *
first_failed(const json_t *jobs)
{
	json_t *job;
	size_t i;

	json_array_foreach(jobs, i, job)
		if (has_failed(job))
			return job;
	return NULL;
}

static int
add_log(struct cli *cli, const json_t *job, size_t columns, size_t room,
    struct str *out, struct err *err)
{
	struct str title = STR_INIT, head = STR_INIT;

	if (job == NULL || room < 3)
		return 0;
	term_text(&title, doc_text(job, "title"));
	str_addf(&head, "the end of the log of %s:", title.s);
	str_add_char(out, '\n');
	term_cut(out, head.s, columns);
	str_add_char(out, '\n');
	str_release(&title);
	str_release(&head);
	room -= 2;
	return job_log_tail(cli, job, room < LOG_LINES ? room : LOG_LINES,
	    columns, out, err);
}

int
watch_draw(struct cli *cli, const json_t *run, size_t columns, size_t lines,
    struct str *out, struct err *err)
{
	const json_t *jobs = json_object_get(run, "jobs");
	const json_t *failed = first_failed(jobs);
	size_t for_log = failed != NULL && lines > 12 ? LOG_LINES + 2 : 0;
	size_t used = 2;

	add_head(cli, run, columns, out);
	str_add_char(out, '\n');
	used += add_jobs(cli, jobs, columns, lines > used + for_log + 1 ?
	    lines - used - for_log : 1, out);
	return add_log(cli, failed, columns, lines > used ? lines - used : 0,
	    out, err);
}

/* --- changes -------------------------------------------------------------- */

/* What the item with this key was, or NULL. */
static const json_t *
find(const json_t *list, const char *name, const json_t *like)
{
	const json_t *key = json_object_get(like, name);
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_equal(json_object_get(item, name), key))
			return item;
	return NULL;
}

static bool
is_same(const json_t *before, const json_t *item)
{
	return before != NULL && strcmp(doc_text(before, "state"),
	    doc_text(item, "state")) == 0;
}

static void
add_change(struct cli *cli, const char *name, const json_t *item,
    struct str *out)
{
	const char *reason = doc_text(item, "reason");
	char at[CLOCK_TEXT_SIZE];
	struct str safe = STR_INIT;

	term_text(&safe, arena_printf(&cli->arena, "%.19sZ %s: %s%s%s",
	    clock_rfc3339(clock_now_ms(), at), name, doc_text(item, "state"),
	    *reason != '\0' ? ", " : "", reason));
	str_addf(out, "%s\n", safe.s);
	str_release(&safe);
}

void
watch_changes(struct cli *cli, const json_t *before, const json_t *run,
    struct str *out)
{
	json_t *job, *step;
	size_t i, k;

	if (!is_same(before, run))
		add_change(cli, doc_run_name(run, &cli->arena), run, out);
	json_array_foreach(json_object_get(run, "jobs"), i, job) {
		const char *name = doc_text(job, "title");
		const json_t *was = find(json_object_get(before, "jobs"),
		    "key", job);

		json_array_foreach(json_object_get(job, "steps"), k, step)
			if (!is_same(find(json_object_get(was, "steps"),
			    "number", step), step) &&
			    strcmp(doc_text(step, "state"), "queued") != 0)
				add_change(cli, arena_printf(&cli->arena,
				    "%s, %" PRId64 ". %s", name, doc_int(step,
				    "number"), doc_text(step, "title")), step,
				    out);
		if (!is_same(was, job))
			add_change(cli, name, job, out);
	}
}
