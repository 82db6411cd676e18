/*
 * cmd_repo_report.c - pawl repo report: how a forge is told of runs, for a
 * repository or for all of a forge.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/term.h"
#include "lib/base/outgoing.h"
#include "lib/forge/status.h"
#include "lib/store/reporting.h"
#include "lib/store/seal.h"

const struct cli_option repo_report_options[] = {
	{ "token-file", 0, "FILE", "a token of the forge's API; \"-\" is "
	    "standard input", false },
	{ "api-url", 0, "URL", "where the API is [as the clone URL tells]",
	    false },
	{ "statuses", 0, "WHAT", "workflow: one for each; job: of jobs, "
	    "too; off", false },
	{ "ignored", 0, "on|off", "a status also when no workflow matched "
	    "[off]", false },
	{ "comments", 0, "on|off", "on pull requests with mistakes in "
	    "pipelines [off]", false },
	{ "forget", 0, NULL, "remove all that is set", false },
	{ NULL, 0, NULL, NULL, false },
};

/* What the command is about. */
struct place {
	const char *key;
	const char *forge;
	struct repo repo; /* id 0: the whole forge */
};

static int
read_place(struct cli *cli, struct place *out, struct err *err)
{
	const char *word = cli->words[0];

	memset(out, 0, sizeof(*out));
	if (strchr(word, '/') == NULL) {
		out->forge = word;
		out->key = reporting_place_forge(word, &cli->arena);
		if (!forge_has_statuses(word))
			return err_set(err, ERR_INVALID, "\"%.100s\" is "
			    "neither OWNER/NAME nor a forge that takes "
			    "statuses", word);
		return 0;
	}
	if (ref_find_repo(cli, word, &out->repo, err) == -1)
		return -1;
	out->forge = out->repo.forge;
	out->key = reporting_place_repo(out->repo.id, &cli->arena);
	return 0;
}

static int
read_switch(struct cli *cli, const char *name, int *out, struct err *err)
{
	const char *value = args_option(cli, name);

	if (value == NULL)
		return 0;
	*out = strcmp(value, "on") == 0;
	if (*out == 0 && strcmp(value, "off") != 0)
		return err_set(err, ERR_INVALID, "--%s takes on or off, not "
		    "\"%.100s\"", name, value);
	return 0;
}

static int
read_options(struct cli *cli, struct reporting *out, const char **token,
    struct err *err)
{
	const char *file = args_option(cli, "token-file"), *host;

	out->api_url = args_option(cli, "api-url");
	out->statuses = args_option(cli, "statuses");
	if (read_switch(cli, "ignored", &out->ignored, err) == -1 ||
	    read_switch(cli, "comments", &out->comments, err) == -1)
		return -1;
	if (out->statuses != NULL && strcmp(out->statuses, "workflow") != 0 &&
	    strcmp(out->statuses, "job") != 0 &&
	    strcmp(out->statuses, "off") != 0)
		return err_set(err, ERR_INVALID, "--statuses takes workflow, "
		    "job or off, not \"%.100s\"", out->statuses);
	if (out->api_url != NULL && (outgoing_host(out->api_url, &cli->arena,
		&host, err) == -1 || !str_starts_with(out->api_url, "http")))
		return err_wrap(err, "--api-url");
	if (file == NULL)
		return 0;
	if (secret_input(file, "token", SEAL_NOTIFY_MAX, &cli->arena, token,
		err) == -1)
		return -1;
	if (!forge_token_valid(*token))
		return err_set(err, ERR_INVALID, "a token is one word without "
		    "blanks");
	return 0;
}

static bool
sets_something(const struct cli *cli)
{
	for (size_t i = 0; repo_report_options[i].name != NULL; i++)
		if (args_option(cli, repo_report_options[i].name) != NULL)
			return true;
	return false;
}

static const char *
on_off(int value)
{
	return value == 1 ? "on" : "off";
}

static int
show(struct cli *cli, const struct place *p, struct err *err)
{
	struct reporting r = REPORTING_NONE;
	struct forge_api api = { 0 };
	struct err why = { 0 };
	struct term_table t;
	int rc;

	if (p->repo.id != 0)
		rc = reporting_of(cli->store, &p->repo, &cli->arena, &r, err);
	else
		rc = reporting_find(cli->store, p->key, &cli->arena, &r, err);
	if (rc == -1)
		return -1;
	if (p->repo.id != 0 && forge_api_find(p->repo.forge,
		p->repo.clone_url, r.api_url, p->repo.owner, p->repo.name,
		&cli->arena, &api, &why) == 0)
		r.api_url = api.base;
	if (cli->json)
		return json_out(cli, json_pack("{s:s, s:s?, s:b, s:s, s:b, s:b}",
		    "forge", p->forge, "api_url", r.api_url, "token",
		    r.has_token, "statuses", r.statuses != NULL ? r.statuses :
		    "workflow", "ignored", r.ignored == 1, "comments",
		    r.comments == 1), err);
	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_DIM, "API");
	term_cell(&t, TERM_PLAIN, "%s", r.api_url != NULL ? r.api_url :
	    p->repo.id == 0 ? "as the clone URL tells" : why.text);
	term_cell(&t, TERM_DIM, "token");
	term_cell(&t, TERM_PLAIN, "%s", r.has_token ? "set" :
	    "none: the forge is not told anything");
	term_cell(&t, TERM_DIM, "statuses");
	term_cell(&t, TERM_PLAIN, "%s", r.statuses != NULL ? r.statuses :
	    "workflow");
	term_cell(&t, TERM_DIM, "when nothing matched");
	term_cell(&t, TERM_PLAIN, "%s", on_off(r.ignored));
	term_cell(&t, TERM_DIM, "comments");
	term_cell(&t, TERM_PLAIN, "%s", on_off(r.comments));
	term_table_print(&t, cli->color, stdout);
	return CLI_OK;
}

int
cmd_repo_report(struct cli *cli, struct err *err)
{
	struct reporting r = REPORTING_NONE;
	const char *token = NULL;
	struct place p;

	if (read_place(cli, &p, err) == -1)
		return -1;
	if (args_option(cli, "forget") != NULL) {
		if (reporting_forget(cli->store, p.key, err) == -1)
			return -1;
	} else if (sets_something(cli)) {
		if (read_options(cli, &r, &token, err) == -1 ||
		    reporting_set(cli->store, p.key, p.repo.id, &r, token,
			err) == -1)
			return -1;
	}
	return show(cli, &p, err);
}
