/*
 * watch_api.c - alerts, hooks and tasks for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/watch.h"

#include "cgi/answer.h"
#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/render/json_watch.h"
#include "lib/store/notify_place.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define TEXT_MAX 1000
#define WINDOW_MS (INT64_C(15) * 60 * 1000)

/* --- alerts -------------------------------------------------------------------- */

static json_t *
json_of(struct store *st, const struct alert *al, struct arena *a)
{
	return json_alert(al, notify_place_text(st, al->place, al->repo, a));
}

int
api_alerts(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *values;
	struct alert *list;
	size_t n;

	if (st == NULL || alert_list(st, req->a, &list, &n, err) == -1)
		return -1;
	values = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(values, json_of(st, &list[i], req->a));
	return answer_json(res, 200, json_pack("{s:o}", "alerts", values));
}

/* What it watches. */
static int
read_condition(struct request *req, struct alert *al, struct err *err)
{
	const char *when, *within;

	if (body_text(req, "when", TEXT_MAX, &when, err) == -1 ||
	    body_text(req, "within", TEXT_MAX, &within, err) == -1)
		return -1;
	if (when == NULL)
		return err_set(err, ERR_INVALID, "field \"when\" is missing: "
		    "\"error_rate > 5\"");
	if (alert_condition_parse(when, al, req->a, err) == -1)
		return err_wrap(err, "field \"when\"");
	al->window_ms = WINDOW_MS;
	if (within != NULL && !clock_parse_duration(within, 1000,
		&al->window_ms))
		return err_set(err, ERR_INVALID, "field \"within\" must be a "
		    "time: 90s, 15 min, 7d; not \"%.100s\"", within);
	return 0;
}

static int
read_alert(struct store *st, struct request *req, struct alert *al,
    struct err *err)
{
	static const char *const names[] = { "name", "of", "when", "within",
		"severity", "workflow", "step", NULL };
	struct notify_place place;
	const char *of;

	if (body_only(req, names, err) == -1 ||
	    body_text(req, "name", TEXT_MAX, &al->name, err) == -1 ||
	    body_text(req, "of", TEXT_MAX, &of, err) == -1 ||
	    body_text(req, "severity", TEXT_MAX, &al->severity, err) == -1 ||
	    body_text(req, "workflow", TEXT_MAX, &al->workflow, err) == -1 ||
	    body_text(req, "step", TEXT_MAX, &al->step, err) == -1 ||
	    read_condition(req, al, err) == -1 ||
	    notify_place_find(st, of != NULL ? of : "all", req->a, &place,
		err) == -1)
		return -1;
	if (al->name == NULL)
		return err_set(err, ERR_INVALID, "field \"name\" is missing");
	if (al->severity == NULL)
		al->severity = "warning";
	if (!str_equal(al->severity, "warning") &&
	    !str_equal(al->severity, "critical"))
		return err_set(err, ERR_INVALID, "field \"severity\" must be "
		    "critical or warning");
	al->place = place.key;
	al->owner = place.owner;
	al->repo = place.repo;
	return 0;
}

int
api_alert_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct alert al = { .made_by = req->actor->by };

	if (st == NULL || read_alert(st, req, &al, err) == -1 ||
	    alert_add(st, &al, err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return answer_json(res, 201, json_of(st, &al, req->a));
}

int
api_alert_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *name = request_param(req, "name");
	struct store *st = web_store(w, err);

	if (st == NULL || alert_remove(st, name, err) == -1)
		return -1;
	return answer_json(res, 200, json_pack("{s:s}", "removed", name));
}

/* --- hooks and tasks ------------------------------------------------------------- */

int
api_hooks(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *values;
	struct hook *list;
	size_t n;

	if (st == NULL || hook_list(st, req->a, &list, &n, err) == -1)
		return -1;
	values = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(values, json_hook(&list[i]));
	return answer_json(res, 200, json_pack("{s:o}", "hooks", values));
}

int
api_tasks(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct task_state *list;
	json_t *values;

	if (st == NULL || task_list(st, req->a, &list, err) == -1)
		return -1;
	values = json_array();
	for (size_t i = 0; i < TASK_N; i++)
		json_array_append_new(values, json_task(&list[i]));
	return answer_json(res, 200, json_pack("{s:o}", "tasks", values));
}
