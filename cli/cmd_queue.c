/*
 * cmd_queue.c - pawl queue: who waits and why, and who has what of the host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/clock.h"

const struct cli_option queue_options[] = {
	{ "limit", 'n', "N", "how many jobs [50]", false },
	{ "skip", 0, "N", "leave out the first N [0]", false },
	{ "stats", 0, NULL, "who has what of the host, instead of the jobs",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- the line ------------------------------------------------------------- */

static bool
is_held(const json_t *job)
{
	return json_is_null(json_object_get(job, "place"));
}

static const char *
place(const json_t *job, struct arena *a)
{
	return is_held(job) ? "-" : arena_printf(a, "%" PRId64,
	    doc_int(job, "place"));
}

static const char *
run_name(const json_t *job, struct arena *a)
{
	return arena_printf(a, "%s/%s#%" PRId64, doc_text(job, "owner"),
	    doc_text(job, "name"), doc_int(job, "number"));
}

static const char *
priority(const json_t *job, struct arena *a)
{
	return arena_printf(a, "priority %" PRId64, doc_int(job,
	    "priority"));
}

static const char *
waited(const json_t *job, struct arena *a)
{
	return term_span(a, doc_time(job, "queued_at"), 0, clock_now_ms());
}

static const struct doc_column columns[] = {
	{ NULL, DOC_MADE, TERM_PLAIN, place },
	{ NULL, DOC_MADE, TERM_BOLD, run_name },
	{ "title", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_DIM, priority },
	{ NULL, DOC_MADE, TERM_DIM, waited },
	{ "reason", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

static void
add_stop(struct str *s, const json_t *stop, const char *what)
{
	const char *reason = doc_text(stop, "reason");

	if (json_is_object(stop))
		str_addf(s, "; %s by %s%s%s", what, doc_text(stop, "by"),
		    *reason != '\0' ? ": " : "", reason);
}

/* Above the list: how full the host is, and what stops all of it. */
static void
print_state(const json_t *stats)
{
	struct str s = STR_INIT, safe = STR_INIT;

	str_addf(&s, "%" PRId64 " waiting, %" PRId64 " of %" PRId64
	    " slots used", doc_int(stats, "pending"),
	    doc_int(stats, "running"), doc_int(stats, "slots"));
	add_stop(&s, json_object_get(stats, "paused"), "paused");
	add_stop(&s, json_object_get(stats, "drained"),
	    "the host is being drained");
	term_text(&safe, s.s);
	printf("%s\n", safe.s);
	str_release(&s);
	str_release(&safe);
}

/* --- shares --------------------------------------------------------------- */

static const char *
limit_text(const json_t *share, struct arena *a)
{
	const json_t *limit = json_object_get(share, "limit");

	return !json_is_integer(limit) ? "" : arena_printf(a, "at most %"
	    PRId64, (int64_t)json_integer_value(limit));
}

static void
share_row(struct cli *cli, struct term_table *t, const json_t *share,
    const char *name, enum term_style style)
{
	const json_t *paused = json_object_get(share, "paused");
	double used = json_number_value(json_object_get(share,
	    "used_seconds"));
	char text[CLOCK_TEXT_SIZE];

	term_cell(t, style, "%s", name);
	term_cell(t, TERM_PLAIN, "%" PRId64 " running", doc_int(share,
	    "running"));
	term_cell(t, TERM_PLAIN, "%" PRId64 " ready", doc_int(share,
	    "ready"));
	term_cell(t, TERM_DIM, "used %s", clock_duration((int64_t)(used *
	    1000), text));
	term_cell(t, TERM_PLAIN, "%s", limit_text(share, &cli->arena));
	term_cell(t, TERM_YELLOW, "%s", !json_is_object(paused) ? "" :
	    arena_printf(&cli->arena, "paused by %s", doc_text(paused,
	    "by")));
}

static void
print_shares(struct cli *cli, const json_t *owners)
{
	json_t *owner, *repo;
	struct term_table t;
	size_t i, k;

	term_table_init(&t, &cli->arena, 6);
	json_array_foreach(owners, i, owner) {
		share_row(cli, &t, owner, doc_text(owner, "name"), TERM_BOLD);
		json_array_foreach(json_object_get(owner, "repositories"), k,
		    repo)
			share_row(cli, &t, repo, arena_printf(&cli->arena,
			    "  %s/%s", doc_text(owner, "name"),
			    doc_text(repo, "name")), TERM_PLAIN);
	}
	term_table_print(&t, cli->color, stdout);
}

static void
print_labels(struct cli *cli, const json_t *labels)
{
	struct term_table t;
	json_t *label;
	size_t i;

	term_table_init(&t, &cli->arena, 3);
	json_array_foreach(labels, i, label) {
		term_cell(&t, TERM_BOLD, "label %s", doc_text(label, "name"));
		term_cell(&t, TERM_PLAIN, "%" PRId64 " running",
		    doc_int(label, "running"));
		term_cell(&t, TERM_PLAIN, "%s", limit_text(label,
		    &cli->arena));
	}
	term_table_print(&t, cli->color, stdout);
}

/* --- the command ---------------------------------------------------------- */

static int
show_stats(struct cli *cli, struct err *err)
{
	json_t *stats = source_get(cli->source, "api/v1/queue/stats", err);

	if (stats == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, stats, err);
	print_state(stats);
	print_shares(cli, json_object_get(stats, "owners"));
	print_labels(cli, json_object_get(stats, "labels"));
	json_decref(stats);
	return CLI_OK;
}

int
cmd_queue(struct cli *cli, struct err *err)
{
	static const char *const filters[] = { "skip", NULL };
	static const struct list list = { .path = "api/v1/queue",
		.key = "jobs", .how = SOURCE_PAGED, .standard = 50, .columns = columns,
		.filters = filters };
	json_t *stats, *line;

	if (cli->web)
		return web_page(cli, "queue", err);
	if (args_option(cli, "stats") != NULL)
		return show_stats(cli, err);
	if (cli->json)
		return list_run(cli, &list, err);
	if ((line = list_read(cli, &list, err)) == NULL)
		return -1;
	stats = source_get(cli->source, "api/v1/queue/stats", err);
	if (stats != NULL) {
		print_state(stats);
		doc_table(cli, line, columns);
	}
	json_decref(line);
	json_decref(stats);
	return stats == NULL ? -1 : CLI_OK;
}
