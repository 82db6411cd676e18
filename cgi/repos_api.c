/*
 * repos_api.c - repositories, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "cgi/find_run.h"
#include "lib/render/json.h"
#include "lib/store/repos.h"

int
api_repos(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo *repos;
	json_t *o, *list;
	size_t n;

	if (st == NULL || repo_list_seen(st, req->sees, req->a, &repos, &n,
	    err) == -1)
		return -1;
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_repo(w->config, &repos[i]));
	json_object_set_new(o, "repos", list);
	return answer_json(res, 200, o);
}

int
api_repo(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	return answer_json(res, 200, json_repo(w->config, &repo));
}
