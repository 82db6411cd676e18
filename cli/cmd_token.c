/*
 * cmd_token.c - pawl token: add, list, remove.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/store/tokens.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MAX_DAYS 36500

const struct cli_option token_add_options[] = {
	{ "role", 0, "ROLE", "reader, writer or admin [writer]", false },
	{ "repo", 'r', "OWNER/NAME", "for this repository alone", false },
	{ "owner", 'o', "OWNER", "for the repositories of an owner", false },
	{ "days", 'd', "N", "it ends after so many days [never]", false },
	{ NULL, 0, NULL, NULL, false },
};

static int
read_scope(struct cli *cli, struct token *t, struct err *err)
{
	const char *repo = args_option(cli, "repo");
	struct repo found;

	t->grant.owner = args_option(cli, "owner");
	if (repo == NULL)
		return 0;
	if (t->grant.owner != NULL)
		return err_set(err, ERR_INVALID, "--owner and --repo: a token "
		    "has one scope");
	if (ref_find_repo(cli, repo, &found, err) == -1)
		return -1;
	t->grant.owner = found.owner;
	t->grant.repo = found.name;
	return 0;
}

static int
read_token(struct cli *cli, struct token *t, struct err *err)
{
	const char *role = args_option(cli, "role");
	long long days;

	t->name = cli->words[0];
	t->grant.role = ROLE_WRITER;
	if (role != NULL && !role_parse(role, &t->grant.role))
		return err_set(err, ERR_INVALID, "there is no role \"%s\": "
		    "--role takes reader, writer or admin", role);
	if (args_number(cli, "days", 1, MAX_DAYS, 0, &days, err) == -1)
		return -1;
	if (days > 0)
		t->expires_at_ms = clock_now_ms() + days * DAY_MS;
	return read_scope(cli, t, err);
}

static json_t *
token_json(struct cli *cli, const struct token *t)
{
	return json_pack("{ss ss ss so}", "name", t->name, "role",
	    role_name(t->grant.role), "scope", grant_scope_text(&t->grant, &cli->arena),
	    "expires_at", json_out_time(t->expires_at_ms));
}

int
cmd_token_add(struct cli *cli, struct err *err)
{
	struct token t = { 0 };
	const char *text;
	json_t *json;

	if (read_token(cli, &t, err) == -1 || token_add(cli->store, &t,
	    cli_caller(cli), &cli->arena, &text, err) == -1)
		return -1;
	if (cli->json) {
		json = token_json(cli, &t);
		json_object_set_new(json, "token", json_string(text));
		return json_out(cli, json, err);
	}
	printf("%s\n", text);
	fprintf(stderr, "this is token \"%s\", %s of %s; it cannot be shown "
	    "again\n", t.name, role_name(t.grant.role),
	    grant_scope_text(&t.grant, &cli->arena));
	return CLI_OK;
}

static void
print_tokens(struct cli *cli, const struct token *list, size_t n)
{
	int64_t now = clock_now_ms();
	char text[CLOCK_TEXT_SIZE];
	struct term_table t;

	term_table_init(&t, &cli->arena, 5);
	for (size_t i = 0; i < n; i++) {
		const struct token *k = &list[i];

		term_cell(&t, TERM_BOLD, "%s", k->name);
		term_cell(&t, TERM_PLAIN, "%s", role_name(k->grant.role));
		term_cell(&t, TERM_PLAIN, "%s",
		    grant_scope_text(&k->grant, &cli->arena));
		if (k->expires_at_ms == 0)
			term_cell(&t, TERM_DIM, "no end");
		else
			term_cell(&t, TERM_DIM, "%s %.10s",
			    k->expires_at_ms <= now ? "ended" : "until",
			    clock_rfc3339(k->expires_at_ms, text));
		if (k->used_at_ms == 0)
			term_cell(&t, TERM_DIM, "never used");
		else
			term_cell(&t, TERM_DIM, "used %s",
			    term_ago(&cli->arena, k->used_at_ms, now));
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "there is no token; \"pawl token add\" makes "
		    "one\n");
}

int
cmd_token_list(struct cli *cli, struct err *err)
{
	struct token *list;
	json_t *json, *o;
	size_t n;

	if (token_list(cli->store, &cli->arena, &list, &n, err) == -1)
		return -1;
	if (!cli->json) {
		print_tokens(cli, list, n);
		return CLI_OK;
	}
	json = json_array();
	for (size_t i = 0; i < n; i++) {
		o = token_json(cli, &list[i]);
		json_object_set_new(o, "created_at",
		    json_out_time(list[i].created_at_ms));
		json_object_set_new(o, "created_by",
		    json_string(list[i].created_by));
		json_object_set_new(o, "used_at",
		    json_out_time(list[i].used_at_ms));
		json_array_append_new(json, o);
	}
	return json_out(cli, json, err);
}

int
cmd_token_remove(struct cli *cli, struct err *err)
{
	if (token_remove(cli->store, 0, cli->words[0], err) == -1)
		return -1;
	printf("removed %s\n", cli->words[0]);
	return CLI_OK;
}
