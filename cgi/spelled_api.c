/*
 * spelled_api.c - answers in the forms of other documents, where those are
 * not the forms of ours: for routes_spelled.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include <string.h>

#include "cgi/find_run.h"
#include "cgi/paging.h"
#include "cgi/inbox.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch.h"
#include "lib/forge/dispatch_check.h"
#include "lib/render/json.h"
#include "lib/store/repos.h"
#include "lib/store/run_search.h"
#include "lib/store/sees.h"
#include "lib/store/stored.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

/* A bare list, `offset` runs behind the newest. */
int
api_runs_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run_query q = { .sees = req->sees };
	struct run *runs;
	json_t *list, *links;
	int64_t next;
	size_t n;

	if (st == NULL || paging_read(req, "offset", &q.limit, &q.skip,
	    err) == -1 ||
	    run_search(st, &q, req->a, &runs, &n, &next, err) == -1)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(w->config, &runs[i]));
	links = json_object();
	paging_next_id(w, req, res, links, "offset",
	    n == (size_t)q.limit ? q.skip + q.limit : 0);
	json_decref(links);
	return answer_json(res, 200, list);
}

/* A run that is over is no error here. */
int
api_cancel_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	int n;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    (n = run_cancel(st, run.id, req->actor->by, err)) == -1)
		return -1;
	wake_send(w->config->run_dir);
	answer_json(res, 200, json_pack("{s:b}", "success", n == 1));
	res->revalidate = false;
	return 0;
}

/* --- starting ------------------------------------------------------------- */

/* "OWNER/NAME", or the name of a pipeline that is kept here; for who has a
 * role in it. What may not be seen does not exist. */
static int
find_named(struct store *st, struct request *req, const char *word,
    enum role role, struct repo *repo, struct err *err)
{
	const char *slash = strrchr(word, '/');
	const char *owner = slash == NULL ? STORED_OWNER :
	    arena_strndup(req->a, word, (size_t)(slash - word));
	int rc = repo_find(st, owner, slash != NULL ? slash + 1 : word,
	    req->a, repo, err);

	if (rc == -1)
		return -1;
	if (rc == 0 || !sees_holds(req->sees, repo->id))
		return err_set(err, ERR_NOT_FOUND, "there is no repository "
		    "\"%.300s\"", word);
	if (!actor_may(req->actor, role, repo->owner, repo->name))
		return err_set(err, ERR_DENIED, "this needs the role %s for "
		    "%s/%s", role_name(role), repo->owner, repo->name);
	return 1;
}

static int
answer_started(struct web *w, struct response *res, const char *id)
{
	wake_send(w->config->run_dir);
	return answer_json(res, 202, json_pack("{s:b, s:s, s:o}", "success",
	    1, "delivery", id, "url", json_sprintf("%s/api/v1/deliveries/%s",
	    w->config->base_url, id)));
}

/* A workflow of a repository, or the whole file of one that is kept here. */
static int
start_workflow(struct store *st, struct request *req,
    const struct dispatch *d, const char *workflow, const char *ref,
    json_t *inputs, char id[37], struct err *err)
{
	struct workflow_row row;

	if (strcmp(d->repo->forge, STORED_FORGE) == 0)
		return dispatch_workflow(st, d, STORED_FILE, NULL, inputs, id,
		    err);
	if (workflow == NULL)
		return err_set(err, ERR_INVALID, "field \"workflow\" is "
		    "missing: which of \"%s/%s\" is to run; or give "
		    "\"branch\" and \"commit\"", d->repo->owner,
		    d->repo->name);
	return dispatch_find(st, d->repo, workflow, req->a, &row, err) == -1 ||
	    dispatch_check(d->repo, &row, ref, inputs, req->a, err) == -1 ?
	    -1 : dispatch_workflow(st, d, row.path, ref, inputs, id, err);
}

int
api_trigger_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *name, *branch, *sha, *workflow;
	struct repo repo;
	struct dispatch d = { &repo, req->actor->name, req->actor->by, NULL };
	char id[37];
	int rc;

	if (st == NULL ||
	    body_text(req, "repo", FORGE_MAX_URL, &name, err) == -1 ||
	    body_text(req, "branch", FORGE_MAX_REF, &branch, err) == -1 ||
	    body_text(req, "commit", 64, &sha, err) == -1 ||
	    body_text(req, "workflow", FORGE_MAX_URL, &workflow, err) == -1 ||
	    find_named(st, req, name, ROLE_WRITER, &repo, err) == -1)
		return -1;
	if (sha != NULL && strspn(sha, "0123456789abcdef") != strlen(sha))
		return err_set(err, ERR_INVALID, "field \"commit\" must be a "
		    "commit in full: 40 or 64 hexadecimal digits");
	if (sha != NULL)
		rc = dispatch_push(st, &d, branch, NULL, sha, id, err);
	else
		rc = start_workflow(st, req, &d, workflow, branch,
		    body_value(req, "parameters"), id, err);
	return rc == -1 ? -1 : answer_started(w, res, id);
}

/* A second one of a key is the first. */
int
api_execute_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *name, *workflow, *key;
	struct repo repo;
	struct dispatch d = { &repo, req->actor->name, req->actor->by, NULL };
	char id[37];

	if (st == NULL ||
	    body_text(req, "pipeline", FORGE_MAX_URL, &name, err) == -1 ||
	    body_text(req, "workflow", FORGE_MAX_URL, &workflow, err) == -1 ||
	    body_text(req, "idempotencyKey", 255, &key, err) == -1 ||
	    find_named(st, req, name, ROLE_WRITER, &repo, err) == -1)
		return -1;
	if (key != NULL)
		d.key = arena_printf(req->a, "execution:%s:%s",
		    req->actor->by, key);
	if (start_workflow(st, req, &d, workflow, NULL, body_value(req,
	    "data"), id, err) == -1)
		return -1;
	return answer_started(w, res, id);
}

/* --- dead letters --------------------------------------------------------- */

/* Deliveries of a repository that could not be planned. */
int
api_dead_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct inbox_query q = { .state = "failed",
		.before = arguments_text(req, "before") };
	struct delivery *list;
	struct repo repo;
	json_t *array, *o;
	int64_t limit;
	size_t n;

	if (st == NULL || arguments_number(req, "limit", 1, PAGING_MAX,
	    PAGING_LIMIT, &limit, err) == -1 || find_named(st, req,
	    request_param(req, "pipeline"), ROLE_READER, &repo, err) == -1)
		return -1;
	q.repo = repo.id;
	q.limit = (int)limit;
	if (inbox_list(st, &q, req->a, &list, &n, err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_delivery(&list[i], true));
	o = json_pack("{s:o}", "deliveries", array);
	paging_next(w, req, res, o, "before", n == (size_t)limit ?
	    list[n - 1].id : NULL);
	return answer_json(res, 200, o);
}

int
api_dead_replay_spelled(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;
	int n;

	if (st == NULL || find_named(st, req, request_param(req, "pipeline"),
	    ROLE_WRITER, &repo, err) == -1 || (n = inbox_replay_failed(st,
	    repo.id, req->actor->by, err)) == -1)
		return -1;
	wake_send(w->config->run_dir);
	answer_json(res, 200, json_pack("{s:i}", "messages", n));
	res->revalidate = false;
	return 0;
}
