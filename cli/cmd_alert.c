/*
 * cmd_alert.c - pawl alert: add, list, remove.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/clock.h"

const struct cli_option alert_add_options[] = {
	{ "when", 0, "CONDITION", "\"error_rate > 5\", as below", false },
	{ "within", 0, "TIME", "of what ended so short ago, up to 7 d "
	    "[15 min]", false },
	{ "severity", 0, "WORD", "critical or warning [warning]", false },
	{ "workflow", 'W', "NAME", "only runs of this workflow, by file or "
	    "name", false },
	{ "step", 0, "TITLE", "not of runs, of their steps with this title",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* Fields of the API that have the names of their options. */
static json_t *
body_of(struct cli *cli)
{
	static const char *const names[] = { "when", "within", "severity",
		"workflow", "step" };
	json_t *body = json_pack("{s:s, s:s}", "name", cli->words[0], "of",
	    cli->n_words > 1 ? cli->words[1] : "all");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = args_option(cli, names[i]);

		if (value != NULL)
			json_object_set_new(body, names[i],
			    json_string(value));
	}
	return body;
}

int
cmd_alert_add(struct cli *cli, struct err *err)
{
	json_t *o;

	if (args_option(cli, "when") == NULL)
		return err_set(err, ERR_INVALID, "say when with --when: "
		    "\"error_rate > 5\"");
	o = source_change(cli->source, "POST", "api/v1/alerts", body_of(cli),
	    err);
	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	printf("alert %s added\n", doc_text(o, "name"));
	json_decref(o);
	return CLI_OK;
}

static const char *
state(const json_t *alert, struct arena *a)
{
	(void)a;
	return doc_flag(alert, "firing") ? "fires" : "clear";
}

static const char *
condition(const json_t *alert, struct arena *a)
{
	char window[CLOCK_TEXT_SIZE];

	return arena_printf(a, "%s over %s", doc_text(alert, "when"),
	    clock_duration(doc_int(alert, "window_ms"), window));
}

static const char *
value(const json_t *alert, struct arena *a)
{
	const char *text = doc_text(alert, "value");

	(void)a;
	return *text != '\0' ? text : "-";
}

static const struct doc_column columns[] = {
	{ "name", DOC_TEXT, TERM_BOLD, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, state },
	{ "severity", DOC_TEXT, TERM_PLAIN, NULL },
	{ "of", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, condition },
	{ NULL, DOC_MADE, TERM_PLAIN, value },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_alert_list(struct cli *cli, struct err *err)
{
	static const struct list list = { .path = "api/v1/alerts",
		.key = "alerts", .columns = columns,
		.none = "there are no alerts; \"pawl alert add\" makes one" };

	return list_run(cli, &list, err);
}

int
cmd_alert_remove(struct cli *cli, struct err *err)
{
	if (source_do(cli->source, "DELETE", arena_printf(&cli->arena,
		"api/v1/alerts/%s", ref_encode(cli, cli->words[0])), NULL,
		err) == -1)
		return -1;
	printf("alert %s removed\n", cli->words[0]);
	return CLI_OK;
}
