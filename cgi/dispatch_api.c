/*
 * dispatch_api.c - what is started by hand or by the clock, for programs.
 *
 * The addresses and fields of starting are GitHub's (docs.github.com, "REST
 * API endpoints for workflows" and "for repositories").
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/dispatch.h"
#include "cgi/find_run.h"
#include "cgi/paging.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/base/zone.h"
#include "lib/forge/dispatch.h"
#include "lib/forge/dispatch_check.h"
#include "lib/forge/schedule.h"
#include "lib/render/json.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define CRON_MAX_BYTES 200

/* A delivery was made: where its verdict will stand. */
static int
answer_delivery(struct web *w, struct response *res, const char *id)
{
	wake_send(w->config->run_dir);
	return answer_json(res, 202, json_pack("{s:s, s:o}", "delivery", id, "url",
	    json_sprintf("%s/api/v1/deliveries/%s", w->config->base_url,
	    id)));
}

/* The store and the repository of the address. */
static struct store *
open_repo(struct web *w, struct request *req, struct repo *repo,
    struct err *err)
{
	struct store *st = web_store(w, err);

	return st == NULL || find_repo(st, req, repo, err) == -1 ? NULL :
	    st;
}

int
api_workflows(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct workflow_row *list;
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	json_t *all;
	size_t n;

	if (st == NULL || workflow_list(st, repo.id, req->a, &list, &n,
	    err) == -1)
		return -1;
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_workflow(&list[i]));
	return answer_json(res, 200, json_pack("{s:o}", "workflows", all));
}

/* --- starting ------------------------------------------------------------------ */

/* A field that is an object, or NULL. */
static int
object_field(const struct request *req, const char *name, json_t **out,
    struct err *err)
{
	*out = body_value(req, name);
	if (*out != NULL && !json_is_object(*out))
		return err_set(err, ERR_INVALID, "field \"%s\" must be an "
		    "object", name);
	return 0;
}

int
api_workflow_dispatch(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	static const char *const names[] = { "ref", "inputs", NULL };
	struct repo repo;
	const char *ref;
	json_t *inputs;
	char id[37];

	if (open_repo(w, req, &repo, err) == NULL ||
	    body_only(req, names, err) == -1 ||
	    body_text(req, "ref", FORGE_MAX_REF, &ref, err) == -1 ||
	    object_field(req, "inputs", &inputs, err) == -1 ||
	    dispatch_send(w, req, &repo, request_param(req, "workflow"), ref,
	    inputs, id, err) == -1)
		return -1;
	return answer_delivery(w, res, id);
}

static struct dispatch
dispatch_of(const struct request *req, const struct repo *repo)
{
	return (struct dispatch){ repo, req->actor->name,
		req->actor->by, NULL };
}

static int
required(const char *value, const char *name, struct err *err)
{
	return value != NULL ? 0 : err_set(err, ERR_INVALID,
	    "field \"%s\" is missing", name);
}

int
api_repository_dispatch(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	static const char *const names[] = { "event_type", "client_payload",
		NULL };
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct dispatch d = dispatch_of(req, &repo);
	const char *type;
	json_t *payload;
	char id[37];

	if (st == NULL || body_only(req, names, err) == -1 ||
	    body_text(req, "event_type", DISPATCH_MAX_TYPE, &type, err) ==
	    -1 || required(type, "event_type", err) == -1 ||
	    object_field(req, "client_payload", &payload, err) == -1 ||
	    dispatch_repository(st, &d, type, payload, id, err) == -1)
		return -1;
	return answer_delivery(w, res, id);
}

/* As if a webhook had told of it, without its signature. */
int
api_push(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	static const char *const names[] = { "branch", "commit_sha", NULL };
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct dispatch d = dispatch_of(req, &repo);
	const char *branch, *sha;
	char id[37];
	size_t len;

	if (st == NULL || body_only(req, names, err) == -1 ||
	    body_text(req, "branch", FORGE_MAX_REF, &branch, err) == -1 ||
	    body_text(req, "commit_sha", 64, &sha, err) == -1 ||
	    required(branch, "branch", err) == -1 ||
	    required(sha, "commit_sha", err) == -1)
		return -1;
	len = strlen(sha);
	if ((len != 40 && len != 64) ||
	    strspn(sha, "0123456789abcdef") != len)
		return err_set(err, ERR_INVALID, "field \"commit_sha\" must "
		    "be a commit in full: 40 or 64 hexadecimal digits");
	if (dispatch_push(st, &d, branch, NULL, sha, id, err) == -1)
		return -1;
	return answer_delivery(w, res, id);
}

/* --- schedules ----------------------------------------------------------------- */

int
api_schedules(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct schedule *list;
	int64_t after;
	json_t *all, *o;
	int limit;
	size_t n;

	if (st == NULL ||
	    paging_read(req, "after", &limit, &after, err) == -1 ||
	    schedule_list(st, repo.id, after, limit, req->a, &list, &n,
	    err) == -1)
		return -1;
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_schedule(&list[i]));
	o = json_pack("{s:o}", "schedules", all);
	paging_next_id(w, req, res, o, "after", n < (size_t)limit ? 0 :
	    list[n - 1].id);
	return answer_json(res, 200, o);
}

static int
read_schedule(struct request *req, const struct repo *repo,
    struct schedule *s, const char **workflow, json_t **inputs,
    struct err *err)
{
	static const char *const names[] = { "workflow", "cron", "timezone",
		"ref", "inputs", NULL };

	*s = (struct schedule){ .repo = repo->id, .owner = repo->owner,
		.name = repo->name, .added_by = req->actor->by };
	if (body_only(req, names, err) == -1 ||
	    body_text(req, "workflow", FORGE_MAX_URL, workflow, err) == -1 ||
	    body_text(req, "cron", CRON_MAX_BYTES, &s->cron, err) == -1 ||
	    body_text(req, "timezone", ZONE_MAX_NAME, &s->timezone, err) ==
	    -1 || body_text(req, "ref", FORGE_MAX_REF, &s->ref, err) == -1 ||
	    object_field(req, "inputs", inputs, err) == -1 ||
	    required(*workflow, "workflow", err) == -1 ||
	    required(s->cron, "cron", err) == -1)
		return -1;
	if (s->timezone == NULL)
		s->timezone = "UTC";
	return schedule_next(s->cron, s->timezone, clock_now_ms(),
	    &s->due_at_ms, err) == -1 ? -1 : 0;
}

int
api_schedule_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct workflow_row row;
	const char *workflow;
	struct schedule s;
	json_t *inputs;
	char *text;
	int rc;

	if (st == NULL || read_schedule(req, &repo, &s, &workflow, &inputs,
	    err) == -1 ||
	    dispatch_find(st, &repo, workflow, req->a, &row, err) == -1 ||
	    dispatch_check(&repo, &row, s.ref, inputs, req->a, err) == -1)
		return -1;
	s.workflow = row.path;
	text = inputs != NULL ? json_dumps(inputs, JSON_COMPACT) : NULL;
	s.inputs = text;
	rc = schedule_add(st, &s, err);
	if (rc == 0) {
		wake_send(w->config->run_dir);
		answer_json(res, 201, json_schedule(&s));
	}
	free(text);
	return rc;
}

int
api_schedule_remove(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct schedule s;

	if (st == NULL ||
	    dispatch_find_schedule(st, req, &repo, &s, err) == -1 ||
	    schedule_remove(st, s.id, err) == -1)
		return -1;
	return answer_json(res, 200, json_schedule(&s));
}

int
api_schedule_act(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *what = req->segments[req->n_segments - 1];
	struct repo repo;
	struct store *st = open_repo(w, req, &repo, err);
	struct schedule s;
	char id[37] = "";

	if (st == NULL ||
	    dispatch_find_schedule(st, req, &repo, &s, err) == -1 ||
	    dispatch_act(w, req, &s, what, id, err) == -1)
		return -1;
	if (id[0] != '\0')
		return answer_delivery(w, res, id);
	if (dispatch_find_schedule(st, req, &repo, &s, err) == -1)
		return -1;
	return answer_json(res, 200, json_schedule(&s));
}
