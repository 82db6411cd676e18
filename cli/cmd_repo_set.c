/*
 * cmd_repo_set.c - pawl repo set: what a repository lets pull requests from
 * forks do.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/ref.h"
#include "lib/store/environments.h"
#include "lib/store/trust.h"

const struct cli_option repo_set_options[] = {
	{ "fork-pull-requests", 0, "WHAT", "no, approve, yes, or default "
	                                   "(configuration)", false },
	{ "trust", 0, "NAME", "of somebody at the forge who needs no "
	                      "approval", true },
	{ "distrust", 0, NULL, "nobody is trusted but who is named now",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* The names of --trust behind those that are trusted. */
static void
add_names(struct cli *cli, struct repo_trust *t)
{
	const char *at = args_option(cli, "trust"), **names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < t->n_names &&
	    args_option(cli, "distrust") == NULL; i++)
		*(const char **)arena_push(&cli->arena, &names, &n,
		    sizeof(*names)) = t->names[i];
	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "\n");

		*(const char **)arena_push(&cli->arena, &names, &n,
		    sizeof(*names)) = arena_strndup(&cli->arena, at, len);
		at += len + (at[len] == '\n');
	}
	t->names = names;
	t->n_names = n;
}

int
cmd_repo_set(struct cli *cli, struct err *err)
{
	const char *forks = args_option(cli, "fork-pull-requests");
	struct repo_trust trust;
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    repo_trust_read(cli->store, repo.id, &cli->arena, &trust, err) ==
	    -1)
		return -1;
	if (forks != NULL)
		trust.forks = strcmp(forks, "default") == 0 ? NULL : forks;
	add_names(cli, &trust);
	if (repo_trust_set(cli->store, repo.id, &trust, err) == -1)
		return -1;
	printf("pull requests from forks of %s/%s: %s%s%s\n", repo.owner,
	    repo.name, trust.forks != NULL ? trust.forks : arena_printf(
	    &cli->arena, "%s (configuration)",
	    cli->config.fork_pull_requests), trust.n_names > 0 ?
	    "; trusted: " : "", names_text(trust.names, trust.n_names,
	    &cli->arena));
	return CLI_OK;
}
