/*
 * events_log.c - the logs of a job or of a whole run, as a stream of lines.
 *
 * Which logs there are follows from the events of the run, which a stream of
 * logs is told as others are: one begins when its job is claimed, and nothing
 * more comes when the attempt is over. While one that is over has not been
 * sent to its end, the next event waits; so the id of a line,
 *
 *	EVENT:JOB-ATTEMPT-OFFSET,...
 *
 * the last event and the logs that are open then, says all that is needed to
 * go on behind it, and is as long as there are jobs at one time. Of one job it
 * is the offset, behind "ATTEMPT-" from the second attempt on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/events_line.h"
#include "lib/base/json_text.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/web/sse.h"

#define MAX_OPEN 32 /* logs of a stream; the next job waits for one to end */
#define FILL_LINES 256 /* of one log, until the next gets its turn */
#define ROWS_ARENA ((size_t)1024 * 1024)

struct log {
	struct line_reader reader;
	int64_t job;
	int attempt;
	char *key;
};

struct logs {
	struct layout_run place; /* texts are ours */
	int64_t run;
	int64_t job;      /* 0: all */
	int only_attempt; /* 0: any */
	int from_attempt; /* those before have been sent */
	char *step;       /* NULL: all */
	struct log *open[MAX_OPEN];
	size_t n_open;
	size_t turn;      /* which of them comes first, in turn */
};

/* --- which logs ------------------------------------------------------------------- */

static void
on_change(void *ctx)
{
	struct log_file *f = ctx;
	struct hub *hub = (struct hub *)((char *)f->list -
	    offsetof(struct hub, files));

	for (struct client *c = hub->clients, *next; c != NULL; c = next) {
		next = c->next;
		if (c->logs != NULL && logs_reads(c->logs, f))
			client_pump(c);
	}
}

bool
logs_reads(const struct logs *l, const struct log_file *file)
{
	for (size_t i = 0; i < l->n_open; i++)
		if (l->open[i]->reader.file == file)
			return true;
	return false;
}

static struct log *
find_open(const struct logs *l, int64_t job)
{
	for (size_t i = 0; i < l->n_open; i++)
		if (l->open[i]->job == job)
			return l->open[i];
	return NULL;
}

static void
close_log(struct logs *l, size_t i)
{
	struct log *log = l->open[i];

	line_reader_release(&log->reader);
	free(log->key);
	free(log);
	l->open[i] = l->open[--l->n_open];
}

/* `path` below public/, or NULL: where it will be. */
static struct log *
open_log(struct client *c, int64_t job, const char *key, int attempt,
    const char *path, int64_t from)
{
	struct logs *l = c->logs;
	struct hub *hub = c->hub;
	struct log *log = mem_calloc(1, sizeof(*log));
	struct str relative = STR_INIT, file = STR_INIT;

	if (path != NULL)
		str_add(&relative, path);
	else
		layout_job_log(&relative, LAYOUT_LOG, &l->place, key,
		    attempt);
	layout_public_file(&file, hub->server.web.config->state_dir,
	    relative.s);
	log->job = job;
	log->attempt = attempt;
	log->key = mem_strdup(key);
	line_reader_init(&log->reader, log_file_open(&hub->files,
	    hub->watches, file.s, on_change), from);
	l->open[l->n_open++] = log;
	str_release(&relative);
	str_release(&file);
	return log;
}

/* Jobs that another attempt of the run has done have their log there. */
static void
open_carried(struct client *c, const struct tail_row *row)
{
	struct arena a = ARENA_INIT(ROWS_ARENA);
	struct err err = { 0 };
	struct store *st = hub_store(c->hub, &err);
	struct job job;

	if (st != NULL && job_find_id(st, row->job, &a, &job, &err) == 1 &&
	    job.log != NULL)
		open_log(c, row->job, row->key, row->attempt, job.log,
		    0)->reader.over = true;
	arena_release(&a);
}

bool
logs_drains(const struct logs *l)
{
	for (size_t i = 0; i < l->n_open; i++)
		if (l->open[i]->reader.over)
			return true;
	return false;
}

bool
logs_done(const struct logs *l)
{
	return l->n_open == 0;
}

static bool
must_wait(const struct logs *l)
{
	return logs_drains(l) || l->n_open == MAX_OPEN;
}

/* The run is over: so is every log. */
static void
take_run_end(struct client *c, const char *state)
{
	struct logs *l = c->logs;

	for (size_t i = 0; i < l->n_open; i++)
		l->open[i]->reader.over = true;
	c->over = true;
	if (l->job == 0)
		c->over_as = state;
}

static void
take_claim(struct client *c, const struct tail_row *row)
{
	struct logs *l = c->logs;

	if (find_open(l, row->job) != NULL ||
	    row->attempt < l->from_attempt ||
	    (l->only_attempt > 0 && row->attempt != l->only_attempt))
		return;
	open_log(c, row->job, row->key, row->attempt, NULL, 0);
}

/* The attempt is over; with `state` so is the job. */
static void
take_end(struct client *c, const struct tail_row *row, const char *state)
{
	struct logs *l = c->logs;
	struct log *log = find_open(l, row->job);

	if (log != NULL && (state != NULL || row->attempt == 0 ||
	    log->attempt <= row->attempt))
		log->reader.over = true;
	if (l->job == row->job && (state != NULL ||
	    (l->only_attempt > 0 && row->attempt >= l->only_attempt))) {
		c->over = true;
		c->over_as = state != NULL ? state : "requeued";
	}
}

bool
logs_take(struct client *c, const struct tail_row *row)
{
	struct logs *l = c->logs;

	if (tail_run_end(row->type) != NULL) {
		take_run_end(c, tail_run_end(row->type));
		return true;
	}
	if (row->job == 0 || (l->job != 0 && row->job != l->job) ||
	    row->step != 0)
		return true;
	if (must_wait(l))
		return false;
	if (str_equal(row->type, "job.assigned"))
		take_claim(c, row);
	else if (str_equal(row->type, "job.carried"))
		open_carried(c, row);
	else if (str_equal(row->type, "job.requeued") ||
	    str_equal(row->type, "retry.attempted"))
		take_end(c, row, NULL);
	else if (tail_job_end(row->type) != NULL)
		take_end(c, row, tail_job_end(row->type));
	return true;
}

/* --- lines ------------------------------------------------------------------------ */

/* Bytes of a log may be anything, also NUL, which ends no text here. */
static void
add_line_text(struct str *out, const struct line *line)
{
	char *text = mem_strndup("", 0);

	text = mem_realloc(text, line->len + 1, 1);
	for (size_t i = 0; i < line->len; i++)
		text[i] = line->text[i] != '\0' ? line->text[i] : '\xff';
	text[line->len] = '\0';
	json_text(out, text);
	free(text);
}

static void
write_line(struct str *out, const struct logs *l, const struct log *log,
    const struct line *line)
{
	str_addf(out, "{\"pipeline_run_id\": %" PRId64
	    ", \"job_run_id\": %" PRId64 ", \"job\": ", l->run, log->job);
	json_text(out, log->key);
	str_addf(out, ", \"attempt\": %d, \"step\": %d, \"step_name\": ",
	    log->attempt, line->step);
	json_text(out, line->step_name);
	str_addf(out, ", \"at\": \"%s\", \"timestamp\": \"%s\", "
	    "\"offset\": %" PRId64 ", \"stream\": \"%s\", \"line\": ",
	    line->time, line->time, line->offset, line->stream);
	add_line_text(out, line);
	str_add(out, line->more ? ", \"more\": true}" : "}");
}

static void
write_id(struct str *out, const struct client *c, const struct log *log)
{
	const struct logs *l = c->logs;

	if (l->job != 0) {
		if (log->attempt > 1)
			str_addf(out, "%d-", log->attempt);
		str_addf(out, "%" PRId64, log->reader.at);
		return;
	}
	str_addf(out, "%" PRId64 ":", c->cursor);
	for (size_t i = 0; i < l->n_open; i++)
		str_addf(out, "%s%" PRId64 "-%d-%" PRId64, i > 0 ? "," : "",
		    l->open[i]->job, l->open[i]->attempt,
		    l->open[i]->reader.at);
}

static bool
is_wanted(const struct logs *l, const struct line *line)
{
	char number[16];

	if (l->step == NULL)
		return true;
	snprintf(number, sizeof(number), "%d", line->step);
	return str_equal(l->step, number) ||
	    str_equal(l->step, line->step_name);
}

static void
send_line(struct client *c, const struct log *log, const struct line *line)
{
	struct str id = STR_INIT, data = STR_INIT;

	write_id(&id, c, log);
	write_line(&data, c->logs, log, line);
	sse_event(&c->out, id.s, "log", data.s);
	str_release(&id);
	str_release(&data);
}

/* Lines of one log while there is room: 1 it is at its end for now, 0 there is
 * more, -1. */
static int
fill_from(struct client *c, struct log *log, struct err *err)
{
	struct line line;

	for (int i = 0; i < FILL_LINES; i++) {
		int rc;

		if (!client_has_room(c))
			return 0;
		rc = line_read(&log->reader, &line, err);
		if (rc != 1)
			return rc == 0 ? 1 : -1;
		if (is_wanted(c->logs, &line))
			send_line(c, log, &line);
	}
	return 0;
}

int
logs_fill(struct client *c, struct err *err)
{
	struct logs *l = c->logs;

	for (size_t n = l->n_open; n > 0; n--) {
		size_t i = ++l->turn % l->n_open;
		int rc = fill_from(c, l->open[i], err);

		if (rc == -1)
			return -1;
		if (rc == 0)
			c->more = true;
		else if (l->open[i]->reader.over)
			close_log(l, i);
	}
	return 0;
}

/* --- where to begin ----------------------------------------------------------------- */

/* "[ATTEMPT-]OFFSET" */
static int
read_job_id(const char *text, int *attempt, int64_t *offset, struct err *err)
{
	int64_t a = 0, o;
	int n = 0;

	if (sscanf(text, "%9" SCNd64 "-%18" SCNd64 "%n", &a, &o, &n) == 2 &&
	    text[n] == '\0' && isdigit((unsigned char)text[0]) && o >= 0) {
		*attempt = (int)a;
		*offset = o;
		return 0;
	}
	if (isdigit((unsigned char)text[0]) &&
	    sscanf(text, "%18" SCNd64 "%n", &o, &n) == 1 && text[n] == '\0') {
		*offset = o;
		return 0;
	}
	return err_set(err, ERR_INVALID, "Last-Event-ID is the id of a line "
	    "of this stream: an offset, or \"ATTEMPT-OFFSET\"");
}

static bool
is_over(const struct job *job)
{
	return machine_terminal(MACHINE_JOB, (int)job->state);
}

static bool
is_active(const struct job *job)
{
	return job->state == JOB_ASSIGNED || job->state == JOB_RUNNING ||
	    job->state == JOB_COMPLETING;
}

/* One job: from its newest attempt on, or the one that was asked for, or that
 * of the last line. Its state was read after the cursor, so no event is
 * missed. */
static int
begin_job(struct client *c, const struct logs_wish *wish, struct err *err)
{
	const struct job *job = wish->job;
	int newest = job->attempt, attempt;
	int64_t offset = 0;

	attempt = wish->attempt > 0 ? wish->attempt : newest;
	if (wish->after != NULL && wish->after[0] != '\0') {
		if (wish->attempt == 0)
			attempt = newest > 0 ? 1 : 0;
		if (read_job_id(wish->after, &attempt, &offset, err) == -1)
			return -1;
	}
	if (is_over(job) || (wish->attempt > 0 && attempt < newest)) {
		c->over = true;
		c->over_as = is_over(job) ? machine_state_name(MACHINE_JOB,
		    (int)job->state) : "requeued";
	}
	if (attempt < 1 || attempt > newest)
		return 0;
	open_log(c, job->id, job->key, attempt, attempt == newest ?
	    job->log : NULL, offset)->reader.over =
	    attempt < newest || !is_active(job);
	/* The events of later attempts lead on from an earlier one. */
	if (attempt < newest && wish->attempt == 0) {
		c->over = false;
		c->cursor = 0;
		c->logs->from_attempt = attempt + 1;
	}
	return 0;
}

/* All jobs: the logs that were open at the last line. */
static int
begin_run(struct client *c, const struct logs_wish *wish, struct arena *a,
    struct err *err)
{
	const char *p = wish->after;
	int64_t event, job_id, offset;
	struct job job;
	int n = 0, attempt;

	if (p == NULL || p[0] == '\0')
		return 0;
	if (sscanf(p, "%18" SCNd64 ":%n", &event, &n) != 1 || n == 0)
		goto wrong;
	c->cursor = event;
	for (p += n; *p != '\0'; p += n + (p[n] == ',')) {
		struct store *st = hub_store(c->hub, err);
		int found;

		n = 0;
		if (sscanf(p, "%18" SCNd64 "-%9d-%18" SCNd64 "%n", &job_id,
		    &attempt, &offset, &n) != 3 || n == 0 || offset < 0 ||
		    c->logs->n_open == MAX_OPEN ||
		    (p[n] != '\0' && p[n] != ','))
			goto wrong;
		found = st == NULL ? -1 : job_find_id(st, job_id, a, &job,
		    err);
		if (found == -1)
			return -1;
		if (found == 0 || job.run != wish->run->id)
			goto wrong;
		open_log(c, job_id, job.key, attempt, attempt == job.attempt ?
		    job.log : NULL, offset)->reader.over =
		    attempt < job.attempt || !is_active(&job);
	}
	return 0;
wrong:
	return err_set(err, ERR_INVALID, "Last-Event-ID is no id of a line "
	    "of this stream");
}

int
logs_new(struct client *c, const struct logs_wish *wish, struct err *err)
{
	struct arena a = ARENA_INIT(ROWS_ARENA);
	struct logs *l = mem_calloc(1, sizeof(*l));
	int rc;

	l->place = run_layout(wish->run);
	l->place.owner = mem_strdup(wish->run->owner);
	l->place.name = mem_strdup(wish->run->name);
	l->run = wish->run->id;
	l->job = wish->job != NULL ? wish->job->id : 0;
	l->only_attempt = wish->attempt;
	l->step = wish->step != NULL && wish->step[0] != '\0' ?
	    mem_strdup(wish->step) : NULL;
	c->logs = l;
	c->over_as = machine_state_name(MACHINE_RUN, (int)wish->run->state);
	c->cursor = l->job != 0 ? c->hub->newest : 0;
	rc = l->job != 0 ? begin_job(c, wish, err) :
	    begin_run(c, wish, &a, err);
	arena_release(&a);
	return rc;
}

void
logs_free(struct logs *l)
{
	if (l == NULL)
		return;
	while (l->n_open > 0)
		close_log(l, l->n_open - 1);
	free((char *)l->place.owner);
	free((char *)l->place.name);
	free(l->step);
	free(l);
}
