/*
 * agents_api.c - where jobs run, for programs that know of agents: this host
 * is the only one, and is always called "local".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include <string.h>

#include "cgi/queue.h"
#include "lib/render/health.h"
#include "lib/render/json.h"
#include "lib/store/engines.h"
#include "lib/store/queue.h"
#include "lib/store/queue_hold.h"
#include "lib/base/wake.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define THE_AGENT "local"

static json_t *
engines_json(const struct engine_state *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_pack("{s:o, s:b, s:o, s:o}",
		    "name", json_text_of(list[i].name), "usable",
		    list[i].error == NULL, "error",
		    json_text_of(list[i].error), "looked_at",
		    json_time_of(list[i].at_ms)));
	return array;
}

static bool
is_drained(const struct queue_stop *stops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stops[i].drain)
			return true;
	return false;
}

/* Does pawl-workerd answer? */
static bool
is_there(struct web *w, struct store *st, struct arena *a)
{
	struct health_part parts[HEALTH_PARTS];
	struct err none = { 0 };

	health_look(st, w->config, &none, a, parts);
	for (size_t i = 0; i < HEALTH_PARTS; i++)
		if (strcmp(parts[i].name, "workerd") == 0)
			return parts[i].health != HEALTH_FAIL;
	return false;
}

static json_t *
agent_json(struct web *w, struct store *st, struct arena *a,
    struct err *err)
{
	struct engine_state *engines;
	struct queue_stats stats;
	struct queue_stop *stops;
	size_t n_engines, n_stops;

	if (engine_state_list(st, a, &engines, &n_engines, err) == -1 ||
	    queue_stats(st, &stats, err) == -1 ||
	    queue_stops(st, a, &stops, &n_stops, err) == -1)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o}", "id",
	    THE_AGENT, "name", THE_AGENT, "state", !is_there(w, st, a) ?
	    "offline" : is_drained(stops, n_stops) ? "draining" :
	    stats.active > 0 ? "busy" : "idle", "slots",
	    (json_int_t)w->config->max_jobs, "running",
	    (json_int_t)stats.active, "pending", (json_int_t)stats.pending,
	    "engines", engines_json(engines, n_engines));
}

int
api_agents(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *o = st == NULL ? NULL : agent_json(w, st, req->a, err);

	return o == NULL ? -1 : answer_json(res, 200, json_pack("{s:[o]}",
	    "agents", o));
}

static int
check_name(const struct request *req, struct err *err)
{
	const char *name = request_param(req, "agent");

	return strcmp(name, THE_AGENT) == 0 ? 0 : err_set(err, ERR_NOT_FOUND,
	    "there is no agent \"%.40s\": jobs run on this host, which is "
	    "\"" THE_AGENT "\"", name);
}

int
api_agent(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *o = st == NULL || check_name(req, err) == -1 ? NULL :
	    agent_json(w, st, req->a, err);

	return o == NULL ? -1 : answer_json(res, 200, o);
}

/* Only a person makes it stop or go on; what else it is follows from its
 * work. */
int
api_agent_state(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const struct queue_scope host = { .what = QUEUE_HOST };
	const char *state, *reason;
	int rc;

	if (st == NULL || check_name(req, err) == -1 ||
	    body_text(req, "state", 20, &state, err) == -1 ||
	    body_text(req, "reason", QUEUE_MAX_TEXT, &reason, err) == -1)
		return -1;
	rc = strcmp(state, "draining") == 0 ?
	    queue_pause(st, &host, req->actor->by, reason, err) :
	    queue_resume(st, &host, err);
	if (rc == -1)
		return -1;
	wake_send(w->config->run_dir);
	if (api_agent(w, req, res, err) == -1)
		return -1;
	res->revalidate = false;
	return 0;
}
