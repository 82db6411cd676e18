/*
 * cmd_views.c - pawl graph, timeline and compare: a run as the dashboard draws
 * it, as plain text.
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
#include "lib/base/clock.h"
#include "lib/base/percent.h"

#define BAR_COLUMNS 40

const struct cli_option graph_options[] = {
	{ "detail", 'd', "WHAT", "jobs; calls, one line for each job of the "
	    "run's own file; or stages [jobs]", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option timeline_options[] = {
	{ "steps", 's', NULL, "also the steps of jobs", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option compare_options[] = {
	{ "all", 'a', NULL, "also jobs that do not differ", false },
	{ NULL, 0, NULL, NULL, false },
};

/* What belongs to a run, by the tail of its address. */
static json_t *
read_view(struct cli *cli, const char *tail, struct err *err)
{
	struct run_ref ref;

	return ref_run(cli, cli->words[0], &ref, err) == -1 ? NULL :
	    source_get(cli->source, ref_run_path(cli, &ref, tail), err);
}

/* A span of "..._ms"; "" while it has no end. */
static const char *
span(const json_t *o, const char *key, struct arena *a)
{
	char text[CLOCK_TEXT_SIZE];

	if (!json_is_integer(json_object_get(o, key)))
		return "";
	return arena_strdup(a, clock_duration(doc_int(o, key), text));
}

static void
state_cell(struct term_table *t, const char *state)
{
	term_cell(t, term_state_style(state), "%s", state);
}

/* --- graph ---------------------------------------------------------------- */

/* For each node that needs others the list of them. */
static json_t *
needs_of(const json_t *edges)
{
	json_t *all = json_object(), *edge, *list;
	size_t i;

	json_array_foreach(edges, i, edge) {
		const char *target = doc_text(edge, "target");

		list = json_object_get(all, target);
		if (list == NULL) {
			list = json_array();
			json_object_set_new(all, target, list);
		}
		json_array_append(list, json_object_get(edge, "source"));
	}
	return all;
}

static void
print_graph(struct cli *cli, const json_t *graph)
{
	json_t *needs = needs_of(json_object_get(graph, "edges")), *node;
	struct term_table t;
	size_t i;

	term_table_init(&t, &cli->arena, 4);
	json_array_foreach(json_object_get(graph, "nodes"), i, node) {
		const json_t *list = json_object_get(needs, doc_text(node,
		    "id"));
		bool inner = *doc_text(node, "parent") != '\0';

		state_cell(&t, doc_text(node, "status"));
		term_cell(&t, inner ? TERM_PLAIN : TERM_BOLD, "%s%s", inner ?
		    "  " : "", doc_text(node, "label"));
		term_cell(&t, TERM_DIM, "%s", span(node, "duration_ms",
		    &cli->arena));
		term_cell(&t, TERM_PLAIN, "%s%s", list != NULL ? "needs " :
		    "", doc_names(list, "and", &cli->arena));
	}
	term_table_print(&t, cli->color, stdout);
	if (i == 0)
		fprintf(stderr, "it has no jobs\n");
	if (doc_flag(graph, "truncated"))
		fprintf(stderr, "it has more needs than are shown\n");
	json_decref(needs);
}

int
cmd_graph(struct cli *cli, struct err *err)
{
	const char *detail = args_option(cli, "detail");
	json_t *graph = read_view(cli, detail == NULL ? "/graph" :
	    arena_printf(&cli->arena, "/graph?detail=%s", ref_encode(cli,
	    detail)), err);

	if (graph == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, graph, err);
	print_graph(cli, graph);
	json_decref(graph);
	return CLI_OK;
}

/* --- timeline ------------------------------------------------------------- */

/* From the run's start to its end, or to now while it goes on. */
struct axis {
	int64_t from_ms, to_ms;
};

static int
column_of(const struct axis *x, int64_t at_ms)
{
	int64_t length = x->to_ms - x->from_ms;

	if (at_ms <= x->from_ms || length <= 0)
		return 0;
	return at_ms >= x->to_ms ? BAR_COLUMNS :
	    (int)((double)(at_ms - x->from_ms) * BAR_COLUMNS /
	        (double)length);
}

/* Dots while it waited, "=" while it ran: one at least. */
static const char *
bar(const struct axis *x, const json_t *o, char text[BAR_COLUMNS + 1])
{
	int64_t queued = doc_time(o, "queued_at");
	int64_t from = doc_time(o, "started_at");
	int64_t to = doc_time(o, "completed_at");
	int first, last, wait;

	text[0] = '\0';
	if (from == 0)
		return text;
	first = column_of(x, from);
	last = column_of(x, to != 0 ? to : x->to_ms);
	if (first == BAR_COLUMNS)
		first--;
	if (last <= first)
		last = first + 1;
	wait = queued != 0 ? column_of(x, queued) : first;
	for (int i = 0; i < last; i++)
		text[i] = i >= first ? '=' : i >= wait ? '.' : ' ';
	text[last] = '\0';
	return text;
}

static void
add_span(struct cli *cli, struct term_table *t, const struct axis *x,
    const json_t *o, bool is_step)
{
	const char *title = is_step ? doc_text(o, "name") : doc_text(o,
	    "title");
	char text[BAR_COLUMNS + 1];

	state_cell(t, doc_text(o, "status"));
	term_cell(t, is_step ? TERM_PLAIN : TERM_BOLD, "%s%s%s", is_step ?
	    "  " : "", title, doc_flag(o, "critical") ? " *" : "");
	term_cell(t, TERM_DIM, "%s", span(o, "wait_ms", &cli->arena));
	term_cell(t, TERM_PLAIN, "%s", span(o, "duration_ms", &cli->arena));
	term_cell(t, TERM_DIM, "%s", bar(x, o, text));
}

static void
print_timeline(struct cli *cli, const json_t *line)
{
	struct axis x = { doc_time(line, "started_at"),
		doc_time(line, "completed_at") };
	bool steps = args_option(cli, "steps") != NULL;
	json_t *job, *step;
	struct term_table t;
	size_t i, k;

	if (x.to_ms == 0)
		x.to_ms = clock_now_ms();
	term_table_init(&t, &cli->arena, 5);
	term_cell(&t, TERM_DIM, "state");
	term_cell(&t, TERM_DIM, "job");
	term_cell(&t, TERM_DIM, "waited");
	term_cell(&t, TERM_DIM, "took");
	term_cell(&t, TERM_DIM, "%s", span(line, "duration_ms", &cli->arena));
	json_array_foreach(json_object_get(line, "steps"), i, job) {
		add_span(cli, &t, &x, job, false);
		if (steps)
			json_array_foreach(json_object_get(job, "steps"), k,
			    step)
				add_span(cli, &t, &x, step, true);
	}
	term_table_print(&t, cli->color, stdout);
}

int
cmd_timeline(struct cli *cli, struct err *err)
{
	json_t *line = read_view(cli, "/timeline", err);

	if (line == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, line, err);
	print_timeline(cli, line);
	json_decref(line);
	return CLI_OK;
}

/* --- compare -------------------------------------------------------------- */

/* "OWNER/NAME/runs/N[/attempts/A]", as the API names a side. */
static int
add_side(struct cli *cli, struct str *path, const char *text,
    struct err *err)
{
	struct run_ref ref;

	if (ref_run(cli, text, &ref, err) == -1)
		return -1;
	percent_encode(path, ref.owner);
	str_add(path, "%2F");
	percent_encode(path, ref.name);
	str_addf(path, "%%2Fruns%%2F%" PRId64, ref.number);
	if (ref.attempt > 0)
		str_addf(path, "%%2Fattempts%%2F%d", ref.attempt);
	return 0;
}

static json_t *
read_comparison(struct cli *cli, struct err *err)
{
	struct str path = STR_INIT;
	json_t *o = NULL;

	str_add(&path, "api/v1/compare?left=");
	if (add_side(cli, &path, cli->words[0], err) == -1)
		goto out;
	str_add(&path, "&right=");
	if (add_side(cli, &path, cli->words[1], err) == -1)
		goto out;
	o = source_get(cli->source, path.s, err);
out:
	str_release(&path);
	return o;
}

static const char *
or_none(const char *text)
{
	return *text != '\0' ? text : "-";
}

/* A line for each field that differs. */
static void
add_fields(struct term_table *t, const json_t *diff)
{
	const char *name;
	json_t *sides;

	json_object_foreach((json_t *)diff, name, sides) {
		term_cell(t, TERM_DIM, "  %s", name);
		term_cell(t, TERM_PLAIN, "%s", "");
		term_cell(t, TERM_PLAIN, "%s", or_none(doc_text(sides,
		    "left")));
		term_cell(t, TERM_PLAIN, "%s", or_none(doc_text(sides,
		    "right")));
	}
}

/* A row: what is said of both sides, and each of them. */
static void
add_sides(struct cli *cli, struct term_table *t, const char *name,
    const json_t *o, const char *const keys[4], const char *text)
{
	term_cell(t, TERM_BOLD, "%s", name);
	term_cell(t, TERM_PLAIN, "%s", text);
	for (int i = 0; i < 4; i += 2)
		term_cell(t, term_state_style(doc_text(o, keys[i])),
		    "%s %s", or_none(doc_text(o, keys[i])), span(o,
		    keys[i + 1], &cli->arena));
}

static void
print_comparison(struct cli *cli, const json_t *o)
{
	static const char *const of_run[] = { "left_status",
		"left_duration_ms", "right_status", "right_duration_ms" };
	static const char *const of_job[] = { "left_state",
		"left_duration_ms", "right_state", "right_duration_ms" };
	const json_t *sum = json_object_get(o, "summary");
	bool all = args_option(cli, "all") != NULL;
	struct term_table t;
	json_t *job;
	size_t i;

	term_table_init(&t, &cli->arena, 4);
	add_sides(cli, &t, "run", sum, of_run, "");
	add_fields(&t, json_object_get(o, "diff"));
	json_array_foreach(json_object_get(o, "step_diffs"), i, job) {
		const char *status = doc_text(job, "status");

		if (!all && strcmp(status, "identical") == 0)
			continue;
		add_sides(cli, &t, doc_text(job, "step"), job, of_job,
		    status);
		add_fields(&t, json_object_get(job, "diff"));
	}
	term_table_print(&t, cli->color, stdout);
	printf("%" PRId64 " of %zu jobs differ\n", doc_int(sum,
	    "steps_different"), i);
}

int
cmd_compare(struct cli *cli, struct err *err)
{
	json_t *o = read_comparison(cli, err);

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	print_comparison(cli, o);
	json_decref(o);
	return CLI_OK;
}
