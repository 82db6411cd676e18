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
#include "cli/doc.h"
#include "cli/hook.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/source.h"
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
print_added(struct cli *cli, const json_t *repo)
{
	const char *owner = doc_text(repo, "owner");
	const char *name = doc_text(repo, "name");
	struct term_table t;

	printf("registered %s/%s\n", owner, name);
	term_table_init(&t, &cli->arena, 2);
	hook_cells(&t, repo);
	term_table_print(&t, cli->color, stdout);
	if (!source_is_local(cli->source))
		printf("a secret of its own is made at %s/settings\n",
		    doc_text(repo, "url"));
	printf("next, at the forge:\n%s", hook_steps(doc_text(repo,
	    "forge")));
	printf("then push to \"%s\" and look at: pawl runs %s/%s\n",
	    doc_text(repo, "default_branch"), owner, name);
}

/* With a secret for its webhook, which the API neither takes nor makes. */
static json_t *
add_here(struct cli *cli, struct repo *repo, struct err *err)
{
	const char *file = args_option(cli, "secret-file");
	const char *secret;
	int64_t id;

	repo->is_private = strcmp(cli->config.visibility, "private") == 0;
	if (sodium_init() == -1) {
		err_set(err, ERR_IO, "no source of random numbers");
		return NULL;
	}
	secret = file ? NULL : hook_random_secret(&cli->arena);
	if ((file && secret_input(file, "webhook secret", SEAL_HOOK_MAX,
	    &cli->arena, &secret, err) == -1) ||
	    repo_add(cli->store, repo, secret, &id, err) == -1 ||
	    repo_find_id(cli->store, id, &cli->arena, repo, err) == -1 ||
	    render_repo_files(cli->store, &cli->config, id, err) == -1 ||
	    shown_settle(cli->store, &cli->config, id, err) == -1)
		return NULL;
	return hook_json(&cli->config, repo, secret);
}

static json_t *
add_there(struct cli *cli, const struct repo *repo, struct err *err)
{
	json_t *body;

	if (args_option(cli, "secret-file") != NULL) {
		source_need_local(cli->source, "--secret-file", err);
		return NULL;
	}
	body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "owner", repo->owner,
	    "name", repo->name, "clone_url", repo->clone_url, "forge",
	    repo->forge, "default_branch", repo->default_branch);
	if (body == NULL) {
		err_set(err, ERR_INVALID, "a name of it is not UTF-8");
		return NULL;
	}
	return source_change(cli->source, "POST", "api/v1/repos", body, err);
}

int
cmd_repo_add(struct cli *cli, struct err *err)
{
	const char *branch = args_option(cli, "branch");
	struct repo repo = { .clone_url = cli->words[1],
		.default_branch = branch ? branch : "main" };
	json_t *doc;

	if (ref_parse_repo(cli->words[0], &cli->arena, &repo.owner, &repo.name,
	        err) == -1 ||
	    choose_forge(cli, repo.clone_url, &repo.forge, err) == -1)
		return -1;
	doc = source_is_local(cli->source) ? add_here(cli, &repo, err) :
	    add_there(cli, &repo, err);
	if (doc == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, doc, err);
	print_added(cli, doc);
	json_decref(doc);
	return CLI_OK;
}
