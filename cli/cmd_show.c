/*
 * cmd_show.c - pawl show: one run with its jobs and steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/mem.h"

const struct cli_option show_options[] = {
	{ "exit-status", 0, NULL, "exit with 1 unless the run succeeded",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* Facts of the head, as they are named to people and in the document. */
static const struct {
	const char *name, *key;
} facts[] = {
	{ "title", "title" },
	{ "workflow", "workflow" },
	{ "file", "file" },
	{ "ref", "ref" },
	{ "commit", "sha" },
	{ "by", "actor" },
	{ "why", "why" },
};

static const char *
superseded(const json_t *run, struct arena *a)
{
	return arena_printf(a, "%s/%s#%" PRId64 ", %s", doc_text(run,
	    "owner"), doc_text(run, "name"), doc_int(run, "superseded_by"),
	    doc_text(run, "superseded_by_url"));
}

static void
print_head(struct cli *cli, const json_t *run)
{
	static const struct doc_column name = { NULL, DOC_RUN, TERM_BOLD,
		NULL }, state = { "state", DOC_STATE, TERM_PLAIN, NULL },
	    took = { NULL, DOC_TOOK, TERM_PLAIN, NULL };
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 2);
	doc_cell(cli, &t, run, &name);
	doc_cell(cli, &t, run, &state);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		doc_row(&t, facts[i].name, doc_text(run, facts[i].key));
	if (doc_int(run, "superseded_by") > 0)
		doc_row(&t, "superseded by", superseded(run, a));
	if (*doc_text(run, "rerun") != '\0')
		doc_row(&t, "again", arena_printf(a, "%s, asked for by %s",
		    doc_text(run, "rerun"), doc_text(run, "rerun_by")));
	doc_row(&t, "created", doc_text(run, "created_at"));
	if (doc_time(run, "started_at") != 0) {
		term_cell(&t, TERM_DIM, "took");
		doc_cell(cli, &t, run, &took);
	}
	doc_row(&t, "page", doc_text(run, "url"));
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

/* What it waits for, and who decided what it waited for. */
static const char *
gate_text(const json_t *gate, struct arena *a)
{
	const char *by = doc_text(gate, "decided_by");

	return *by != '\0' ? arena_printf(a, "by %s", by) :
	    doc_text(gate, "reason");
}

static void
print_gates(struct cli *cli, const json_t *gates)
{
	static const struct doc_column columns[] = {
		{ "state", DOC_STATE, TERM_PLAIN, NULL },
		{ "job", DOC_TEXT, TERM_BOLD, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, gate_text },
		{ "comment", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};

	if (json_array_size(gates) == 0)
		return;
	putchar('\n');
	doc_table(cli, gates, columns);
}

static const char *
job_title(const json_t *job, struct arena *a)
{
	int64_t attempt = doc_int(job, "attempt");

	return attempt <= 1 ? doc_text(job, "title") : arena_printf(a,
	    "%s (attempt %" PRId64 ")", doc_text(job, "title"), attempt);
}

static const char *
step_title(const json_t *step, struct arena *a)
{
	return arena_printf(a, "  %" PRId64 ". %s", doc_int(step, "number"),
	    doc_text(step, "title"));
}

static void
print_row(struct cli *cli, struct term_table *t, const json_t *item,
    enum term_style style, const char *(*title)(const json_t *,
    struct arena *))
{
	const struct doc_column columns[] = {
		{ "state", DOC_STATE, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, style, title },
		{ NULL, DOC_TOOK, TERM_DIM, NULL },
		{ "reason", DOC_TEXT, TERM_PLAIN, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		doc_cell(cli, t, item, &columns[i]);
}

/* Each job with its steps; a step's line is indented. */
static void
print_jobs(struct cli *cli, const json_t *jobs)
{
	json_t *job, *step;
	struct term_table t;
	size_t i, k;

	if (json_array_size(jobs) == 0)
		return;
	term_table_init(&t, &cli->arena, 4);
	json_array_foreach(jobs, i, job) {
		print_row(cli, &t, job, TERM_BOLD, job_title);
		json_array_foreach(json_object_get(job, "steps"), k, step)
			print_row(cli, &t, step, TERM_PLAIN, step_title);
	}
	putchar('\n');
	term_table_print(&t, cli->color, stdout);
}

int
cmd_show(struct cli *cli, struct err *err)
{
	struct run_ref ref;
	json_t *run = ref_read_run(cli, cli->words[0], &ref, err);
	bool good;
	int rc = 0;

	if (run == NULL)
		return -1;
	good = strcmp(doc_text(run, "state"), "succeeded") == 0;
	if (cli->web) {
		rc = web_page(cli, doc_text(run, "attempt_url"), err);
	} else if (cli->json) {
		rc = json_out(cli, json_incref(run), err);
	} else {
		print_head(cli, run);
		print_problems(doc_text(run, "problems"));
		print_gates(cli, json_object_get(run, "gates"));
		print_jobs(cli, json_object_get(run, "jobs"));
	}
	json_decref(run);
	if (rc == -1)
		return -1;
	return args_option(cli, "exit-status") != NULL && !good ?
	    CLI_FAILED : CLI_OK;
}
