/*
 * cmd_environment.c - pawl environment: rules of the places that jobs deploy
 * to.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/render/json_gates.h"
#include "lib/store/environments.h"

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
    const char ***list, size_t *n)
{
	const char *at = args_option(cli, option);

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "\n");

		*(const char **)arena_push(&cli->arena, list, n,
		    sizeof(**list)) = arena_printf(&cli->arena, "%s%.*s",
		    before, (int)len, at);
		at += len + (at[len] == '\n');
	}
}

static int
read_rules(struct cli *cli, struct environment_rules *rules, struct err *err)
{
	const char *wait = args_option(cli, "wait");
	const char **reviewers = NULL, **refs = NULL;

	add_lines(cli, "reviewer", "", &reviewers, &rules->n_reviewers);
	add_lines(cli, "branch", "branch:", &refs, &rules->n_refs);
	add_lines(cli, "tag", "tag:", &refs, &rules->n_refs);
	add_lines(cli, "ref", "ref:", &refs, &rules->n_refs);
	rules->reviewers = reviewers;
	rules->refs = refs;
	rules->self_review = args_option(cli, "no-self-review") == NULL;
	if (wait != NULL && !clock_parse_duration(wait, 60000,
	    &rules->wait_ms))
		return err_set(err, ERR_INVALID, "--wait %s is no time: write "
		    "a number with a unit, such as 10m", wait);
	return 0;
}

int
cmd_environment_set(struct cli *cli, struct err *err)
{
	struct environment_rules rules = { .name = cli->words[1] };
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    read_rules(cli, &rules, err) == -1)
		return -1;
	rules.repo = repo.id;
	if (environment_rules_set(cli->store, &rules, err) == -1)
		return -1;
	printf("set environment %s of %s/%s\n", rules.name, repo.owner,
	    repo.name);
	return CLI_OK;
}

static void
print_rules(struct cli *cli, const struct environment_rules *list, size_t n)
{
	struct arena *a = &cli->arena;
	char span[CLOCK_TEXT_SIZE];
	struct term_table t;

	term_table_init(&t, a, 5);
	for (size_t i = 0; i < n; i++) {
		const struct environment_rules *e = &list[i];

		term_cell(&t, TERM_BOLD, "%s", e->name);
		term_cell(&t, TERM_PLAIN, "%s", e->n_reviewers == 0 ?
		    "no approval" : arena_printf(a, "approval by %s",
		    names_text(e->reviewers, e->n_reviewers, a)));
		term_cell(&t, TERM_PLAIN, "%s", e->self_review ? "" :
		    "not by who started the run");
		term_cell(&t, TERM_PLAIN, "%s", e->wait_ms == 0 ? "" :
		    arena_printf(a, "waits %s", clock_duration(e->wait_ms,
		    span)));
		term_cell(&t, TERM_PLAIN, "%s", e->n_refs == 0 ? "all refs" :
		    names_text(e->refs, e->n_refs, a));
	}
	term_table_print(&t, cli->color, stdout);
}

int
cmd_environment_list(struct cli *cli, struct err *err)
{
	struct environment_rules *list;
	struct repo repo;
	size_t n;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    environment_rules_list(cli->store, repo.id, &cli->arena, &list,
		&n, err) == -1)
		return -1;
	if (cli->json) {
		json_t *all = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(all, json_environment(&list[i]));
		return json_out(cli, all, err);
	}
	print_rules(cli, list, n);
	if (n == 0)
		fprintf(stderr, "no environment has rules; \"pawl environment "
		    "set\" gives it some\n");
	return CLI_OK;
}

int
cmd_environment_remove(struct cli *cli, struct err *err)
{
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    environment_rules_remove(cli->store, repo.id, cli->words[1],
		err) == -1)
		return -1;
	printf("removed the rules of environment %s of %s/%s\n",
	    cli->words[1], repo.owner, repo.name);
	return CLI_OK;
}
