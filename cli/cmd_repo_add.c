/*
 * cmd_repo_add.c - pawl repo add: register a repository and say how its
 * webhook is set up.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "cli/hook.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/term.h"
#include "lib/forge/forge.h"
#include "lib/render/files.h"
#include "lib/render/shown.h"
#include "lib/store/seal.h"

const struct cli_option repo_add_options[] = {
	{ "forge", 'f', "FORGE", "github, gitlab, ...; known hosts are "
	                         "guessed" },
	{ "branch", 'b', "BRANCH", "the default branch [main]" },
	{ "secret-file", 0, "FILE", "read the webhook's secret there; \"-\" is "
	                            "standard input" },
	{ NULL, 0, NULL, NULL },
};

/* The forge that was named, or that the clone URL tells; -1 when neither. */
static int
choose_forge(struct cli *cli, const char *url, const char **forge,
    struct err *err)
{
	const char *name = args_option(cli, "forge");
	struct str known = STR_INIT;

	*forge = name ? name : hook_guess_forge(url, &cli->arena);
	if (*forge && forge_find(*forge))
		return 0;
	for (size_t i = 0; forge_at(i); i++)
		str_addf(&known, "%s%s", i ? ", " : "",
		    forge_name(forge_at(i)));
	if (name)
		err_set(err, ERR_INVALID, "unknown forge \"%s\"; known are %s",
		    name, known.s);
	else
		err_set(err, ERR_INVALID,
		    "\"%s\" does not tell its forge; say --forge with one of "
		    "%s", url, known.s);
	str_release(&known);
	return -1;
}

static void
print_added(struct cli *cli, const struct repo *repo, const char *secret)
{
	struct term_table t;

	printf("registered %s/%s\n", repo->owner, repo->name);
	term_table_init(&t, &cli->arena, 2);
	hook_cells(&t, &cli->config, repo, secret);
	term_table_print(&t, cli->color, stdout);
	printf("next, at the forge:\n%s", hook_steps(repo->forge));
	printf("then push to \"%s\" and look at: pawl runs %s/%s\n",
	    repo->default_branch, repo->owner, repo->name);
}

int
cmd_repo_add(struct cli *cli, struct err *err)
{
	const char *file = args_option(cli, "secret-file");
	const char *branch = args_option(cli, "branch");
	const char *secret;
	struct repo repo = { .clone_url = cli->words[1],
		.default_branch = branch ? branch : "main",
		.is_private = strcmp(cli->config.visibility, "private") == 0 };
	int64_t id;

	if (sodium_init() == -1)
		return err_set(err, ERR_IO, "no source of random numbers");
	if (ref_parse_repo(cli->words[0], &cli->arena, &repo.owner, &repo.name,
	        err) == -1 ||
	    choose_forge(cli, repo.clone_url, &repo.forge, err) == -1)
		return -1;
	secret = file ? NULL : hook_random_secret(&cli->arena);
	if (file && secret_input(file, "webhook secret", SEAL_HOOK_MAX,
	    &cli->arena, &secret, err) == -1)
		return -1;
	if (repo_add(cli->store, &repo, secret, &id, err) == -1 ||
	    repo_find_id(cli->store, id, &cli->arena, &repo, err) == -1 ||
	    render_repo_files(cli->store, &cli->config, id, err) == -1 ||
	    shown_settle(cli->store, &cli->config, id, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, hook_json(&cli->config, &repo, secret), err);
	print_added(cli, &repo, secret);
	return CLI_OK;
}
