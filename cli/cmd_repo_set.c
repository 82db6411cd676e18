/*
 * cmd_repo_set.c - pawl repo set: who may read a repository, and what it lets
 * pull requests from forks do.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/ref.h"
#include "lib/render/shown.h"
#include "lib/store/environments.h"
#include "lib/store/trust.h"

const struct cli_option repo_set_options[] = {
	{ "private", 0, NULL, "only who has a role for it may read it", false },
	{ "public", 0, NULL, "anybody may read it", false },
	{ "badges", 0, "WHO", "public or private: who is shown the badges of "
	                      "a private one", false },
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

/* Words of the options about reading; 1 when there are any. */
static int
read_visibility(struct cli *cli, struct repo *repo, struct err *err)
{
	bool to_private = args_option(cli, "private") != NULL;
	bool to_public = args_option(cli, "public") != NULL;
	const char *badges = args_option(cli, "badges");

	if (to_private && to_public)
		return err_set(err, ERR_INVALID, "say --private or --public, "
		    "not both");
	if (badges != NULL && strcmp(badges, "public") != 0 &&
	    strcmp(badges, "private") != 0)
		return err_set(err, ERR_INVALID, "--badges takes public or "
		    "private, not \"%.100s\"", badges);
	if (to_private || to_public)
		repo->is_private = to_private;
	if (badges != NULL)
		repo->badges_public = strcmp(badges, "public") == 0;
	return to_private || to_public || badges != NULL;
}

static int
set_visibility(struct cli *cli, struct repo *repo, struct err *err)
{
	int set = read_visibility(cli, repo, err);

	if (set <= 0)
		return set;
	if (shown_set(cli->store, &cli->config, repo->id, repo->is_private,
	    repo->badges_public, err) == -1)
		return -1;
	printf("%s/%s is %s%s\n", repo->owner, repo->name,
	    repo->is_private ? "private: who has a role for it may read it" :
	    "public: anybody may read it", repo->is_private &&
	    repo->badges_public ? ", and anybody sees its badges" : "");
	return 0;
}

static int
set_forks(struct cli *cli, const struct repo *repo, struct err *err)
{
	const char *forks = args_option(cli, "fork-pull-requests");
	struct repo_trust trust;

	if (repo_trust_read(cli->store, repo->id, &cli->arena, &trust, err) ==
	    -1)
		return -1;
	if (forks != NULL)
		trust.forks = strcmp(forks, "default") == 0 ? NULL : forks;
	add_names(cli, &trust);
	if (repo_trust_set(cli->store, repo->id, &trust, err) == -1)
		return -1;
	printf("pull requests from forks of %s/%s: %s%s%s\n", repo->owner,
	    repo->name, trust.forks != NULL ? trust.forks : arena_printf(
	    &cli->arena, "%s (configuration)",
	    cli->config.fork_pull_requests), trust.n_names > 0 ?
	    "; trusted: " : "", names_text(trust.names, trust.n_names,
	    &cli->arena));
	return 0;
}

int
cmd_repo_set(struct cli *cli, struct err *err)
{
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    set_visibility(cli, &repo, err) == -1 ||
	    set_forks(cli, &repo, err) == -1)
		return -1;
	return CLI_OK;
}
