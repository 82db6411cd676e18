/*
 * cmd_repo_secret.c - pawl repo secret: add, list, remove. Several webhook
 * secrets count at once, so that one can take the place of another.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <sodium.h>
#include <stdio.h>
#include "cli/hook.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/seal.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MAX_DAYS 36500

const struct cli_option repo_secret_add_options[] = {
	{ "file", 0, "FILE", "read the secret there; \"-\" is standard "
	                     "input", false },
	{ "days", 'd', "N", "it ends after so many days [never]", false },
	{ NULL, 0, NULL, NULL, false },
};

int
cmd_repo_secret_add(struct cli *cli, struct err *err)
{
	const char *file = args_option(cli, "file"), *secret = NULL;
	const char *name = cli->words[1];
	struct repo repo;
	long long days;
	int64_t until = 0;

	if (sodium_init() == -1)
		return err_set(err, ERR_IO, "no source of random numbers");
	if (args_number(cli, "days", 1, MAX_DAYS, 0, &days, err) == -1 ||
	    ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	if (file != NULL && secret_input(file, "webhook secret",
	    SEAL_HOOK_MAX, &cli->arena, &secret, err) == -1)
		return -1;
	if (file == NULL)
		secret = hook_random_secret(&cli->arena);
	if (days > 0)
		until = clock_now_ms() + days * DAY_MS;
	if (hook_secret_add(cli->store, repo.id, name, secret, until,
	    cli_caller(cli), err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, json_pack("{ss ss}", "name", name, "secret",
		    secret), err);
	if (file == NULL)
		printf("%s\n", secret);
	fprintf(stderr, "webhooks of %s/%s may be signed with \"%s\", too; "
	    "set it at the forge\n", repo.owner, repo.name, name);
	return CLI_OK;
}

static void
print_times(struct cli *cli, struct term_table *t, const struct hook_secret *s)
{
	int64_t now = clock_now_ms();
	char text[CLOCK_TEXT_SIZE];

	term_cell(t, TERM_DIM, "added %s", term_ago(&cli->arena,
	    s->created_at_ms, now));
	if (s->expires_at_ms == 0)
		term_cell(t, TERM_DIM, "no end");
	else
		term_cell(t, TERM_DIM, "%s %.10s", s->expires_at_ms <= now ?
		    "ended" : "until", clock_rfc3339(s->expires_at_ms, text));
	if (s->used_at_ms == 0)
		term_cell(t, TERM_DIM, "never used");
	else
		term_cell(t, TERM_DIM, "used %s", term_ago(&cli->arena,
		    s->used_at_ms, now));
}

static int
print_json(struct cli *cli, const struct hook_secret *list, size_t n,
    struct err *err)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_pack("{ss so ss? so so}",
		    "name", list[i].name,
		    "created_at", json_out_time(list[i].created_at_ms),
		    "created_by", list[i].created_by,
		    "expires_at", json_out_time(list[i].expires_at_ms),
		    "used_at", json_out_time(list[i].used_at_ms)));
	return json_out(cli, out, err);
}

int
cmd_repo_secret_list(struct cli *cli, struct err *err)
{
	struct hook_secret *list;
	struct term_table t;
	struct repo repo;
	size_t n;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    hook_secret_list(cli->store, repo.id, &cli->arena, &list, &n,
	    err) == -1)
		return -1;
	if (cli->json)
		return print_json(cli, list, n, err);
	term_table_init(&t, &cli->arena, 5);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "%s", list[i].name);
		term_cell(&t, TERM_PLAIN, "%s", list[i].created_by != NULL ?
		    list[i].created_by : "");
		print_times(cli, &t, &list[i]);
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "%s/%s has no webhook secret of its own\n",
		    repo.owner, repo.name);
	return CLI_OK;
}

int
cmd_repo_secret_remove(struct cli *cli, struct err *err)
{
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    hook_secret_remove(cli->store, repo.id, cli->words[1], err) == -1)
		return -1;
	printf("webhooks of %s/%s signed with \"%s\" are refused from now "
	    "on\n", repo.owner, repo.name, cli->words[1]);
	return CLI_OK;
}
