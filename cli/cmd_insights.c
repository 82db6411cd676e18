/*
 * cmd_insights.c - pawl insights: how runs did.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/clock.h"

const struct cli_option insights_options[] = {
	{ "period", 'p', "TIME", "of what ended so short ago, up to 90d "
	    "[24h]", false },
	{ "workflow", 'w', "NAME", "only this workflow", false },
	{ NULL, 0, NULL, NULL, false },
};

static const char *
summary_path(struct cli *cli, struct err *err)
{
	const char *period = args_option(cli, "period");
	const char *workflow = args_option(cli, "workflow");
	const char *tail = arena_printf(&cli->arena,
	    "metrics/summary?period=%s%s%s", ref_encode(cli, period != NULL ?
	    period : "24h"), workflow != NULL ? "&pipeline=" : "",
	    workflow != NULL ? ref_encode(cli, workflow) : "");

	return cli->n_words == 1 ? ref_repo_path(cli, cli->words[0], tail,
	    err) : arena_printf(&cli->arena, "api/v1/%s", tail);
}

static const char *
span(const json_t *o, const char *key, struct arena *a)
{
	char text[CLOCK_TEXT_SIZE];

	return arena_strdup(a, clock_duration(doc_int(o, key), text));
}

static void
print_total(struct cli *cli, const json_t *sum)
{
	const json_t *rate = json_object_get(sum, "success_rate");
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 2);
	doc_row(&t, "runs", arena_printf(a, "%" PRId64, doc_int(sum,
	    "total_executions")));
	if (json_is_number(rate))
		doc_row(&t, "succeeded", arena_printf(a, "%.1f %%", 100 *
		    json_number_value(rate)));
	doc_row(&t, "took", arena_printf(a, "%s in the middle, %s of 95 in "
	    "100, %s of 99", span(sum, "p50", a), span(sum, "p95", a),
	    span(sum, "p99", a)));
	doc_row(&t, "dead letters", arena_printf(a, "%" PRId64, doc_int(sum,
	    "dlq_depth")));
	term_table_print(&t, cli->color, stdout);
}

static void
print_steps(struct cli *cli, const json_t *steps)
{
	struct term_table t;
	json_t *step;
	size_t i;

	if (json_array_size(steps) == 0)
		return;
	term_table_init(&t, &cli->arena, 4);
	json_array_foreach(steps, i, step) {
		term_cell(&t, TERM_PLAIN, "%s", doc_text(step, "step"));
		term_cell(&t, TERM_DIM, "%" PRId64 " times", doc_int(step,
		    "executions"));
		term_cell(&t, TERM_PLAIN, "%s", span(step, "avg_ms",
		    &cli->arena));
		term_cell(&t, TERM_PLAIN, "%.1f %% failed", 100 *
		    json_number_value(json_object_get(step, "error_rate")));
	}
	putchar('\n');
	term_table_print(&t, cli->color, stdout);
}

int
cmd_insights(struct cli *cli, struct err *err)
{
	const char *path;
	json_t *o;

	if (cli->web)
		return web_page(cli, "insights", err);
	if ((path = summary_path(cli, err)) == NULL ||
	    (o = source_get(cli->source, path, err)) == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	print_total(cli, json_object_get(o, "summary"));
	print_steps(cli, json_object_get(o, "by_step"));
	json_decref(o);
	return CLI_OK;
}
