/*
 * cmd_schedule.c - pawl schedule: what starts by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/inputs.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch_check.h"
#include "lib/forge/schedule.h"
#include "lib/render/json.h"

#define LIST_MAX 1000

const struct cli_option schedule_add_options[] = {
	{ "cron", 'c', "EXPRESSION", "minute, hour, day of the month, month, "
	    "day of the week", false },
	{ "timezone", 'z', "ZONE", "whose clock counts [UTC]", false },
	{ "ref", 0, "REF", "branch or full ref [the default branch]", false },
	{ "input", 'f', "NAME=VALUE", "an input; again for more", true },
	{ NULL, 0, NULL, NULL, false },
};

static void
print_due(struct term_table *t, const struct schedule *s)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->paused_by != NULL)
		term_cell(t, TERM_DIM, "paused by %s", s->paused_by);
	else if (s->due_at_ms == 0)
		term_cell(t, TERM_DIM, "never");
	else
		term_cell(t, TERM_PLAIN, "%.16sZ",
		    clock_rfc3339(s->due_at_ms, text));
}

static void
print_list(struct cli *cli, const struct schedule *list, size_t n)
{
	int64_t now = clock_now_ms();
	struct term_table t;

	term_table_init(&t, &cli->arena, 7);
	for (size_t i = 0; i < n; i++) {
		const struct schedule *s = &list[i];

		term_cell(&t, TERM_BOLD, "%" PRId64, s->id);
		term_cell(&t, TERM_PLAIN, "%s/%s", s->owner, s->name);
		term_cell(&t, TERM_PLAIN, "%s", s->workflow);
		term_cell(&t, TERM_PLAIN, "%s %s", s->cron, s->timezone);
		print_due(&t, s);
		if (s->fired_at_ms == 0)
			term_cell(&t, TERM_DIM, "has not fired");
		else
			term_cell(&t, TERM_DIM, "fired %s",
			    term_ago(&cli->arena, s->fired_at_ms, now));
		term_cell(&t, TERM_DIM, "%s", s->added_by != NULL ?
		    s->added_by : "");
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "no workflow has a schedule\n");
}

int
cmd_schedule_list(struct cli *cli, struct err *err)
{
	struct repo repo = { 0 };
	struct schedule *list;
	json_t *all;
	size_t n;

	if (cli->n_words == 1 && ref_find_repo(cli, cli->words[0], &repo,
	    err) == -1)
		return -1;
	if (schedule_list(cli->store, repo.id, 0, LIST_MAX, &cli->arena,
	    &list, &n, err) == -1)
		return -1;
	if (!cli->json) {
		print_list(cli, list, n);
		return CLI_OK;
	}
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_schedule(&list[i]));
	return json_out(cli, all, err);
}

static int
read_schedule(struct cli *cli, const struct repo *repo, struct schedule *s,
    struct err *err)
{
	const char *zone = args_option(cli, "timezone");
	struct workflow_row row;
	json_t *inputs;
	char *text;
	int rc;

	if (dispatch_find(cli->store, repo, cli->words[1], &cli->arena, &row,
	    err) == -1 || inputs_read(cli, &inputs, err) == -1)
		return -1;
	*s = (struct schedule){ .repo = repo->id, .workflow = row.path,
		.cron = args_option(cli, "cron"), .ref =
		args_option(cli, "ref"), .added_by = cli_by(cli),
		.timezone = zone != NULL ? zone : "UTC" };
	rc = dispatch_check(repo, &row, s->ref, inputs, &cli->arena, err);
	if (rc == 0 && inputs != NULL) {
		text = json_dumps(inputs, JSON_COMPACT);
		s->inputs = arena_strdup(&cli->arena, text);
		free(text);
	}
	json_decref(inputs);
	return rc;
}

int
cmd_schedule_add(struct cli *cli, struct err *err)
{
	struct repo repo;
	struct schedule s;

	if (args_option(cli, "cron") == NULL)
		return cli_usage(cli, "--cron EXPRESSION is missing");
	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    read_schedule(cli, &repo, &s, err) == -1 ||
	    schedule_next(s.cron, s.timezone, clock_now_ms(), &s.due_at_ms,
	    err) == -1 || schedule_add(cli->store, &s, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (cli->json)
		return json_out(cli, json_pack("{s:I}", "id", (json_int_t)s.id),
		    err);
	printf("%" PRId64 "\n", s.id);
	return CLI_OK;
}

static int
find(struct cli *cli, struct schedule *s, struct err *err)
{
	long long id;
	int rc;

	if (!str_to_int64(cli->words[0], 1, INT64_MAX, &id))
		return err_set(err, ERR_INVALID, "\"%s\" is not the number of "
		    "a schedule: \"pawl schedule list\" shows them",
		    cli->words[0]);
	rc = schedule_find(cli->store, id, &cli->arena, s, err);
	return rc == 1 ? 0 : rc == -1 ? -1 : err_set(err, ERR_NOT_FOUND,
	    "there is no schedule %lld", id);
}

int
cmd_schedule_remove(struct cli *cli, struct err *err)
{
	struct schedule s;

	return find(cli, &s, err) == -1 ||
	    schedule_remove(cli->store, s.id, err) == -1 ? -1 : CLI_OK;
}

int
cmd_schedule_pause(struct cli *cli, struct err *err)
{
	struct schedule s;

	return find(cli, &s, err) == -1 || schedule_hold(cli->store, &s,
	    cli_by(cli), err) == -1 ? -1 : CLI_OK;
}

int
cmd_schedule_resume(struct cli *cli, struct err *err)
{
	struct schedule s;

	if (find(cli, &s, err) == -1 || schedule_hold(cli->store, &s, NULL,
	    err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	return CLI_OK;
}

int
cmd_schedule_run(struct cli *cli, struct err *err)
{
	struct schedule s;
	char id[37];

	if (find(cli, &s, err) == -1 || schedule_run(cli->store, &s,
	    cli_user(cli), cli_by(cli), id, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (cli->json)
		return json_out(cli, json_pack("{s:s}", "delivery", id), err);
	printf("%s\n", id);
	return CLI_OK;
}
