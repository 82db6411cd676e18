/*
 * logs_find.c - see logs_find.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/logs_find.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/log_file.h"
#include "lib/base/percent.h"
#include "lib/render/json.h"
#include "lib/render/log_search.h"

#define RUNS_AT_ONCE 20
#define MAX_RUNS 1000 /* of one question: their rows cost memory */

struct finder {
	struct store *st;
	const struct config *config;
	const struct logs_query *q;
	struct arena *a;
	struct logs_found *out;
	int64_t until_ms;       /* the budget of time ends */
	int64_t origin, job, offset; /* where to begin: what the cursor says */
};

/* "ORIGIN-JOB-OFFSET": in this run, at this job and byte of its log. */
static int
read_cursor(struct finder *f, struct err *err)
{
	int n = 0;

	if (f->q->cursor == NULL)
		return 0;
	if (sscanf(f->q->cursor, "%18" SCNd64 "-%18" SCNd64 "-%18" SCNd64
	    "%n", &f->origin, &f->job, &f->offset, &n) != 3 ||
	    f->q->cursor[n] != '\0' || f->origin < 0 || f->job < 0 ||
	    f->offset < 0)
		return err_set(err, ERR_INVALID, "\"after\" is not the "
		    "\"next\" of an answer");
	return 0;
}

static void
stop_at(struct finder *f, int64_t origin, int64_t job, int64_t offset)
{
	f->out->next = arena_printf(f->a, "%" PRId64 "-%" PRId64 "-%" PRId64,
	    origin, job, offset);
}

static bool
is_spent(const struct finder *f)
{
	return f->out->bytes >= f->q->max_bytes ||
	    (int)f->out->n >= f->q->max_hits ||
	    f->out->runs >= MAX_RUNS || clock_mono_ms() >= f->until_ms;
}

static bool
is_wanted(const char *wanted, const char *key, const char *title)
{
	return wanted == NULL || str_equal(wanted, key) ||
	    (title != NULL && strcmp(wanted, title) == 0);
}

/* The bytes of a log that are of the step: 1, 0 when there is none. */
static int
range_of(struct finder *f, const struct job *job, int64_t *from,
    int64_t *to, struct err *err)
{
	struct step *steps;
	char number[16];
	bool found = false;
	size_t n;

	*from = *to = 0;
	if (f->q->step == NULL)
		return 1;
	if (step_list(f->st, job->id, f->a, &steps, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (steps[i].started_at_ms == 0)
			continue;
		if (found) {
			*to = steps[i].log_offset;
			break;
		}
		snprintf(number, sizeof(number), "%d", steps[i].number);
		found = is_wanted(f->q->step, number, steps[i].title);
		*from = steps[i].log_offset;
	}
	return found && (*to == 0 || *to > *from);
}

static void
take_hits(struct finder *f, const struct run *run, const struct job *job,
    const struct log_found *found)
{
	for (size_t i = 0; i < found->n; i++)
		*(struct logs_hit *)arena_push(f->a, &f->out->hits,
		    &f->out->n, sizeof(*f->out->hits)) = (struct logs_hit){
		    run, job, found->hits[i].line, found->hits[i].text };
}

/* Search the log of a job. One that is gone has no lines. */
static int
find_in_job(struct finder *f, const struct run *run, const struct job *job,
    struct err *err)
{
	struct log_search s = { .text = f->q->text, .exact = f->q->exact,
		.max_bytes = f->q->max_bytes - f->out->bytes,
		.max_hits = f->q->max_hits - (int)f->out->n };
	struct str path = STR_INIT;
	struct log_file *log = NULL;
	struct log_found found;
	struct err none = { 0 };
	int rc = range_of(f, job, &s.from, &s.to, err);

	if (rc != 1)
		return rc;
	layout_public_file(&path, f->config->state_dir, job->log);
	if (log_file_open(&log, path.s, &none) == -1)
		goto out;
	if (f->offset > s.from)
		s.from = f->offset;
	f->offset = 0;
	rc = log_search(log, &s, f->a, &found, err);
	if (rc == -1)
		goto out;
	take_hits(f, run, job, &found);
	f->out->bytes += found.read;
	f->out->logs++;
	if (found.next != -1)
		stop_at(f, run->origin, job->id, found.next);
out:
	log_file_close(log);
	str_release(&path);
	return rc == -1 ? -1 : 0;
}

static int
find_in_run(struct finder *f, const struct run *run, struct err *err)
{
	struct job *jobs;
	size_t n;

	if (job_list(f->st, run->id, f->a, &jobs, &n, err) == -1)
		return -1;
	f->out->runs++;
	f->out->since_ms = run->created_at_ms;
	for (size_t i = 0; i < n && f->out->next == NULL; i++) {
		const struct job *job = &jobs[i];

		if (job->id < f->job || job->log == NULL ||
		    !is_wanted(f->q->job, job->key, job->title))
			continue;
		if (is_spent(f))
			stop_at(f, run->origin, job->id, f->offset);
		else if (find_in_job(f, run, job, err) == -1)
			return -1;
	}
	f->job = f->offset = 0;
	return 0;
}

static int
find_in_runs(struct finder *f, struct err *err)
{
	struct run_query rq = f->q->runs;
	struct run *runs;
	int64_t next;
	size_t n;

	rq.limit = RUNS_AT_ONCE;
	if (f->origin > 0)
		rq.before = f->origin + 1; /* that run again */
	for (;;) {
		if (run_search(f->st, &rq, f->a, &runs, &n, &next, err) == -1)
			return -1;
		if (n > 0 && f->origin > 0 && runs[0].origin != f->origin)
			f->job = f->offset = 0; /* it is gone */
		f->origin = 0;
		for (size_t i = 0; i < n && f->out->next == NULL; i++) {
			if (is_spent(f))
				stop_at(f, runs[i].origin, 0, 0);
			else if (find_in_run(f, &runs[i], err) == -1)
				return -1;
		}
		if (f->out->next != NULL || next == 0)
			return 0;
		if (is_spent(f)) {
			stop_at(f, next - 1, 0, 0);
			return 0;
		}
		rq.before = next;
	}
}

int
logs_find(struct store *st, const struct config *config,
    const struct logs_query *q, struct arena *a, struct logs_found *out,
    struct err *err)
{
	struct finder f = { .st = st, .config = config, .q = q, .a = a,
		.out = out, .until_ms = clock_mono_ms() + q->max_ms };
	size_t len = q->text != NULL ? strlen(q->text) : 0;

	*out = (struct logs_found){ .next = NULL };
	if (len == 0 || len > LOG_SEARCH_MAX_TEXT)
		return err_set(err, ERR_INVALID, "say what to look for in "
		    "\"q\": 1 to %d bytes", LOG_SEARCH_MAX_TEXT);
	if (read_cursor(&f, err) == -1)
		return -1;
	return find_in_runs(&f, err);
}

static json_t *
hit_json(const struct config *config, const struct logs_hit *h)
{
	struct layout_run place = run_layout(h->run);
	struct str at = STR_INIT;
	json_t *o = json_object();

	json_object_set_new(o, "owner", json_text_of(h->run->owner));
	json_object_set_new(o, "name", json_text_of(h->run->name));
	json_object_set_new(o, "run", json_integer(h->run->number));
	json_object_set_new(o, "attempt", json_integer(h->run->attempt));
	json_object_set_new(o, "branch", json_text_of(h->run->branch));
	json_object_set_new(o, "created_at",
	    json_time_of(h->run->created_at_ms));
	json_object_set_new(o, "job", json_text_of(h->job->key));
	json_object_set_new(o, "state", json_string(machine_state_name(
	    MACHINE_JOB, (int)h->job->state)));
	json_object_set_new(o, "line", json_integer(h->line));
	json_object_set_new(o, "text", json_text_of(h->text));
	str_addf(&at, "%s/", config->base_url);
	layout_page_attempt(&at, &place);
	str_add(&at, "/jobs/");
	percent_encode(&at, h->job->key);
	str_addf(&at, "#L%" PRId64, h->line);
	json_object_set_new(o, "url", json_text_of(at.s));
	str_release(&at);
	return o;
}

json_t *
logs_found_json(const struct config *config, const struct logs_found *found)
{
	json_t *o = json_object(), *hits = json_array();

	for (size_t i = 0; i < found->n; i++)
		json_array_append_new(hits, hit_json(config,
		    &found->hits[i]));
	json_object_set_new(o, "hits", hits);
	json_object_set_new(o, "next", json_text_of(found->next));
	json_object_set_new(o, "runs", json_integer(found->runs));
	json_object_set_new(o, "logs", json_integer(found->logs));
	json_object_set_new(o, "bytes", json_integer(found->bytes));
	json_object_set_new(o, "since", json_time_of(found->since_ms));
	return o;
}
