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
#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/render/files.h"

const struct cli_option repo_show_options[] = {
	{ "secret", 0, NULL, "print the webhook's newest secret too", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option repo_remove_options[] = {
	{ "yes", 'y', NULL, "do not ask", false },
	{ NULL, 0, NULL, NULL, false },
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

/* The document with the secret, when that is asked for. */
static int
add_secret(struct cli *cli, json_t *repo, struct err *err)
{
	const char *secret = NULL;
	struct repo found;

	if (args_option(cli, "secret") == NULL)
		return 0;
	if (source_need_local(cli->source, "--secret", err) == -1 ||
	    ref_find_repo(cli, arena_printf(&cli->arena, "%s/%s", doc_text(
		repo, "owner"), doc_text(repo, "name")), &found, err) == -1 ||
	    hook_newest_secret(cli->store, found.id, &cli->arena, &secret,
	        err) == -1)
		return -1;
	if (secret != NULL)
		json_object_set_new(repo, "hook_secret", json_string(secret));
	return 0;
}

static void
print_repo(struct cli *cli, const json_t *repo)
{
	static const struct doc_column name = { "name", DOC_REPO, TERM_BOLD,
		NULL };
	struct term_table t;

	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_DIM, "repository");
	doc_cell(cli, &t, repo, &name);
	doc_row(&t, "clone URL", doc_text(repo, "clone_url"));
	doc_row(&t, "default branch", doc_text(repo, "default_branch"));
	doc_row(&t, "visibility", doc_text(repo, "visibility"));
	hook_cells(&t, repo);
	term_table_print(&t, cli->color, stdout);
}

int
cmd_repo_show(struct cli *cli, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], "", err);
	json_t *repo = path != NULL ? source_get(cli->source, path, err) :
	    NULL;

	if (repo == NULL)
		return -1;
	if (add_secret(cli, repo, err) == -1) {
		json_decref(repo);
		return -1;
	}
	if (cli->json)
		return json_out(cli, repo, err);
	print_repo(cli, repo);
	json_decref(repo);
	return CLI_OK;
}

/* Ask on the terminal. Without one, only --yes says yes. */
static int
confirm(struct cli *cli, const char *name, struct err *err)
{
	char answer[8];

	if (args_option(cli, "yes"))
		return 1;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_INVALID,
		    "removing %s removes its runs and logs for good; say "
		    "--yes", name);
	fprintf(stderr, "Remove %s with all of its runs and logs? [y/N] ",
	    name);
	if (!fgets(answer, sizeof(answer), stdin))
		return 0;
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* Rows and files at once; asked by the API, pawl-janitor removes files. */
static int
remove_here(struct cli *cli, const struct repo *repo, struct err *err)
{
	if (repo_remove(cli->store, repo->id, err) == -1 ||
	    render_remove_repo(&cli->config, repo->owner, repo->name,
	        err) == -1)
		return -1;
	return repo_removed_done(cli->store, repo->owner, repo->name, err);
}

int
cmd_repo_remove(struct cli *cli, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], "", err);
	json_t *doc = path != NULL ? source_get(cli->source, path, err) :
	    NULL;
	const char *name;
	struct repo repo;
	int rc;

	if (doc == NULL)
		return -1;
	name = arena_printf(&cli->arena, "%s/%s", doc_text(doc, "owner"),
	    doc_text(doc, "name"));
	json_decref(doc);
	rc = confirm(cli, name, err);
	if (rc <= 0)
		return rc == 0 ? CLI_FAILED : -1;
	if (!source_is_local(cli->source))
		rc = source_do(cli->source, "DELETE", path, NULL, err);
	else if ((rc = ref_find_repo(cli, name, &repo, err)) == 0)
		rc = remove_here(cli, &repo, err);
	if (rc == -1)
		return -1;
	printf("removed %s\n", name);
	return CLI_OK;
}
