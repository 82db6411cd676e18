/*
 * cmd_events.c - pawl events list: what happened in a run, in order.
 *
 * Over HTTP events are a stream for those who follow a run, not a list; so
 * this reads the database.
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
#include "lib/store/runs.h"

#define PAGE 1000

const struct cli_option events_options[] = {
	{ "after", 'a', "N", "only those behind this number", false },
	{ "limit", 'n', "N", "how many [all]", false },
	{ NULL, 0, NULL, NULL, false },
};

static json_t *
event_json(const struct event *e)
{
	json_t *data = json_loads(e->data, 0, NULL);

	return json_pack("{s:I, s:s, s:o, s:o}", "seq", (json_int_t)e->seq,
	    "type", e->type, "at", json_out_time(e->at_ms), "data",
	    data != NULL ? data : json_object());
}

static int
read_events(struct cli *cli, int64_t run, int64_t after, int64_t limit,
    json_t *all, struct err *err)
{
	struct event *list;
	size_t n;
	int room;

	do {
		room = limit < PAGE ? (int)limit : PAGE;
		if (event_list(cli->store, run, after, room, &cli->arena,
		    &list, &n, err) == -1)
			return -1;
		for (size_t i = 0; i < n; i++)
			json_array_append_new(all, event_json(&list[i]));
		if (n > 0)
			after = list[n - 1].seq;
		limit -= (int64_t)n;
	} while (n == (size_t)room && limit > 0);
	return 0;
}

static const char *
number_text(const json_t *event, struct arena *a)
{
	return arena_printf(a, "%" PRId64, doc_int(event, "seq"));
}

/* "build, step 2" of the facts. */
static const char *
about_text(const json_t *event, struct arena *a)
{
	const json_t *data = json_object_get(event, "data");
	int64_t step = doc_int(data, "step");

	return step == 0 ? doc_text(data, "key") : arena_printf(a,
	    "%s step %" PRId64, doc_text(data, "key"), step);
}

static const char *
reason_text(const json_t *event, struct arena *a)
{
	(void)a;
	return doc_text(json_object_get(event, "data"), "reason");
}

int
cmd_events_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ NULL, DOC_MADE, TERM_DIM, number_text },
		{ "at", DOC_TEXT, TERM_DIM, NULL },
		{ "type", DOC_TEXT, TERM_BOLD, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, about_text },
		{ NULL, DOC_MADE, TERM_PLAIN, reason_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	long long after, limit;
	struct run run;
	json_t *all;

	if (args_number(cli, "after", 0, INT64_MAX, 0, &after, err) == -1 ||
	    args_number(cli, "limit", 1, INT64_MAX, INT64_MAX, &limit, err) ==
	    -1 || ref_find_run(cli, cli->words[0], &run, err) == -1)
		return -1;
	all = json_array();
	if (read_events(cli, run.id, after, limit, all, err) == -1) {
		json_decref(all);
		return -1;
	}
	if (cli->json)
		return json_out(cli, all, err);
	doc_table(cli, all, columns);
	json_decref(all);
	return CLI_OK;
}
