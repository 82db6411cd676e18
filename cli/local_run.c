/*
 * local_run.c - a run without a server: what it does next is decided again
 * after every job, as on a server.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/local_run.h"

#include <string.h>
#include <unistd.h>
#include "lib/base/clock.h"
#include "lib/base/file.h"

/* One decision and what it is made of. */
struct round {
	struct arena a;
	struct diags d;
	struct run_plan plan;
};

void
local_say(const struct local_run *run, enum term_style style,
    const char *mark, const char *text)
{
	struct str safe = STR_INIT, line = STR_INIT;
	struct err ignored = { 0 };

	str_addf(&safe, "%s ", mark);
	term_text(&safe, text);
	term_styled(&line, run->local.cli->color, style, safe.s);
	str_add_char(&line, '\n');
	/* Straight to the descriptor: the job's output does not pass stdio
	 * either. Who reads no longer misses the rest, too. */
	file_write_fd(STDOUT_FILENO, line.s, line.len, &ignored);
	str_release(&safe);
	str_release(&line);
}

/* --- what is wanted ----------------------------------------------------------- */

/* "call:2/test" comes from the job "call" of the file. */
static bool
is_wanted(const struct local_run *run, const char *key)
{
	char *id;

	if (run->wanted == NULL)
		return true;
	id = arena_strndup(run->local.a, key, strcspn(key, ":/"));
	return map_get(run->wanted, id) != NULL;
}

/* --- jobs that do not run ------------------------------------------------------- */

static void
add_outcome(struct local_run *run, const struct planned_job *job,
    const struct local_end *end)
{
	struct run_facts *facts = &run->local.facts;
	struct job_outcome *one = arena_push(run->local.a, &run->outcomes,
	    &facts->n_outcomes, sizeof(*one));

	*one = (struct job_outcome) {
		.key = arena_strdup(run->local.a, job->key),
		.result = end->result, .outputs = end->outputs,
		.generated = end->generated,
		.generated_len = end->generated_len };
	facts->outcomes = run->outcomes;
}

/* Tell once why a job does not run. */
static void
say_left_out(struct local_run *run, const struct planned_job *job,
    const char *how, const char *why)
{
	struct str text = STR_INIT;

	if (map_set(&run->said, job->key, run) != NULL)
		return;
	str_addf(&text, "%s %s: %s", job->name, how, why);
	local_say(run, strcmp(how, "failed") == 0 ? TERM_RED : TERM_DIM,
	    "==>", text.s);
	if (job->values != NULL && strcmp(how, "skipped") == 0) {
		struct str lines = STR_INIT;

		term_lines(&lines, job->values);
		for (char *at = lines.s; *at != '\0';) {
			size_t len = strcspn(at, "\n");

			at[len] = '\0';
			local_say(run, TERM_DIM, "     ", at);
			at += len + 1;
		}
		str_release(&lines);
	}
	str_release(&text);
}

/* Say what was decided of jobs that do not run. Returns whether one of them
 * has to be counted as ended, so that the rest can be decided. */
static bool
take_left_out(struct local_run *run, const struct round *round)
{
	const struct local_end cancelled = { .result = RESULT_CANCELLED };
	bool changed = false;

	for (size_t i = 0; i < round->plan.n_jobs; i++) {
		const struct planned_job *job = &round->plan.jobs[i];

		if (!is_wanted(run, job->key))
			continue;
		if (job->state == PLANNED_SKIPPED)
			say_left_out(run, job, "skipped", job->why);
		if (job->state == PLANNED_FAILED)
			say_left_out(run, job, "failed", job->why);
		if (job->state != PLANNED_CANCELLED)
			continue;
		say_left_out(run, job, "cancelled", job->why);
		add_outcome(run, job, &cancelled);
		changed = true;
	}
	return changed;
}

/* --- jobs that run -------------------------------------------------------------- */

void
local_say_end(const struct local_run *run, const char *name,
    const struct local_end *end, int64_t took_ms)
{
	static const char *const words[] = { [RESULT_NONE] = "failed",
		[RESULT_SUCCESS] = "succeeded", [RESULT_FAILURE] = "failed",
		[RESULT_CANCELLED] = "cancelled",
		[RESULT_SKIPPED] = "skipped" };
	bool good = end->result == RESULT_SUCCESS;
	struct str text = STR_INIT;
	char took[CLOCK_TEXT_SIZE];

	clock_duration(took_ms, took);
	str_addf(&text, "%s %s %s %s", name, words[end->result],
	    good ? "in" : "after", took);
	if (!good)
		str_addf(&text, ": %s", end->reason);
	local_say(run, good ? TERM_GREEN : TERM_RED, "==>", text.s);
	str_release(&text);
}

/* Freeze it and run it. */
static void
run_job(struct local_run *run, struct round *round,
    const struct planned_job *job)
{
	struct local *l = &run->local;
	struct local_end end = { .result = RESULT_FAILURE };
	int64_t start = clock_mono_ms();
	struct job_plan plan;
	struct diags d;

	local_say(run, TERM_BOLD, "==>", job->name);
	diags_init(&d, &round->a, l->d.file, l->d.source, l->d.source_len);
	run->n_started++;
	if (job_plan_make(job, &l->facts, local_fetch_early, l, &round->a,
	        &d, &plan) == -1)
		end.reason = diags_first_error(&d);
	else
		local_job(run, &plan, &end);
	map_set(&run->said, job->key, run);
	local_say_end(run, job->name, &end, clock_mono_ms() - start);
	add_outcome(run, job, &end);
	run->interrupted = run->interrupted ||
	    end.result == RESULT_CANCELLED;
}

/* --- rounds --------------------------------------------------------------------- */

static const struct planned_job *
next_job(const struct local_run *run, const struct round *round)
{
	for (size_t i = 0; i < round->plan.n_jobs; i++)
		if (round->plan.jobs[i].state == PLANNED_READY &&
		    is_wanted(run, round->plan.jobs[i].key))
			return &round->plan.jobs[i];
	return NULL;
}

/* What came of all that was wanted. */
static int
exit_code(struct local_run *run, const struct round *round)
{
	int code = CLI_OK;

	for (size_t i = 0; i < round->plan.n_jobs; i++) {
		const struct planned_job *job = &round->plan.jobs[i];

		if (!is_wanted(run, job->key))
			continue;
		if (run->interrupted && (job->state == PLANNED_READY ||
		    job->state == PLANNED_BLOCKED))
			say_left_out(run, job, "skipped", "interrupted");
		if (job->result == RESULT_FAILURE ||
		    job->result == RESULT_CANCELLED)
			code = CLI_FAILED;
	}
	return run->interrupted ? CLI_INTERRUPTED : code;
}

/* Decide, and run one job. Returns 1 when there is more to do, 0 when nothing
 * is left, with *code. */
static int
take_turn(struct local_run *run, struct round *round, int *code)
{
	struct local *l = &run->local;
	const struct planned_job *job;

	*code = CLI_FAILED;
	diags_init(&round->d, &round->a, l->d.file, l->d.source,
	    l->d.source_len);
	if (run_decide(l->w, &l->facts, &round->a, &round->d,
	        &round->plan) == -1) {
		local_problems(&round->d);
		return 0;
	}
	if (take_left_out(run, round))
		return 1;
	job = run->interrupted ? NULL : next_job(run, round);
	if (job != NULL) {
		run_job(run, round, job);
		return 1;
	}
	local_problems(&round->d);
	*code = exit_code(run, round);
	return 0;
}

int
local_run(struct local_run *run, struct err *err)
{
	int more = 1, code = CLI_FAILED;

	(void)err;
	while (more == 1) {
		struct round round = { .a = ARENA_INIT(0) };

		more = take_turn(run, &round, &code);
		arena_release(&round.a);
	}
	map_release(&run->said);
	return code;
}
