/*
 * monitor.c - see monitor.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/monitor.h"

#include <inttypes.h>

#include "lib/render/health.h"
#include "lib/render/json.h"
#include "lib/render/metrics.h"
#include "lib/store/queue.h"
#include "lib/store/queue_hold.h"
#include "lib/web/auth.h"

static int
tell_parts(struct web *w, struct request *req, struct response *res)
{
	struct health_part parts[HEALTH_PARTS];
	json_t *list = json_object(), *o = json_object();
	struct err why = { 0 };
	enum health worst;

	worst = health_look(web_store(w, &why), w->config, &why, req->a,
	    parts);
	for (size_t i = 0; i < HEALTH_PARTS; i++)
		json_object_set_new(list, parts[i].name, json_pack(
		    "{s:s, s:s}", "status", health_name(parts[i].health),
		    "text", parts[i].text));
	json_object_set_new(o, "status", json_string(health_name(worst)));
	json_object_set_new(o, "parts", list);
	res->status = worst == HEALTH_FAIL ? 503 : 200;
	res->type = "application/json";
	json_print(o, &res->body);
	json_decref(o);
	return 0;
}

/* This program answers; with "verbose", how the others do. */
int
api_healthz(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)err;
	if (request_arg(req, "verbose") != NULL)
		return tell_parts(w, req, res);
	str_add(&res->body, "ok\n");
	return 0;
}

/* The database answers too. */
int
api_readyz(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct queue_stats stats;
	struct queue_stop *stops;
	size_t n;

	if (st == NULL || queue_stats(st, &stats, err) == -1 ||
	    queue_stops(st, req->a, &stops, &n, err) == -1)
		return -1;
	res->type = "application/json";
	str_addf(&res->body, "{\"database\": \"ok\", \"queue\": \"%s\", "
	    "\"pending\": %" PRId64 ", \"active\": %" PRId64 "}\n",
	    n == 0 ? "ok" : stops[0].drain ? "drained" : "paused",
	    stats.pending, stats.active);
	return 0;
}

int
api_metrics(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	enum metrics_format format = metrics_accepted(request_header(req,
	    "Accept"));
	struct store *st = web_store(w, err);

	if (st == NULL)
		return -1;
	if (!w->config->metrics_public && req->actor == NULL) {
		problem_write(res, req, 401, "not-signed-in", "numbers are "
		    "for who shows a token that counts for everything "
		    "(\"metrics-public\")");
		return 0;
	}
	if (!w->config->metrics_public &&
	    !actor_may(req->actor, ROLE_READER, NULL, NULL))
		return err_set(err, ERR_DENIED, "numbers are for who shows a "
		    "token that counts for everything (\"metrics-public\")");
	response_header(res, "Vary", "Accept");
	res->type = metrics_type(format);
	return metrics_write(st, w->config, req->sees, format, &res->body, err);
}
