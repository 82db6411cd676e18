/*
 * queue_api.c - the queue for programs: who waits and why, who has what of the
 * host; pauses and draining.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/queue.h"

#include "lib/base/str.h"
#include "lib/render/json.h"
#include "lib/render/json_queue.h"

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 100

int
api_queue(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct queue_limits limits = queue_limits_of(w->config);
	struct store *st = web_store(w, err);
	const char *s = request_arg(req, "limit");
	struct queue_query q = { .limit = DEFAULT_LIMIT };
	struct str next = STR_INIT;
	struct queue_entry *line;
	long long limit;
	json_t *o;
	size_t n;

	if (s != NULL && !str_to_int64(s, 1, MAX_LIMIT, &limit))
		return err_set(err, ERR_INVALID, "argument \"limit\" must be "
		    "a whole number from 1 to %d", MAX_LIMIT);
	if (s != NULL)
		q.limit = limit;
	if (st == NULL || queue_skip_arg(req, &q.skip, err) == -1 ||
	    queue_line(st, &q, &limits, req->a, &line, &n, err) == -1)
		return -1;
	o = json_object();
	json_object_set_new(o, "jobs", json_queue_line(w->config, line, n));
	if ((int64_t)n == q.limit)
		str_addf(&next, "%s/api/v1/queue?limit=%lld&skip=%lld",
		    w->config->base_url, (long long)q.limit,
		    (long long)(q.skip + q.limit));
	json_object_set_new(o, "next", next.len > 0 ? json_string(next.s) :
	    json_null());
	str_release(&next);
	return answer_json(res, 200, o);
}

int
api_queue_stats(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *o = st == NULL ? NULL : json_queue_stats(st, w->config,
	    req->a, err);

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
