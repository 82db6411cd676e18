/*
 * settings_api.c - repositories added, changed and removed, and their secrets,
 * for programs. No value of a secret comes out again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/settings.h"

#include <string.h>

#include "cgi/answer.h"
#include "cgi/find_run.h"
#include "lib/base/clock.h"
#include "lib/forge/forge.h"
#include "lib/render/json.h"
#include "lib/render/shown.h"
#include "lib/store/seal.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static int
read_repo(struct web *w, struct request *req, struct repo *r,
    struct err *err)
{
	static const char *const fields[] = { "owner", "name", "clone_url",
		"forge", "default_branch", "visibility", NULL };
	const char *visibility;

	memset(r, 0, sizeof(*r));
	if (body_only(req, fields, err) == -1 ||
	    body_text(req, "owner", SETTINGS_WORD_MAX, &r->owner, err) == -1 ||
	    body_text(req, "name", SETTINGS_WORD_MAX, &r->name, err) == -1 ||
	    body_text(req, "clone_url", SETTINGS_WORD_MAX, &r->clone_url,
		err) == -1 ||
	    body_text(req, "forge", SETTINGS_WORD_MAX, &r->forge,
		err) == -1 ||
	    body_text(req, "default_branch", SETTINGS_WORD_MAX,
		&r->default_branch, err) == -1 ||
	    body_text(req, "visibility", SETTINGS_WORD_MAX, &visibility,
		err) == -1)
		return -1;
	if (r->default_branch == NULL)
		r->default_branch = "main";
	if (visibility == NULL)
		visibility = w->config->visibility;
	r->is_private = strcmp(visibility, "public") != 0;
	if (r->is_private && strcmp(visibility, "private") != 0)
		return err_set(err, ERR_INVALID, "field \"visibility\" must "
		    "be public or private");
	if (r->forge != NULL && forge_find(r->forge) == NULL)
		return err_set(err, ERR_INVALID, "unknown forge \"%.100s\"",
		    r->forge);
	return 0;
}

int
api_repo_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;
	int64_t id;

	if (st == NULL || read_repo(w, req, &repo, err) == -1)
		return -1;
	if (repo_add(st, &repo, NULL, &id, err) == -1 ||
	    shown_settle(st, w->config, id, err) == -1 ||
	    repo_find_id(st, id, req->a, &repo, err) == -1)
		return -1;
	return answer_json(res, 201, json_repo(w->config, &repo));
}

int
api_repo_change(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    settings_change(w, req, &repo, err) == -1 ||
	    repo_find_id(st, repo.id, req->a, &repo, err) == -1)
		return -1;
	return answer_json(res, 200, json_repo(w->config, &repo));
}

int
api_repo_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    settings_remove(w, &repo, err) == -1)
		return -1;
	return answer_json(res, 200, json_pack("{s:o}", "removed",
	    json_string(arena_printf(req->a, "%s/%s", repo.owner,
	    repo.name))));
}

/* --- secrets ---------------------------------------------------------------- */

static json_t *
when(int64_t at_ms)
{
	char text[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? json_null() :
	    json_string(clock_rfc3339(at_ms, text));
}

static int
answer_secrets(struct store *st, struct request *req, struct response *res,
    const struct secret_place *place, int status, struct err *err)
{
	const char *scope = secret_place_text(place, req->a);
	struct secret_entry *list;
	json_t *array, *o;
	size_t n;

	if (secret_list(st, place->repo, req->a, &list, &n, err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++) {
		if (place->repo == 0 && strcmp(list[i].scope, scope) != 0)
			continue;
		json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:o}",
		    "name", list[i].name, "scope",
		    json_string(list[i].scope), "updated_at",
		    when(list[i].updated_at_ms), "read_at",
		    when(list[i].read_at_ms)));
	}
	o = json_object();
	json_object_set_new(o, "secrets", array);
	return answer_json(res, status, o);
}

int
api_secrets(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct secret_place place;

	if (st == NULL ||
	    settings_place(st, req, NULL, &place, err) == -1)
		return -1;
	return answer_secrets(st, req, res, &place, 200, err);
}

int
api_secret_set(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const fields[] = { "value", "environment", NULL };
	const char *name, *value, *environment;
	struct store *st = web_store(w, err);
	struct secret_place place;

	if (st == NULL || body_only(req, fields, err) == -1 ||
	    body_text(req, "value", SEAL_JOB_MAX, &value, err) == -1 ||
	    body_text(req, "environment", SETTINGS_WORD_MAX, &environment,
		err) == -1 ||
	    settings_place(st, req, environment, &place, err) == -1 ||
	    secret_name(request_param(req, "secret"), req->a, &name,
		err) == -1)
		return -1;
	if (value == NULL)
		return err_set(err, ERR_INVALID, "field \"value\" is missing");
	if (secret_set(st, &place, name, value, req->actor->by, err) == -1)
		return -1;
	return answer_secrets(st, req, res, &place, 200, err);
}

int
api_secret_delete(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct secret_place place;
	const char *name;

	if (st == NULL || settings_place(st, req, request_arg(req,
		"environment"), &place, err) == -1 ||
	    secret_name(request_param(req, "secret"), req->a, &name,
		err) == -1 ||
	    secret_delete(st, &place, name, req->actor->by, err) == -1)
		return -1;
	return answer_secrets(st, req, res, &place, 200, err);
}
