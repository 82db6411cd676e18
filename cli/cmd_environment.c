/*
 * cmd_environment.c - pawl environment: rules of the places that jobs deploy
 * to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/clock.h"

const struct cli_option environment_set_options[] = {
	{ "reviewer", 'r', "WHO", "one who may approve: a user, a token, "
	                          "role:ROLE", true },
	{ "wait", 'w', "TIME", "time that a job waits, such as 10m", false },
	{ "branch", 'b', "PATTERN", "only branches like this", true },
	{ "tag", 't', "PATTERN", "only tags like this", true },
	{ "ref", 0, "PATTERN", "only refs like this, such as refs/pull/*",
	    true },
	{ "no-self-review", 0, NULL, "not by who started the run", false },
	{ NULL, 0, NULL, NULL, false },
};

/* Add the lines of an option to a list, with something in front. */
static void
add_lines(struct cli *cli, const char *option, const char *before,
    json_t *list)
{
	const char *at = args_option(cli, option);

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "\n");

		json_array_append_new(list, json_string(arena_printf(
		    &cli->arena, "%s%.*s", before, (int)len, at)));
		at += len + (at[len] == '\n');
	}
}

static const char *
environment_path(struct cli *cli, struct err *err)
{
	return ref_repo_path(cli, cli->words[0], arena_printf(&cli->arena,
	    "environments/%s", ref_encode(cli, cli->words[1])), err);
}

int
cmd_environment_set(struct cli *cli, struct err *err)
{
	const char *path = environment_path(cli, err);
	json_t *reviewers = json_array(), *refs = json_array(), *body;

	add_lines(cli, "reviewer", "", reviewers);
	add_lines(cli, "branch", "branch:", refs);
	add_lines(cli, "tag", "tag:", refs);
	add_lines(cli, "ref", "ref:", refs);
	body = json_pack("{s:o, s:o, s:b, s:s*}", "reviewers", reviewers,
	    "refs", refs, "self_review", args_option(cli, "no-self-review") ==
	    NULL, "wait", args_option(cli, "wait"));
	if (body == NULL)
		return err_set(err, ERR_INVALID, "an argument is not UTF-8");
	if (path == NULL) {
		json_decref(body);
		return -1;
	}
	if (source_do(cli->source, "PUT", path, body, err) == -1)
		return -1;
	printf("set environment %s of %s\n", cli->words[1], cli->words[0]);
	return CLI_OK;
}

static const char *
reviewers_text(const json_t *e, struct arena *a)
{
	const json_t *list = json_object_get(e, "reviewers");

	return json_array_size(list) == 0 ? "no approval" : arena_printf(a,
	    "approval by %s", doc_names(list, "or", a));
}

static const char *
self_text(const json_t *e, struct arena *a)
{
	(void)a;
	return doc_flag(e, "self_review") ? "" : "not by who started the run";
}

static const char *
wait_text(const json_t *e, struct arena *a)
{
	int64_t wait_ms = doc_int(e, "wait_ms");
	char span[CLOCK_TEXT_SIZE];

	return wait_ms == 0 ? "" : arena_printf(a, "waits %s",
	    clock_duration(wait_ms, span));
}

static const char *
refs_text(const json_t *e, struct arena *a)
{
	const json_t *list = json_object_get(e, "refs");

	return json_array_size(list) == 0 ? "all refs" : doc_names(list, "and", a);
}

int
cmd_environment_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "name", DOC_TEXT, TERM_BOLD, NULL },
		{ NULL, DOC_MADE, TERM_PLAIN, reviewers_text },
		{ NULL, DOC_MADE, TERM_PLAIN, self_text },
		{ NULL, DOC_MADE, TERM_PLAIN, wait_text },
		{ NULL, DOC_MADE, TERM_PLAIN, refs_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .repo_path = "environments",
		.key = "environments", .columns = columns,
		.none = "no environment has rules; \"pawl environment set\" "
		    "gives it some" };

	return list_run(cli, &list, err);
}

int
cmd_environment_remove(struct cli *cli, struct err *err)
{
	const char *path = environment_path(cli, err);

	if (path == NULL || source_do(cli->source, "DELETE", path, NULL,
	    err) == -1)
		return -1;
	printf("removed the rules of environment %s of %s\n", cli->words[1],
	    cli->words[0]);
	return CLI_OK;
}
