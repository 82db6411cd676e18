/*
 * cmd_schedule.c - pawl schedule: what starts by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/delivery_out.h"
#include "cli/inputs.h"
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/clock.h"

const struct cli_option schedule_add_options[] = {
	{ "cron", 'c', "EXPRESSION", "minute, hour, day of the month, month, "
	    "day of the week", false },
	{ "timezone", 'z', "ZONE", "whose clock counts [UTC]", false },
	{ "ref", 0, "REF", "branch or full ref [the default branch]", false },
	{ "input", 'f', "NAME=VALUE", "an input; again for more", true },
	{ NULL, 0, NULL, NULL, false },
};

static const char *
cron_text(const json_t *s, struct arena *a)
{
	return arena_printf(a, "%s %s", doc_text(s, "cron"),
	    doc_text(s, "timezone"));
}

static const char *
due_text(const json_t *s, struct arena *a)
{
	if (*doc_text(s, "paused_by") != '\0')
		return arena_printf(a, "paused by %s", doc_text(s,
		    "paused_by"));
	return doc_time(s, "next_at") == 0 ? "never" : arena_printf(a,
	    "%.16sZ", doc_text(s, "next_at"));
}

static const char *
fired_text(const json_t *s, struct arena *a)
{
	int64_t at_ms = doc_time(s, "fired_at");

	return at_ms == 0 ? "has not fired" : arena_printf(a, "fired %s",
	    term_ago(a, at_ms, clock_now_ms()));
}

int
cmd_schedule_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "id", DOC_TEXT, TERM_BOLD, NULL },
		{ "repo", DOC_TEXT, TERM_PLAIN, NULL },
		{ "workflow", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, cron_text },
		{ NULL, DOC_MADE, TERM_PLAIN, due_text },
		{ NULL, DOC_MADE, TERM_DIM, fired_text },
		{ "added_by", DOC_TEXT, TERM_DIM, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .path = "api/v1/schedules",
		.repo_path = "schedules", .key = "schedules",
		.how = SOURCE_PAGED, .columns = columns, .page = "schedules",
		.none = "no workflow has a schedule" };

	return list_run(cli, &list, err);
}

int
cmd_schedule_add(struct cli *cli, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], "schedules",
	    err);
	json_t *inputs = NULL, *body, *o;

	if (args_option(cli, "cron") == NULL)
		return cli_usage(cli, "--cron EXPRESSION is missing");
	if (path == NULL || inputs_read(cli, &inputs, err) == -1)
		return -1;
	body = json_pack("{s:s, s:s, s:s*, s:s*, s:o*}", "workflow",
	    cli->words[1], "cron", args_option(cli, "cron"), "timezone",
	    args_option(cli, "timezone"), "ref", args_option(cli, "ref"),
	    "inputs", inputs);
	if (body == NULL)
		return err_set(err, ERR_INVALID, "an argument is not UTF-8");
	if ((o = source_change(cli->source, "POST", path, body, err)) == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	printf("%" PRId64 "\n", doc_int(o, "id"));
	json_decref(o);
	return CLI_OK;
}

/* --- one ------------------------------------------------------------------ */

/* The repository of a schedule, of whose number alone people know. */
static const char *
find_repo(struct cli *cli, long long id, struct err *err)
{
	json_t *all = source_list(cli->source, "api/v1/schedules",
	    "schedules", 0, SOURCE_PAGED, err), *s;
	const char *found = NULL;
	size_t i;

	json_array_foreach(all, i, s)
		if (doc_int(s, "id") == id)
			found = arena_strdup(&cli->arena, doc_text(s,
			    "repo"));
	if (all != NULL && found == NULL)
		err_set(err, ERR_NOT_FOUND, "there is no schedule %lld", id);
	json_decref(all);
	return found;
}

static const char *
schedule_path(struct cli *cli, const char *tail, struct err *err)
{
	const char *repo;
	long long id;

	if (!str_to_int64(cli->words[0], 1, INT64_MAX, &id)) {
		err_set(err, ERR_INVALID, "\"%s\" is not the number of a "
		    "schedule: \"pawl schedule list\" shows them",
		    cli->words[0]);
		return NULL;
	}
	repo = find_repo(cli, id, err);
	return repo == NULL ? NULL : ref_repo_path(cli, repo, arena_printf(
	    &cli->arena, "schedules/%lld%s", id, tail), err);
}

static int
act(struct cli *cli, const char *method, const char *tail, struct err *err)
{
	const char *path = schedule_path(cli, tail, err);

	return path == NULL || source_do(cli->source, method, path, NULL,
	    err) == -1 ? -1 : CLI_OK;
}

int
cmd_schedule_remove(struct cli *cli, struct err *err)
{
	return act(cli, "DELETE", "", err);
}

int
cmd_schedule_pause(struct cli *cli, struct err *err)
{
	return act(cli, "POST", "/pause", err);
}

int
cmd_schedule_resume(struct cli *cli, struct err *err)
{
	return act(cli, "POST", "/resume", err);
}

int
cmd_schedule_run(struct cli *cli, struct err *err)
{
	const char *path = schedule_path(cli, "/run", err);

	return path == NULL ? -1 : delivery_send(cli, path, NULL, err);
}
