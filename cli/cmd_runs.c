/*
 * cmd_runs.c - pawl runs, show and cancel.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/render/json_gates.h"
#include "lib/store/queue_line.h"

const struct cli_option runs_options[] = {
	{ "limit", 'n', "N", "how many [20]" },
	{ NULL, 0, NULL, NULL },
};

const struct cli_option show_options[] = {
	{ "exit-status", 0, NULL, "exit with 1 unless the run succeeded" },
	{ NULL, 0, NULL, NULL },
};

#define SHA_SHOWN 8
#define RUNS_MAX 1000

static void
state_cell(struct term_table *t, enum machine m, int state)
{
	const char *word = machine_state_name(m, state);

	term_cell(t, term_state_style(word), "%s", word);
}

/* As every command takes it: "ada/demo#7", of its attempt 2 "ada/demo#7.2". */
static const char *
run_name(struct arena *a, const struct run *r)
{
	return r->attempt == 1 ? arena_printf(a, "%s/%s#%" PRId64, r->owner,
	    r->name, r->number) : arena_printf(a, "%s/%s#%" PRId64 ".%d",
	    r->owner, r->name, r->number, r->attempt);
}

static void
print_runs(struct cli *cli, const struct run *runs, size_t n)
{
	int64_t now = clock_now_ms();
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 8);
	for (size_t i = 0; i < n; i++) {
		const struct run *r = &runs[i];

		term_cell(&t, TERM_BOLD, "%s", run_name(a, r));
		state_cell(&t, MACHINE_RUN, r->state);
		term_cell(&t, TERM_PLAIN, "%s", r->workflow);
		term_cell(&t, TERM_PLAIN, "%s", r->branch);
		term_cell(&t, TERM_DIM, "%.*s", SHA_SHOWN, r->sha);
		term_cell(&t, TERM_DIM, "%s",
		    term_ago(a, r->created_at_ms, now));
		term_cell(&t, TERM_DIM, "%s", term_span(a, r->started_at_ms,
		    r->finished_at_ms, now));
		term_cell(&t, TERM_PLAIN, "%.60s", r->title ? r->title : "");
	}
	term_table_print(&t, cli->color, stdout);
}

int
cmd_runs(struct cli *cli, struct err *err)
{
	struct repo repo = { 0 };
	struct run *runs;
	long long limit;
	size_t n;

	if (args_number(cli, "limit", 1, RUNS_MAX, 20, &limit, err) == -1)
		return -1;
	if (cli->n_words == 1 &&
	    ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	if (run_list(cli->store, repo.id, 0, (int)limit, &cli->arena, &runs,
	        &n, err) == -1)
		return -1;
	if (cli->json) {
		json_t *list = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(list,
			    json_run(&cli->config, &runs[i]));
		return json_out(list, err);
	}
	print_runs(cli, runs, n);
	if (n == 0)
		fprintf(stderr, "no runs yet; \"pawl inbox list\" shows what "
		                "came in\n");
	return CLI_OK;
}

static void
row(struct term_table *t, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	term_cell(t, TERM_DIM, "%s", name);
	term_cell(t, TERM_PLAIN, "%s", value);
}

static void
print_head(struct cli *cli, const struct run *run)
{
	struct arena *a = &cli->arena;
	struct term_table t;
	char created[CLOCK_TEXT_SIZE];

	term_table_init(&t, a, 2);
	term_cell(&t, TERM_BOLD, "%s", run_name(a, run));
	state_cell(&t, MACHINE_RUN, run->state);
	row(&t, "title", run->title);
	row(&t, "workflow", run->workflow);
	row(&t, "file", run->file);
	row(&t, "ref", run->ref);
	row(&t, "commit", run->sha);
	row(&t, "by", run->actor);
	row(&t, "why", run->why);
	if (run->superseded_by > 0)
		row(&t, "superseded by", arena_printf(a, "%s/%s#%" PRId64 ", "
		    "%s/%s/%s/runs/%" PRId64, run->owner, run->name,
		    run->superseded_by, cli->config.base_url, run->owner,
		    run->name, run->superseded_by));
	if (run->rerun)
		row(&t, "again", arena_printf(a, "%s, asked for by %s",
		    run->rerun, run->rerun_by));
	row(&t, "created", clock_rfc3339(run->created_at_ms, created));
	row(&t, "took", term_span(a, run->started_at_ms, run->finished_at_ms,
	    clock_now_ms()));
	row(&t, "page", arena_printf(a, "%s/%s/%s/runs/%" PRId64,
	    cli->config.base_url, run->owner, run->name, run->number));
	term_table_print(&t, cli->color, stdout);
}

static void
print_problems(const char *problems)
{
	struct str out = STR_INIT;

	term_lines(&out, problems);
	if (out.len > 0)
		printf("\n%s", out.s);
	str_release(&out);
}

/* One job with its steps; a step's line is indented. */
static int
print_job(struct cli *cli, struct term_table *t, const struct job *job,
    struct err *err)
{
	int64_t now = clock_now_ms();
	struct arena *a = &cli->arena;
	struct step *steps;
	size_t n;

	if (step_list(cli->store, job->id, a, &steps, &n, err) == -1)
		return -1;
	state_cell(t, MACHINE_JOB, job->state);
	term_cell(t, TERM_BOLD, "%s%s", job->title,
	    job->attempt > 1 ? arena_printf(a, " (attempt %d)", job->attempt)
	                     : "");
	term_cell(t, TERM_DIM, "%s", term_span(a, job->started_at_ms,
	    job->finished_at_ms, now));
	term_cell(t, TERM_PLAIN, "%s", job->reason ? job->reason : "");
	for (size_t i = 0; i < n; i++) {
		state_cell(t, MACHINE_STEP, steps[i].state);
		term_cell(t, TERM_PLAIN, "  %d. %s", steps[i].number,
		    steps[i].title);
		term_cell(t, TERM_DIM, "%s", term_span(a,
		    steps[i].started_at_ms, steps[i].finished_at_ms, now));
		term_cell(t, TERM_PLAIN, "%s",
		    steps[i].reason ? steps[i].reason : "");
	}
	return 0;
}

static int
print_jobs(struct cli *cli, const struct job *jobs, size_t n, struct err *err)
{
	struct term_table t;

	if (n == 0)
		return 0;
	term_table_init(&t, &cli->arena, 4);
	for (size_t i = 0; i < n; i++)
		if (print_job(cli, &t, &jobs[i], err) == -1)
			return -1;
	putchar('\n');
	term_table_print(&t, cli->color, stdout);
	return 0;
}

/* What it waits for, and who decided what it waited for. */
static void
print_gates(struct cli *cli, const struct gate *list, size_t n)
{
	struct term_table t;

	if (n == 0)
		return;
	term_table_init(&t, &cli->arena, 4);
	for (size_t i = 0; i < n; i++) {
		const struct gate *g = &list[i];

		term_cell(&t, term_state_style(g->state), "%s", g->state);
		term_cell(&t, TERM_BOLD, "%s", g->key != NULL ? g->key : "");
		term_cell(&t, TERM_PLAIN, "%s", g->decided_by != NULL ?
		    arena_printf(&cli->arena, "by %s", g->decided_by) :
		    g->reason);
		term_cell(&t, TERM_PLAIN, "%s", g->comment != NULL ?
		    g->comment : "");
	}
	putchar('\n');
	term_table_print(&t, cli->color, stdout);
}

static int
add_json(struct cli *cli, const struct run *run, const struct job *jobs,
    size_t n_jobs, json_t *value, json_t *list, struct err *err)
{
	struct deployment *deployments;
	struct gate *gates;
	size_t n;

	if (gate_list_run(cli->store, run->id, &cli->arena, &gates, &n,
	    err) == -1)
		return -1;
	json_object_set_new(value, "gates", json_gates(gates, n,
	    &cli->arena));
	if (deployment_list_run(cli->store, run->id, &cli->arena,
	    &deployments, &n, err) == -1)
		return -1;
	json_add_deployments(list, jobs, n_jobs, deployments, n);
	return 0;
}

/* The run with its jobs, and each with its steps. */
static int
show_json(struct cli *cli, const struct run *run, const struct job *jobs,
    size_t n, struct err *err)
{
	json_t *value = json_run(&cli->config, run);
	json_t *list = json_array();

	json_object_set_new(value, "jobs", list);
	for (size_t i = 0; i < n; i++) {
		json_t *job = json_job(&cli->config, &jobs[i]);
		json_t *steps = json_array();
		struct step *s;
		size_t n_steps;

		json_object_set_new(job, "steps", steps);
		json_array_append_new(list, job);
		if (step_list(cli->store, jobs[i].id, &cli->arena, &s,
		        &n_steps, err) == -1) {
			json_decref(value);
			return -1;
		}
		for (size_t k = 0; k < n_steps; k++)
			json_array_append_new(steps, json_step(&s[k]));
	}
	if (add_json(cli, run, jobs, n, value, list, err) == -1) {
		json_decref(value);
		return -1;
	}
	return json_out(value, err);
}

int
cmd_show(struct cli *cli, struct err *err)
{
	struct gate *gates;
	struct job *jobs;
	struct run run;
	size_t n, n_gates;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1 ||
	    job_list(cli->store, run.id, &cli->arena, &jobs, &n, err) == -1 ||
	    queue_explain(cli->store, jobs, n, &cli->config, &cli->arena,
		err) == -1 ||
	    gate_list_run(cli->store, run.id, &cli->arena, &gates, &n_gates,
		err) == -1)
		return -1;
	if (cli->json) {
		if (show_json(cli, &run, jobs, n, err) == -1)
			return -1;
	} else {
		print_head(cli, &run);
		print_problems(run.problems);
		print_gates(cli, gates, n_gates);
		if (print_jobs(cli, jobs, n, err) == -1)
			return -1;
	}
	return args_option(cli, "exit-status") && run.state != RUN_SUCCEEDED
	    ? CLI_FAILED : CLI_OK;
}

int
cmd_cancel(struct cli *cli, struct err *err)
{
	struct run run;
	int n;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1)
		return -1;
	n = run_cancel(cli->store, run.id, cli_by(cli), err);
	if (n == -1)
		return -1;
	if (n == 0)
		return err_set(err, ERR_CONFLICT,
		    "%s/%s#%" PRId64 " is over: %s", run.owner, run.name,
		    run.number, machine_state_name(MACHINE_RUN, run.state));
	wake_send(cli->config.run_dir);
	printf("cancelling %s/%s#%" PRId64 " (%d job%s)\n", run.owner, run.name,
	    run.number, n, n == 1 ? "" : "s");
	return CLI_OK;
}
