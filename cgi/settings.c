/*
 * settings.c - see settings.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/settings.h"

#include <string.h>

#include "cgi/find_run.h"
#include "lib/base/wake.h"
#include "lib/render/shown.h"
#include "lib/store/trust.h"
#include "lib/web/body.h"

/* A field that is "public" or "private". */
static int
read_who(const struct request *req, const char *name, bool *is_public,
    struct err *err)
{
	const char *word;

	if (body_text(req, name, SETTINGS_WORD_MAX, &word, err) == -1)
		return -1;
	if (word == NULL)
		return 0;
	*is_public = strcmp(word, "public") == 0;
	if (!*is_public && strcmp(word, "private") != 0)
		return err_set(err, ERR_INVALID, "field \"%s\" must be public "
		    "or private, not \"%.100s\"", name, word);
	return 0;
}

static int
change_forks(struct store *st, struct request *req, const struct repo *repo,
    struct err *err)
{
	struct repo_trust trust;
	const char *word;

	if (body_text(req, "fork_pull_requests", SETTINGS_WORD_MAX, &word,
	    err) == -1)
		return -1;
	if (word == NULL)
		return 0;
	if (repo_trust_read(st, repo->id, req->a, &trust, err) == -1)
		return -1;
	trust.forks = strcmp(word, "default") == 0 ? NULL : word;
	return repo_trust_set(st, repo->id, &trust, err);
}

int
settings_change(struct web *w, struct request *req, struct repo *repo,
    struct err *err)
{
	static const char *const fields[] = { "visibility", "badges",
		"fork_pull_requests", NULL };
	struct store *st = web_store(w, err);
	bool is_public = !repo->is_private;

	if (st == NULL || body_only(req, fields, err) == -1 ||
	    read_who(req, "visibility", &is_public, err) == -1 ||
	    read_who(req, "badges", &repo->badges_public, err) == -1 ||
	    change_forks(st, req, repo, err) == -1)
		return -1;
	repo->is_private = !is_public;
	if (body_value(req, "visibility") == NULL &&
	    body_value(req, "badges") == NULL)
		return 0;
	if (shown_set(st, w->config, repo->id, repo->is_private,
	    repo->badges_public, err) == 0)
		return 0;
	/* The row may say so; pawl-workerd makes the files follow. */
	wake_send(w->config->run_dir);
	err_not_asked(err);
	return err_wrap(err, "showing and hiding files");
}

int
settings_remove(struct web *w, const struct repo *repo, struct err *err)
{
	struct store *st = web_store(w, err);

	if (st == NULL || repo_remove(st, repo->id, err) == -1)
		return -1;
	if (shown_remove(w->config, repo->owner, repo->name, err) == -1) {
		err_not_asked(err);
		return err_wrap(err, "hiding files");
	}
	wake_send(w->config->run_dir);
	return 0;
}

int
settings_place(struct store *st, struct request *req,
    const char *environment, struct secret_place *out, struct err *err)
{
	struct repo repo;

	memset(out, 0, sizeof(*out));
	if (request_param(req, "repo") == NULL) {
		out->owner = request_param(req, "owner");
		return environment == NULL ? 0 : err_set(err, ERR_INVALID,
		    "an environment belongs to a repository");
	}
	if (find_repo(st, req, &repo, err) == -1)
		return -1;
	out->repo = repo.id;
	out->repo_name = arena_printf(req->a, "%s/%s", repo.owner, repo.name);
	out->environment = environment;
	return 0;
}
