/*
 * queue_api.c - the queue for programs: who waits and why, who has what of the
 * host; pauses and draining.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/paging.h"
#include "cgi/queue.h"

#include "lib/render/json.h"
#include "lib/render/json_queue.h"

int
api_queue(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct queue_limits limits = queue_limits_of(w->config);
	struct store *st = web_store(w, err);
	struct queue_query q = { .sees = req->sees };
	struct queue_entry *line;
	json_t *o;
	size_t n;

	if (st == NULL || arguments_number(req, "limit", 1, PAGING_MAX,
	    PAGING_LIMIT, &q.limit, err) == -1 ||
	    arguments_number(req, "skip", 0, QUEUE_MAX_SKIP, 0, &q.skip,
	    err) == -1 ||
	    queue_line(st, &q, &limits, req->a, &line, &n, err) == -1)
		return -1;
	o = json_object();
	json_object_set_new(o, "jobs", json_queue_line(w->config, line, n));
	paging_next_id(w, req, res, o, "skip", (int64_t)n == q.limit ?
	    q.skip + q.limit : 0);
	return answer_json(res, 200, o);
}

int
api_queue_stats(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *o = st == NULL ? NULL : json_queue_stats(st, req->sees,
	    w->config, req->a, err);

	return o == NULL ? -1 : answer_json(res, 200, o);
}

/* What is so now. */
static int
done(struct web *w, struct request *req, struct response *res, int rc,
    struct err *err)
{
	if (rc == -1 || api_queue_stats(w, req, res, err) == -1)
		return -1;
	res->revalidate = false;
	return 0;
}

int
api_queue_pause(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, req, res, hold_pause(w, req, false, err), err);
}

int
api_queue_resume(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, req, res, hold_resume(w, req, false, err), err);
}

int
api_queue_limit(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, req, res, hold_limit(w, req, err), err);
}

int
api_queue_drain(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, req, res, hold_pause(w, req, true, err), err);
}

int
api_queue_undrain(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return done(w, req, res, hold_resume(w, req, true, err), err);
}
