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
#include "cli/place.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/alerts.h"

#define WINDOW_MS (INT64_C(15) * 60 * 1000)

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

static int
read_options(struct cli *cli, struct alert *al, struct err *err)
{
	const char *when = args_option(cli, "when");
	const char *within = args_option(cli, "within");
	const char *severity = args_option(cli, "severity");

	if (when == NULL)
		return err_set(err, ERR_INVALID, "say when with --when: "
		    "\"error_rate > 5\"");
	if (alert_condition_parse(when, al, &cli->arena, err) == -1)
		return err_wrap(err, "--when");
	al->window_ms = WINDOW_MS;
	if (within != NULL && !clock_parse_duration(within, 1000,
		&al->window_ms))
		return err_set(err, ERR_INVALID, "--within takes a time: "
		    "90s, 15 min, 7d; not \"%.100s\"", within);
	al->severity = severity != NULL ? severity : "warning";
	if (strcmp(al->severity, "warning") != 0 &&
	    strcmp(al->severity, "critical") != 0)
		return err_set(err, ERR_INVALID, "--severity takes critical "
		    "or warning, not \"%.100s\"", severity);
	al->workflow = args_option(cli, "workflow");
	al->step = args_option(cli, "step");
	return 0;
}

static json_t *
json_alert(struct cli *cli, const struct alert *al)
{
	struct str condition = STR_INIT, value = STR_INIT;
	json_t *j;

	alert_condition_text(al, &condition);
	alert_value_text(al, al->value, &value);
	j = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:b, s:s?, s:s}",
	    "name", al->name, "of", place_text(cli, al->place, al->repo),
	    "when", condition.s, "window_ms", (json_int_t)al->window_ms,
	    "severity", al->severity, "workflow", json_text_of(al->workflow),
	    "step", json_text_of(al->step), "firing", al->firing, "value",
	    al->has_value ? value.s : NULL, "made_by", al->made_by);
	if (j != NULL)
		json_object_set_new(j, "changed_at", json_time_of(
		    al->changed_at_ms));
	str_release(&condition);
	str_release(&value);
	return j;
}

int
cmd_alert_add(struct cli *cli, struct err *err)
{
	struct alert al = { .name = cli->words[0], .made_by = cli_by(cli) };
	struct place place;

	if (place_read(cli, cli->n_words > 1 ? cli->words[1] : "all", &place,
		err) == -1 || read_options(cli, &al, err) == -1)
		return -1;
	al.place = place.key;
	al.owner = place.owner;
	al.repo = place.repo;
	if (alert_add(cli->store, &al, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (cli->json)
		return json_out(cli, json_alert(cli, &al), err);
	printf("alert %s added\n", al.name);
	return CLI_OK;
}

static void
print_alert(struct cli *cli, struct term_table *t, const struct alert *al)
{
	struct str condition = STR_INIT, value = STR_INIT;
	char window[CLOCK_TEXT_SIZE];

	alert_condition_text(al, &condition);
	alert_value_text(al, al->value, &value);
	term_cell(t, TERM_BOLD, "%s", al->name);
	term_cell(t, al->firing ? TERM_RED : TERM_PLAIN, "%s", al->firing ?
	    "fires" : "clear");
	term_cell(t, TERM_PLAIN, "%s", al->severity);
	term_cell(t, TERM_PLAIN, "%s", place_text(cli, al->place, al->repo));
	term_cell(t, TERM_PLAIN, "%s over %s", condition.s,
	    clock_duration(al->window_ms, window));
	term_cell(t, TERM_PLAIN, "%s", al->has_value ? value.s : "-");
	str_release(&condition);
	str_release(&value);
}

int
cmd_alert_list(struct cli *cli, struct err *err)
{
	struct alert *list;
	json_t *values;
	struct term_table t;
	size_t n;

	if (alert_list(cli->store, &cli->arena, &list, &n, err) == -1)
		return -1;
	if (cli->json) {
		values = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(values, json_alert(cli,
			    &list[i]));
		return json_out(cli, values, err);
	}
	term_table_init(&t, &cli->arena, 6);
	for (size_t i = 0; i < n; i++)
		print_alert(cli, &t, &list[i]);
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "there are no alerts; \"pawl alert add\" "
		    "makes one\n");
	return CLI_OK;
}

int
cmd_alert_remove(struct cli *cli, struct err *err)
{
	if (alert_remove(cli->store, cli->words[0], err) == -1)
		return -1;
	printf("alert %s removed\n", cli->words[0]);
	return CLI_OK;
}
