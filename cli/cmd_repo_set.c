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
#include "cli/doc.h"
#include "cli/ref.h"
#include "cli/source.h"
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

/* --- by the API ----------------------------------------------------------- */

/* What the options ask the API for; NULL with err. */
static json_t *
body_of(struct cli *cli, struct err *err)
{
	bool to_private = args_option(cli, "private") != NULL;
	bool to_public = args_option(cli, "public") != NULL;
	const char *badges = args_option(cli, "badges");
	json_t *body;

	if (to_private && to_public) {
		err_set(err, ERR_INVALID, "say --private or --public, not "
		    "both");
		return NULL;
	}
	if (badges != NULL && strcmp(badges, "public") != 0 &&
	    strcmp(badges, "private") != 0) {
		err_set(err, ERR_INVALID, "--badges takes public or private, "
		    "not \"%.100s\"", badges);
		return NULL;
	}
	body = json_pack("{s:s*, s:s*, s:s*}", "visibility", to_private ?
	    "private" : to_public ? "public" : NULL, "badges", badges,
	    "fork_pull_requests", args_option(cli, "fork-pull-requests"));
	if (body == NULL)
		err_set(err, ERR_INVALID, "--fork-pull-requests is not UTF-8");
	return body;
}

static void
print_changed(const json_t *body, const json_t *repo, bool with_forks)
{
	const char *badges = doc_text(body, "badges");
	const char *forks = doc_text(body, "fork_pull_requests");
	bool is_private = strcmp(doc_text(repo, "visibility"), "private") ==
	    0;

	if (*forks != '\0' && with_forks)
		printf("pull requests from forks of %s/%s: %s\n", doc_text(repo,
		    "owner"), doc_text(repo, "name"), forks);
	if (json_object_get(body, "visibility") == NULL && *badges == '\0')
		return;
	printf("%s/%s is %s%s\n", doc_text(repo, "owner"), doc_text(repo,
	    "name"), is_private ? "private: who has a role for it may read "
	    "it" : "public: anybody may read it", is_private &&
	    strcmp(badges, "public") == 0 ? ", and anybody sees its badges" :
	    "");
}

static int
change(struct cli *cli, json_t *body, struct err *err)
{
	const char *path = ref_repo_path(cli, cli->words[0], "", err);
	json_t *repo;

	if (path == NULL)
		return -1;
	repo = source_change(cli->source, "PATCH", path, json_incref(body),
	    err);
	if (repo == NULL)
		return -1;
	/* Here all that counts of forks is printed behind it. */
	print_changed(body, repo, !source_is_local(cli->source));
	json_decref(repo);
	return 0;
}

/* --- only on the server --------------------------------------------------- */

static int
trust_names(struct cli *cli, struct err *err)
{
	struct repo_trust trust;
	struct repo repo;

	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    repo_trust_read(cli->store, repo.id, &cli->arena, &trust, err) ==
	    -1)
		return -1;
	add_names(cli, &trust);
	if (repo_trust_set(cli->store, repo.id, &trust, err) == -1)
		return -1;
	printf("pull requests from forks of %s/%s: %s%s%s\n", repo.owner,
	    repo.name, trust.forks != NULL ? trust.forks : arena_printf(
	    &cli->arena, "%s (configuration)",
	    cli->config.fork_pull_requests), trust.n_names > 0 ?
	    "; trusted: " : "", names_text(trust.names, trust.n_names,
	    &cli->arena));
	return 0;
}

int
cmd_repo_set(struct cli *cli, struct err *err)
{
	bool names = args_option(cli, "trust") != NULL ||
	    args_option(cli, "distrust") != NULL;
	json_t *body = body_of(cli, err);
	int rc = 0;

	if (body == NULL)
		return -1;
	if (names)
		rc = source_need_local(cli->source, "--trust and --distrust",
		    err);
	else if (json_object_size(body) == 0)
		rc = source_need_local(cli->source, "\"pawl repo set\" "
		    "without options", err);
	if (rc == 0 && json_object_size(body) > 0)
		rc = change(cli, body, err);
	json_decref(body);
	if (rc == 0 && source_is_local(cli->source))
		rc = trust_names(cli, err);
	return rc;
}
