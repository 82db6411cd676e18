/*
 * ref_ask.c - what names of ref.h stand for, by the API.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/ref.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/checkout.h"
#include "cli/doc.h"
#include "cli/source.h"
#include "lib/base/layout.h"
#include "lib/base/percent.h"
#include "lib/run/git.h"

/* --- repositories --------------------------------------------------------- */

/* The one of the list that a remote of the checkout names, or NULL. */
static const json_t *
of_checkout(struct arena *a, const json_t *repos)
{
	const json_t *found = NULL;
	struct str urls = STR_INIT;
	char *save = NULL;

	checkout_urls(&urls);
	for (char *line = strtok_r(urls.s, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		char *url = strchr(line, ' ');
		const char *key = url ? git_url_key(url + 1, a) : "";
		json_t *repo;
		size_t i;

		json_array_foreach(repos, i, repo)
			if (strcmp(key, git_url_key(doc_text(repo,
			    "clone_url"), a)) == 0)
				found = repo;
	}
	str_release(&urls);
	return found;
}

/* The repository that is meant when none is named; `example` is how to name
 * one. */
static int
guess(struct cli *cli, const char *example, const char **owner,
    const char **name, struct err *err)
{
	const char *usual = getenv("PAWL_REPO");
	const json_t *found;
	json_t *repos;

	if (usual != NULL && *usual != '\0')
		return ref_parse_repo(usual, &cli->arena, owner, name, err);
	repos = source_list(cli->source, "api/v1/repos", "repos", 0, 0,
	    err);
	if (repos == NULL)
		return -1;
	found = json_array_size(repos) == 1 ? json_array_get(repos, 0) :
	    of_checkout(&cli->arena, repos);
	if (found == NULL) {
		json_decref(repos);
		return err_set(err, ERR_NOT_FOUND, "which repository? write "
		    "%s; \"pawl repo list\" shows them", example);
	}
	*owner = arena_strdup(&cli->arena, doc_text(found, "owner"));
	*name = arena_strdup(&cli->arena, doc_text(found, "name"));
	json_decref(repos);
	return 0;
}

int
ref_repo(struct cli *cli, const char *text, const char **owner,
    const char **name, struct err *err)
{
	return strcmp(text, ".") == 0 ?
	    guess(cli, "OWNER/NAME", owner, name, err) :
	    ref_parse_repo(text, &cli->arena, owner, name, err);
}

const char *
ref_repo_path(struct cli *cli, const char *text, const char *tail,
    struct err *err)
{
	struct str path = STR_INIT;
	const char *owner, *name, *done;

	if (ref_repo(cli, text, &owner, &name, err) == -1)
		return NULL;
	str_add(&path, "api/v1/repos/");
	layout_page_repo(&path, owner, name);
	if (*tail != '\0')
		str_addf(&path, "/%s", tail);
	done = arena_strdup(&cli->arena, path.s);
	str_release(&path);
	return done;
}

const char *
ref_encode(struct cli *cli, const char *text)
{
	struct str s = STR_INIT;
	const char *done;

	percent_encode(&s, text);
	done = arena_strdup(&cli->arena, s.s);
	str_release(&s);
	return done;
}

const char *
ref_head(struct cli *cli)
{
	struct str s = STR_INIT;
	const char *done;

	checkout_branch(&s);
	done = s.len > 0 ? arena_strdup(&cli->arena, s.s) : NULL;
	str_release(&s);
	return done;
}

/* --- runs ----------------------------------------------------------------- */

int
ref_run(struct cli *cli, const char *text, struct run_ref *out,
    struct err *err)
{
	if (ref_parse_run(text, source_base_url(cli->source), &cli->arena, out,
	    err) == -1)
		return -1;
	return out->owner != NULL ? 0 : guess(cli, arena_printf(&cli->arena,
	    "OWNER/NAME#%" PRId64, out->number), &out->owner, &out->name,
	    err);
}

const char *
ref_run_path(struct cli *cli, const struct run_ref *ref, const char *tail)
{
	struct str path = STR_INIT;
	const char *done;

	str_add(&path, "api/v1/repos/");
	layout_page_run(&path, ref->owner, ref->name, ref->number);
	if (ref->attempt > 0)
		str_addf(&path, "/attempts/%d", ref->attempt);
	str_add(&path, tail);
	done = arena_strdup(&cli->arena, path.s);
	str_release(&path);
	return done;
}

json_t *
ref_read_run(struct cli *cli, const char *text, struct run_ref *ref,
    struct err *err)
{
	json_t *run;

	if (ref_run(cli, text, ref, err) == -1)
		return NULL;
	run = source_get(cli->source, ref_run_path(cli, ref, ""), err);
	if (run == NULL && err->code == ERR_NOT_FOUND)
		err_set(err, ERR_NOT_FOUND, "no run %s/%s#%" PRId64 "; \"pawl "
		    "runs\" lists the newest", ref->owner, ref->name,
		    ref->number);
	return run;
}

json_t *
ref_job(const json_t *run, const char *text, const struct run_ref *ref,
    struct err *err)
{
	const json_t *jobs = json_object_get(run, "jobs");
	json_t *job;
	size_t i;

	json_array_foreach(jobs, i, job)
		if (strcmp(doc_text(job, "key"), text) == 0 ||
		    strcmp(doc_text(job, "title"), text) == 0)
			return job;
	err_set(err, ERR_NOT_FOUND, "%s/%s#%" PRId64 " has no job \"%s\"; "
	    "\"pawl show\" lists them", ref->owner, ref->name, ref->number,
	    text);
	return NULL;
}
