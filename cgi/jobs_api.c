/*
 * jobs_api.c - jobs of a run and their steps, for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "cgi/find_run.h"
#include "lib/render/json.h"

/* Steps are by job, as jobs are: *at goes along with them. */
static json_t *
steps_of(const struct job *job, const struct step *steps, size_t n,
    size_t *at)
{
	json_t *list = json_array();

	while (*at < n && steps[*at].job < job->id)
		++*at;
	for (; *at < n && steps[*at].job == job->id; ++*at)
		json_array_append_new(list, json_step(&steps[*at]));
	return list;
}

int
api_jobs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	size_t n_jobs, n_steps, at = 0;
	struct step *steps;
	struct job *jobs;
	struct run run;
	json_t *list;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    job_list(st, run.id, req->a, &jobs, &n_jobs, err) == -1 ||
	    step_list_run(st, run.id, req->a, &steps, &n_steps, err) == -1)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n_jobs; i++) {
		json_t *o = json_job(w->config, &jobs[i]);

		json_object_set_new(o, "steps", steps_of(&jobs[i], steps,
		    n_steps, &at));
		json_array_append_new(list, o);
	}
	return answer_json(res, 200, json_pack("{s:o}", "jobs", list));
}

/* The job of the address, and its steps. */
static int
find(struct store *st, struct request *req, struct job *job, json_t **steps,
    struct err *err)
{
	struct step *list;
	struct run run;
	size_t n, at = 0;

	if (find_run(st, req, &run, err) == -1 ||
	    find_job(st, req, &run, job, err) == -1 ||
	    step_list_run(st, run.id, req->a, &list, &n, err) == -1)
		return -1;
	*steps = steps_of(job, list, n, &at);
	return 0;
}

int
api_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *steps, *o;
	struct job job;

	if (st == NULL || find(st, req, &job, &steps, err) == -1)
		return -1;
	o = json_job(w->config, &job);
	json_object_set_new(o, "steps", steps);
	return answer_json(res, 200, o);
}

int
api_steps(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct job job;
	json_t *steps;

	return st == NULL || find(st, req, &job, &steps, err) == -1 ? -1 :
	    answer_json(res, 200, json_pack("{s:o}", "steps", steps));
}
