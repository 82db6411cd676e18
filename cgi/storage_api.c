/*
 * storage_api.c - what a repository has saved for later jobs, and removing
 * what runs have kept, for programs. Files go by the janitor.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include <inttypes.h>

#include "cgi/find_run.h"
#include "cgi/paging.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/artifacts.h"
#include "lib/store/caches.h"

static json_t *
json_cache(const struct cache_row *c)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "id",
	    (json_int_t)c->id, "key", json_text_of(c->key), "ref",
	    json_text_of(c->scope), "version", json_text_of(c->version),
	    "digest", json_text_of(c->digest), "size_bytes",
	    (json_int_t)c->bytes, "created_at",
	    json_time_of(c->created_at_ms), "used_at",
	    json_time_of(c->used_at_ms));
}

int
api_caches(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct cache_row *list;
	struct repo repo;
	json_t *array, *o;
	int64_t skip;
	int limit;
	size_t n;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    paging_read(req, "skip", &limit, &skip, err) == -1 ||
	    cache_list(st, repo.id, limit, skip, req->a, &list, &n,
	    err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_cache(&list[i]));
	o = json_pack("{s:o}", "caches", array);
	paging_next_id(w, req, res, o, "skip", n == (size_t)limit ?
	    skip + limit : 0);
	return answer_json(res, 200, o);
}

/* The number that a segment of the address is; 0: it is none. */
static int64_t
number_param(const struct request *req, const char *name)
{
	long long n;

	return str_to_int64(request_param(req, name), 1, INT64_MAX, &n) ? n :
	    0;
}

int
api_cache_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	int64_t id = number_param(req, "cache");
	struct repo repo;
	int rc;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	rc = cache_forget(st, repo.id, id, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "\"%s/%s\" has no cache "
		    "%.40s", repo.owner, repo.name,
		    request_param(req, "cache"));
	return rc == -1 ? -1 : answer_json(res, 200, json_pack("{s:I}",
	    "removed", (json_int_t)id));
}

int
api_artifact_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	int64_t id = number_param(req, "artifact");
	struct run run;
	int rc;

	if (st == NULL || find_run(st, req, &run, err) == -1)
		return -1;
	rc = artifact_expire(st, run.id, id, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "run #%" PRId64 " has no "
		    "artifact %.40s, or not any more", run.number,
		    request_param(req, "artifact"));
	if (rc == -1)
		return -1;
	wake_send(w->config->run_dir);
	return answer_json(res, 200, json_pack("{s:I}", "removed",
	    (json_int_t)id));
}
