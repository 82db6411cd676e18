/*
 * ref_find.c - look up what a name of ref.h stands for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/ref.h"
#include "lib/run/git.h"

#include <inttypes.h>
#include <string.h>
#include "cli/checkout.h"

int
ref_find_repo(struct cli *cli, const char *text, struct repo *out,
    struct err *err)
{
	const char *owner, *name;
	int r;

	if (ref_parse_repo(text, &cli->arena, &owner, &name, err) == -1)
		return -1;
	r = repo_find(cli->store, owner, name, &cli->arena, out, err);
	if (r == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "no repository \"%s\" is registered; \"pawl repo list\" "
		    "shows those that are", text);
	return r == 1 ? 0 : -1;
}

/* The registered repository that a remote of the checkout names, or NULL. */
static const struct repo *
repo_of_checkout(struct arena *a, const struct repo *repos, size_t n)
{
	const struct repo *found = NULL;
	struct str urls = STR_INIT;
	char *save = NULL;

	checkout_urls(&urls);
	for (char *line = strtok_r(urls.s, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		char *url = strchr(line, ' ');
		const char *key = url ? git_url_key(url + 1, a) : "";

		for (size_t i = 0; i < n && !found; i++)
			if (!strcmp(key, git_url_key(repos[i].clone_url, a)))
				found = &repos[i];
	}
	str_release(&urls);
	return found;
}

/* The repository that is meant when none is named. */
static int
guess_repo(struct cli *cli, int64_t number, struct run_ref *ref,
    struct err *err)
{
	const struct repo *found;
	struct repo *repos;
	size_t n;

	if (repo_list(cli->store, &cli->arena, &repos, &n, err) == -1)
		return -1;
	found = n == 1 ? &repos[0] : repo_of_checkout(&cli->arena, repos, n);
	if (!found)
		return err_set(err, ERR_NOT_FOUND,
		    "which repository? write OWNER/NAME#%" PRId64
		    "; \"pawl repo list\" shows them", number);
	ref->owner = found->owner;
	ref->name = found->name;
	return 0;
}

int
ref_find_run(struct cli *cli, const char *text, struct run *out,
    struct err *err)
{
	struct run_ref ref;
	int r;

	if (ref_parse_run(text, cli->config.base_url, &cli->arena, &ref,
	        err) == -1)
		return -1;
	if (!ref.owner && guess_repo(cli, ref.number, &ref, err) == -1)
		return -1;
	r = run_find_attempt(cli->store, ref.owner, ref.name, ref.number,
	    ref.attempt, &cli->arena, out, err);
	if (r == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "no run %s/%s#%" PRId64 "; \"pawl runs\" lists the newest",
		    ref.owner, ref.name, ref.number);
	return r == 1 ? 0 : -1;
}

int
ref_find_job(struct cli *cli, const struct run *run, const char *text,
    struct job *out, struct err *err)
{
	struct job *jobs;
	size_t n;

	if (job_list(cli->store, run->id, &cli->arena, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(jobs[i].key, text) == 0 ||
		    strcmp(jobs[i].title, text) == 0) {
			*out = jobs[i];
			return 0;
		}
	return err_set(err, ERR_NOT_FOUND, "%s/%s#%" PRId64 " has no job "
	    "\"%s\"; \"pawl show\" lists them", run->owner, run->name,
	    run->number, text);
}
