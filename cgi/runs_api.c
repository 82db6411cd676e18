/*
 * runs_api.c - runs with what belongs to them, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "cgi/find_run.h"
#include "cgi/paging.h"
#include "lib/render/json.h"
#include "lib/render/json_gates.h"
#include "lib/store/deployments.h"
#include "lib/store/queue_line.h"
#include "lib/store/reports.h"
#include "lib/store/run_search.h"
#include "lib/store/services.h"

#define SUMMARIES_MAX_BYTES (4 * 1024 * 1024) /* of one answer */

/* What a list of runs may be cut down to, besides its repository. */
static int
read_query(const struct request *req, struct run_query *q, struct err *err)
{
	q->branch = arguments_text(req, "branch");
	q->state = arguments_text(req, "status");
	q->event = arguments_text(req, "event");
	q->actor = arguments_text(req, "actor");
	q->workflow = arguments_text(req, "workflow");
	q->text = arguments_text(req, "text");
	q->sees = req->sees;
	if (arguments_time(req, "since", &q->since_ms, err) == -1 ||
	    arguments_time(req, "until", &q->until_ms, err) == -1)
		return -1;
	return paging_read(req, "before", &q->limit, &q->before, err);
}

int
runs_answer(struct web *w, struct request *req, struct response *res,
    const struct run_query *q, struct err *err)
{
	struct store *st = web_store(w, err);
	struct run *runs;
	int64_t next;
	json_t *o, *list;
	size_t n;

	if (st == NULL || run_search(st, q, req->a, &runs, &n, &next, err) ==
	    -1)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(w->config, &runs[i]));
	o = json_pack("{s:o}", "runs", list);
	paging_next_id(w, req, res, o, "before", next);
	return answer_json(res, 200, o);
}

int
api_runs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run_query q = { 0 };
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    read_query(req, &q, err) == -1)
		return -1;
	q.repo = repo.id;
	return runs_answer(w, req, res, &q, err);
}

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

int
api_annotations(struct web *w, struct request *req, struct response *res,
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

int
api_summaries(struct web *w, struct request *req, struct response *res,
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

int
api_run(struct web *w, struct request *req, struct response *res,
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
