/*
 * words.c - how a run or a job does, in one sentence.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/words.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"

struct counts {
	size_t all, succeeded, failed, cancelled, skipped;
	const struct job *first_failed, *first_cancelled;
};

static struct counts
count(const struct job *jobs, size_t n)
{
	struct counts c = { .all = n };

	for (size_t i = 0; i < n; i++) {
		const struct job *j = &jobs[i];

		c.succeeded += j->state == JOB_SUCCEEDED;
		c.skipped += j->state == JOB_SKIPPED;
		c.failed += j->state == JOB_FAILED;
		c.cancelled += j->state == JOB_CANCELLED;
		if (j->state == JOB_FAILED && (c.first_failed == NULL ||
		    (c.first_failed->continue_on_error &&
		    !j->continue_on_error)))
			c.first_failed = j;
		if (j->state == JOB_CANCELLED && c.first_cancelled == NULL)
			c.first_cancelled = j;
	}
	return c;
}

static const char *
jobs_word(size_t n)
{
	return n == 1 ? "job" : "jobs";
}

static void
add_time(struct str *out, const char *word, int64_t from_ms, int64_t to_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (from_ms > 0 && to_ms >= from_ms)
		str_addf(out, " %s %s", word, clock_duration(to_ms - from_ms,
		    text));
}

/* The first line that says something. */
static void
add_line(struct str *out, const char *text)
{
	size_t len;

	text += strspn(text, " \r\n");
	len = strcspn(text, "\r\n");
	str_add_len(out, text, len);
}

/* Why it ended so: its reason, else its exit code. */
static void
add_why(struct str *out, const struct job *j)
{
	if (j->reason != NULL) {
		str_add(out, ": ");
		add_line(out, j->reason);
	} else if (j->exit_code > 0) {
		str_addf(out, ": exit code %d", j->exit_code);
	}
}

static void
say_failed(const struct run *r, const struct counts *c, struct str *out)
{
	if (c->first_failed == NULL) {
		if (r->problems != NULL)
			add_line(out, r->problems);
		else
			str_add(out, "failed");
		return;
	}
	str_addf(out, "%s failed", c->first_failed->title);
	add_why(out, c->first_failed);
	str_addf(out, "; %zu of %zu %s failed", c->failed, c->all,
	    jobs_word(c->all));
	add_time(out, "in", r->started_at_ms, r->finished_at_ms);
}

static void
say_succeeded(const struct run *r, const struct counts *c, struct str *out)
{
	str_addf(out, "%zu of %zu %s succeeded", c->succeeded, c->all,
	    jobs_word(c->all));
	add_time(out, "in", r->started_at_ms, r->finished_at_ms);
	if (c->skipped > 0)
		str_addf(out, ", %zu skipped", c->skipped);
	if (c->failed > 0)
		str_addf(out, ", %zu may fail and did", c->failed);
}

static void
say_run(const struct run *r, const struct counts *c, struct str *out)
{
	switch (r->state) {
	case RUN_PENDING:
		str_add(out, "waiting to start");
		break;
	case RUN_RUNNING:
		str_addf(out, "running %zu %s", c->all, jobs_word(c->all));
		break;
	case RUN_SUCCEEDED:
		say_succeeded(r, c, out);
		break;
	case RUN_FAILED:
		say_failed(r, c, out);
		break;
	case RUN_CANCELLED:
		str_add(out, "cancelled");
		if (c->first_cancelled != NULL)
			add_why(out, c->first_cancelled);
		break;
	case RUN_SKIPPED:
		str_add(out, "skipped: ");
		add_line(out, r->why);
		break;
	}
}

/* What others are told is UTF-8. */
static const char *
clean(struct str *text, struct arena *a)
{
	struct str utf8 = STR_INIT;
	const char *copy;

	str_add_utf8(&utf8, text->s);
	copy = arena_strdup(a, utf8.s);
	str_release(&utf8);
	str_release(text);
	return copy;
}

const char *
words_run(const struct run *run, const struct job *jobs, size_t n,
    struct arena *a)
{
	const struct counts c = count(jobs, n);
	struct str out = STR_INIT;

	say_run(run, &c, &out);
	return clean(&out, a);
}

const char *
words_job(const struct job *job, struct arena *a)
{
	struct str out = STR_INIT;

	str_add(&out, machine_state_name(MACHINE_JOB, (int)job->state));
	if (job->state == JOB_PENDING || job->state == JOB_BLOCKED ||
	    job->state == JOB_WAITING || machine_terminal(MACHINE_JOB,
		(int)job->state))
		add_why(&out, job);
	add_time(&out, job->state == JOB_SUCCEEDED ? "in" : "after",
	    job->started_at_ms, job->finished_at_ms);
	return clean(&out, a);
}
