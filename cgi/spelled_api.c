/*
 * spelled_api.c - answers in the forms of other documents, where those are
 * not the forms of ours: for routes_spelled.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "cgi/find_run.h"
#include "cgi/paging.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/run_search.h"
#include "lib/web/auth.h"

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
