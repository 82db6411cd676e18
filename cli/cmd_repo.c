/*
 * cmd_repo.c - pawl repo list, show, remove. The longest, add, is in
 * cmd_repo_add.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/hook.h"
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/render/files.h"
#include "lib/render/json.h"
#include "lib/store/hook_secrets.h"

const struct cli_option repo_show_options[] = {
	{ "secret", 0, NULL, "print the webhook's newest secret too" },
	{ NULL, 0, NULL, NULL },
};

const struct cli_option repo_remove_options[] = {
	{ "yes", 'y', NULL, "do not ask" },
	{ NULL, 0, NULL, NULL },
};

int
cmd_repo_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "name", DOC_REPO, TERM_BOLD, NULL },
		{ "forge", DOC_TEXT, TERM_PLAIN, NULL },
		{ "visibility", DOC_TEXT, TERM_PLAIN, NULL },
		{ "default_branch", DOC_TEXT, TERM_PLAIN, NULL },
		{ "clone_url", DOC_TEXT, TERM_DIM, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .path = "api/v1/repos",
		.key = "repos", .columns = columns,
		.none = "no repository is registered; \"pawl repo add\" "
		    "registers one" };

	return list_run(cli, &list, err);
}

/* The one that the forge should have by now; NULL: there is none. */
static int
newest_secret(struct cli *cli, const struct repo *repo, const char **secret,
    struct err *err)
{
	struct hook_secret *list;
	size_t n;

	if (hook_secret_open(cli->store, repo->id, &cli->arena, &list, &n,
	    err) == -1)
		return -1;
	if (n > 0)
		*secret = list[n - 1].value;
	return 0;
}

int
cmd_repo_show(struct cli *cli, struct err *err)
{
	const char *secret = NULL;
	struct term_table t;
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	if (args_option(cli, "secret") &&
	    newest_secret(cli, &repo, &secret, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, hook_json(&cli->config, &repo, secret), err);
	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_DIM, "repository");
	term_cell(&t, TERM_BOLD, "%s/%s", repo.owner, repo.name);
	term_cell(&t, TERM_DIM, "clone URL");
	term_cell(&t, TERM_PLAIN, "%s", repo.clone_url);
	term_cell(&t, TERM_DIM, "default branch");
	term_cell(&t, TERM_PLAIN, "%s", repo.default_branch);
	hook_cells(&t, &cli->config, &repo, secret);
	term_table_print(&t, cli->color, stdout);
	return CLI_OK;
}

/* Ask on the terminal. Without one, only --yes says yes. */
static int
confirm(struct cli *cli, const struct repo *repo, struct err *err)
{
	char answer[8];

	if (args_option(cli, "yes"))
		return 1;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_INVALID,
		    "removing %s/%s removes its runs and logs for good; say "
		    "--yes", repo->owner, repo->name);
	fprintf(stderr, "Remove %s/%s with all of its runs and logs? [y/N] ",
	    repo->owner, repo->name);
	if (!fgets(answer, sizeof(answer), stdin))
		return 0;
	return answer[0] == 'y' || answer[0] == 'Y';
}

int
cmd_repo_remove(struct cli *cli, struct err *err)
{
	struct repo repo;
	int yes;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	yes = confirm(cli, &repo, err);
	if (yes <= 0)
		return yes == 0 ? CLI_FAILED : -1;
	if (repo_remove(cli->store, repo.id, err) == -1 ||
	    render_remove_repo(&cli->config, repo.owner, repo.name,
	        err) == -1 ||
	    repo_removed_done(cli->store, repo.owner, repo.name, err) == -1)
		return -1;
	printf("removed %s/%s\n", repo.owner, repo.name);
	return CLI_OK;
}
