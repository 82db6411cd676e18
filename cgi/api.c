/*
 * api.c - the state of things as JSON, for programs: pawl-api, and `pawl` on
 * the server itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"

#include <inttypes.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/approve.h"
#include "cgi/artifacts.h"
#include "cgi/change.h"
#include "cgi/dispatch.h"
#include "cgi/find_run.h"
#include "cgi/inbox.h"
#include "cgi/monitor.h"
#include "cgi/outbox.h"
#include "cgi/queue.h"
#include "cgi/why_api.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/render/json.h"
#include "lib/render/json_gates.h"
#include "lib/store/queue.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "lib/store/reports.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/store/services.h"
#include "lib/web/problem.h"
#include "lib/web/serve.h"

#define DEFAULT_LIMIT 50
#define MAX_LIMIT 100
#define SUMMARIES_MAX_BYTES (4 * 1024 * 1024) /* of one answer */

static int
list_runs(struct web *w, struct request *req, struct response *res,
    struct err *err);
static int
list_repos(struct web *w, struct request *req, struct response *res,
    struct err *err);
static int
show_repo(struct web *w, struct request *req, struct response *res,
    struct err *err);
/* Each job with its services and where their logs are. */
static void
add_services(struct web *w, json_t *list, const struct job *jobs,
    size_t n_jobs, const struct job_service *services, size_t n)
{
	for (size_t i = 0; i < n_jobs; i++) {
		json_t *own = json_array();

		for (size_t k = 0; k < n; k++)
			if (services[k].job == jobs[i].id)
				json_array_append_new(own,
				    json_service(w->config, &jobs[i],
				    services[k].name));
		json_object_set_new(json_array_get(list, i), "services",
		    own);
	}
}

static int
show_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
static int
list_annotations(struct web *w, struct request *req, struct response *res,
    struct err *err);
static int
list_summaries(struct web *w, struct request *req, struct response *res,
    struct err *err);

#define REPO "api/v1/repos/{owner}/{repo}"
#define RUN REPO "/runs/{run}"
#define ATTEMPT RUN "/attempts/{attempt}"

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/deliveries", ACCESS_OPEN, 0, api_inbox },
	{ METHOD_GET, "api/v1/deliveries/{id}", ACCESS_OPEN, 0,
	    api_inbox_show },
	/* Whose it is, is told by the delivery: the handler looks at roles. */
	{ METHOD_POST, "api/v1/deliveries/{id}/replay", ACCESS_OPEN,
	    BODY_FIELDS, api_inbox_replay },
	{ METHOD_GET, "api/v1/refusals", ACCESS_READER, 0, api_refusals },
	{ METHOD_GET, "api/v1/runs", ACCESS_OPEN, 0, list_runs },
	{ METHOD_GET, "api/v1/repos", ACCESS_OPEN, 0, list_repos },
	{ METHOD_GET, "api/v1/queue", ACCESS_OPEN, 0, api_queue },
	{ METHOD_GET, "api/v1/queue/stats", ACCESS_OPEN, 0, api_queue_stats },
	{ METHOD_POST, "api/v1/queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_pause },
	{ METHOD_POST, "api/v1/queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_resume },
	{ METHOD_POST, "api/v1/queue/drain", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_drain },
	{ METHOD_POST, "api/v1/queue/undrain", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_undrain },
	{ METHOD_POST, REPO "/queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_pause },
	{ METHOD_POST, REPO "/queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    api_queue_resume },
	{ METHOD_GET, REPO "/workflows", ACCESS_OPEN, 0, api_workflows },
	{ METHOD_POST, REPO "/workflows/{workflow}/dispatches",
	    ACCESS_WRITER, BODY_FIELDS, api_workflow_dispatch },
	{ METHOD_POST, REPO "/dispatches", ACCESS_WRITER, BODY_FIELDS,
	    api_repository_dispatch },
	{ METHOD_POST, REPO "/runs", ACCESS_WRITER, BODY_FIELDS, api_push },
	{ METHOD_GET, REPO "/schedules", ACCESS_OPEN, 0, api_schedules },
	{ METHOD_POST, REPO "/schedules", ACCESS_WRITER, BODY_FIELDS,
	    api_schedule_add },
	{ METHOD_DELETE, REPO "/schedules/{schedule}", ACCESS_WRITER, 0,
	    api_schedule_remove },
	{ METHOD_POST, REPO "/schedules/{schedule}/{what}", ACCESS_WRITER,
	    BODY_FIELDS, api_schedule_act },
	{ METHOD_GET, "api/v1/outbox", ACCESS_ADMIN, 0, api_outbox },
	{ METHOD_GET, "api/v1/outbox/tries", ACCESS_ADMIN, 0,
	    api_outbox_tries },
	{ METHOD_POST, "api/v1/outbox/replay", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_replay },
	{ METHOD_POST, "api/v1/outbox/discard", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_discard },
	{ METHOD_POST, "api/v1/outbox/{id}/replay", ACCESS_ADMIN, BODY_FIELDS,
	    api_outbox_replay },
	{ METHOD_POST, "api/v1/outbox/{id}/discard", ACCESS_ADMIN,
	    BODY_FIELDS, api_outbox_discard },
	{ METHOD_GET, REPO, ACCESS_OPEN, 0, show_repo },
	{ METHOD_GET, REPO "/runs", ACCESS_OPEN, 0, list_runs },
	{ METHOD_GET, RUN, ACCESS_OPEN, 0, show_run },
	{ METHOD_GET, RUN "/why", ACCESS_OPEN, 0, api_why_run },
	{ METHOD_GET, RUN "/jobs/{job}/why", ACCESS_OPEN, 0, api_why_job },
	{ METHOD_GET, ATTEMPT "/jobs/{job}/why", ACCESS_OPEN, 0,
	    api_why_job },
	{ METHOD_GET, RUN "/annotations", ACCESS_OPEN, 0, list_annotations },
	{ METHOD_GET, RUN "/summaries", ACCESS_OPEN, 0, list_summaries },
	{ METHOD_GET, RUN "/artifacts", ACCESS_OPEN, 0, artifacts_list },
	{ METHOD_POST, RUN "/cancel", ACCESS_WRITER, BODY_FIELDS,
	    api_cancel_run },
	{ METHOD_POST, RUN "/rerun", ACCESS_WRITER, BODY_FIELDS,
	    api_rerun_run },
	{ METHOD_POST, RUN "/jobs/{job}/rerun", ACCESS_WRITER, BODY_FIELDS,
	    api_rerun_job },
	{ METHOD_GET, "api/v1/approvals", ACCESS_OPEN, 0, api_approvals },
	{ METHOD_GET, REPO "/approvals", ACCESS_OPEN, 0, api_approvals },
	{ METHOD_POST, RUN "/approve", ACCESS_WRITER, BODY_FIELDS,
	    api_approve },
	{ METHOD_POST, RUN "/reject", ACCESS_WRITER, BODY_FIELDS,
	    api_reject },
	{ METHOD_POST, RUN "/jobs/{job}/approve", ACCESS_WRITER, BODY_FIELDS,
	    api_approve },
	{ METHOD_POST, RUN "/jobs/{job}/reject", ACCESS_WRITER, BODY_FIELDS,
	    api_reject },
	{ METHOD_GET, REPO "/environments", ACCESS_OPEN, 0,
	    api_environments },
	{ METHOD_PUT, REPO "/environments/{environment}", ACCESS_ADMIN,
	    BODY_FIELDS, api_environment_set },
	{ METHOD_DELETE, REPO "/environments/{environment}", ACCESS_ADMIN,
	    BODY_FIELDS, api_environment_remove },
	{ METHOD_GET, ATTEMPT, ACCESS_OPEN, 0, show_run },
	{ METHOD_GET, ATTEMPT "/annotations", ACCESS_OPEN, 0,
	    list_annotations },
	{ METHOD_GET, ATTEMPT "/summaries", ACCESS_OPEN, 0, list_summaries },
	{ METHOD_GET, ATTEMPT "/artifacts", ACCESS_OPEN, 0, artifacts_list },
	{ METHOD_POST, RUN "/jobs/{job}/cancel", ACCESS_WRITER, BODY_FIELDS,
	    api_cancel_job },
	{ METHOD_GET, "artifacts/{owner}/{repo}/{run}/{zip}", ACCESS_OPEN, 0,
	    artifacts_zip },
	{ METHOD_GET, "healthz", ACCESS_BLIND, 0, api_healthz },
	{ METHOD_GET, "readyz", ACCESS_BLIND, 0, api_readyz },
	{ METHOD_GET, "metrics", ACCESS_OPEN, 0, api_metrics },
};

static void
refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	(void)w;
	problem_write(res, req, status, code, detail);
}

/* A number given as an argument; `standard` when it is absent. */
static int
number_arg(const struct request *req, const char *name, int64_t max,
    int64_t standard, int64_t *out, struct err *err)
{
	const char *s = request_arg(req, name);
	long long n;

	*out = standard;
	if (s == NULL)
		return 0;
	if (!str_to_int64(s, 1, max, &n))
		return err_set(err, ERR_INVALID, "argument \"%s\" must be a "
		    "whole number from 1 to %" PRId64, name, max);
	*out = n;
	return 0;
}

/* RFC 8288: the same list behind the last run of this page. */
static void
link_next(const struct web *w, const struct repo *repo,
    int64_t limit, int64_t before,
    struct response *res, json_t *list)
{
	struct str url = STR_INIT, link = STR_INIT;

	str_addf(&url, "%s/api/v1/", w->config->base_url);
	if (repo->id != 0) {
		str_add(&url, "repos/");
		layout_page_repo(&url, repo->owner, repo->name);
		str_add_char(&url, '/');
	}
	str_addf(&url, "runs?limit=%" PRId64 "&before=%" PRId64, limit,
	    before);
	str_addf(&link, "<%s>; rel=\"next\"", url.s);
	response_header(res, "Link", link.s);
	json_object_set_new(list, "next", json_string(url.s));
	str_release(&url);
	str_release(&link);
}

static int
list_runs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;
	struct run *runs;
	int64_t limit, before;
	json_t *o, *list;
	size_t n;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    number_arg(req, "limit", MAX_LIMIT, DEFAULT_LIMIT, &limit,
	    err) == -1 ||
	    number_arg(req, "before", INT64_MAX, 0, &before, err) == -1 ||
	    run_list(st, repo.id, before, (int)limit, req->a, &runs, &n,
	    err) == -1)
		return -1;
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(w->config, &runs[i]));
	json_object_set_new(o, "runs", list);
	json_object_set_new(o, "next", json_null());
	if ((int64_t)n == limit)
		link_next(w, &repo, limit, runs[n - 1].id, res, o);
	return answer_json(res, 200, o);
}

static int
list_repos(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo *repos;
	json_t *o, *list;
	size_t n;

	if (st == NULL || repo_list(st, req->a, &repos, &n, err) == -1)
		return -1;
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_repo(w->config, &repos[i]));
	json_object_set_new(o, "repos", list);
	return answer_json(res, 200, o);
}

static int
show_repo(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	return answer_json(res, 200, json_repo(w->config, &repo));
}

/* Jobs under "jobs", and under each of them its steps. */
static json_t *
job_tree(struct web *w, const struct job *jobs, size_t n_jobs,
    const struct step *steps, size_t n_steps)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n_jobs; i++) {
		json_t *o = json_job(w->config, &jobs[i]);
		json_t *own = json_array();

		for (size_t k = 0; k < n_steps; k++) {
			if (steps[k].job == jobs[i].id)
				json_array_append_new(own,
				    json_step(&steps[k]));
		}
		json_object_set_new(o, "steps", own);
		json_array_append_new(list, o);
	}
	return list;
}

static int
list_annotations(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct annotation *list;
	json_t *array, *o;
	struct run run;
	size_t n;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    annotation_list(st, run.id, req->a, &list, &n, err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_annotation(&list[i]));
	o = json_object();
	json_object_set_new(o, "annotations", array);
	return answer_json(res, 200, o);
}

static int
list_summaries(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct summary *list;
	int64_t left = SUMMARIES_MAX_BYTES;
	const char *html;
	json_t *array, *o;
	struct run run;
	size_t n;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    summary_list(st, run.id, req->a, &list, &n, err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++) {
		html = NULL;
		if (list[i].bytes <= left && summary_html(st, list[i].id,
		    req->a, &html, err) == -1)
			goto out;
		left -= html != NULL ? list[i].bytes : 0;
		json_array_append_new(array, json_summary(&list[i], html));
	}
	o = json_object();
	json_object_set_new(o, "summaries", array);
	return answer_json(res, 200, o);
out:
	json_decref(array);
	return -1;
}

static int
show_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	struct job *jobs;
	struct step *steps;
	struct job_service *services;
	struct run *attempts;
	struct deployment *deployments;
	struct gate *gates;
	size_t n_jobs, n_steps, n_services, n_attempts, n_gates;
	size_t n_deployments;
	json_t *o, *list;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    job_list(st, run.id, req->a, &jobs, &n_jobs, err) == -1 ||
	    queue_explain(st, jobs, n_jobs, w->config, req->a, err) == -1 ||
	    step_list_run(st, run.id, req->a, &steps, &n_steps, err) == -1 ||
	    service_list_run(st, run.id, req->a, &services, &n_services,
		err) == -1 || run_list_attempts(st, &run, req->a, &attempts,
		&n_attempts, err) == -1 ||
	    gate_list_run(st, run.id, req->a, &gates, &n_gates, err) == -1 ||
	    deployment_list_run(st, run.id, req->a, &deployments,
		&n_deployments, err) == -1)
		return -1;
	o = json_run(w->config, &run);
	list = job_tree(w, jobs, n_jobs, steps, n_steps);
	add_services(w, list, jobs, n_jobs, services, n_services);
	json_object_set_new(o, "jobs", list);
	list = json_array();
	for (size_t i = 0; i < n_attempts; i++)
		json_array_append_new(list, json_attempt(w->config,
		    &attempts[i]));
	json_object_set_new(o, "attempts", list);
	json_object_set_new(o, "gates", json_gates(gates, n_gates, req->a));
	json_add_deployments(json_object_get(o, "jobs"), jobs, n_jobs,
	    deployments, n_deployments);
	return answer_json(res, 200, o);
}

const struct web_app api_app = {
	"pawl-api", routes, ARRAY_LEN(routes), refuse,
};
