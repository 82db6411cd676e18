/*
 * run_api.c - the shape of a run for programs: its graph, its time, and what
 * it has not in common with another one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/compare_sides.h"
#include "cgi/run_view.h"

#include "lib/render/timeline.h"

/* With this many nodes a whole graph is small; of a larger one parts can be
 * asked for. */
static int
detail_arg(const struct request *req, enum dag_detail *out, struct err *err)
{
	static const char *const words[] = {
		[DAG_JOBS] = "jobs", [DAG_CALLS] = "calls",
		[DAG_STAGES] = "stages",
	};
	const char *text = request_arg(req, "detail");

	*out = DAG_JOBS;
	if (text == NULL)
		return 0;
	for (size_t i = 0; i < 3; i++)
		if (str_equal(text, words[i])) {
			*out = (enum dag_detail)i;
			return 0;
		}
	return err_set(err, ERR_INVALID, "argument \"detail\" must be jobs, "
	    "calls or stages");
}

int
api_run_graph(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	enum dag_detail detail;
	struct view_filter f;
	struct dag_job *some;
	struct run_view v;
	struct dag g;
	size_t n = 0;

	if (st == NULL || detail_arg(req, &detail, err) == -1 ||
	    view_filter_read(&f, req, err) == -1 ||
	    run_view_read(&v, w, st, req, err) == -1)
		return -1;
	some = arena_alloc(req->a, (v.n_jobs + 1) * sizeof(*some));
	for (size_t i = 0; i < v.n_jobs; i++)
		if (view_filter_fits(&f, &v, i))
			some[n++] = v.nodes[i];
	dag_build(&g, some, n, detail, req->a);
	return answer_json(res, 200, dag_json(&g));
}

int
api_run_timeline(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct timeline_facts f = { 0 };
	struct job_place *places;
	struct step *steps;
	struct run_view v;
	size_t n;

	if (st == NULL || run_view_read(&v, w, st, req, err) == -1 ||
	    step_list_run(st, v.run.id, req->a, &steps, &f.n_steps, err) ==
	    -1 || detail_places(st, v.run.id, req->a, &places, &n, err) == -1)
		return -1;
	if (n != v.n_jobs)
		return err_set(err, ERR_BUSY, "the jobs changed meanwhile");
	f.run = &v.run;
	f.jobs = v.jobs;
	f.n_jobs = v.n_jobs;
	f.steps = steps;
	f.places = places;
	f.critical = v.critical;
	return answer_json(res, 200, timeline_json(&f));
}

int
api_compare(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct compare_side left, right;
	struct compare c;

	if (st == NULL || compare_side_read(&left, st, req, "left", err) ==
	    -1 || compare_side_read(&right, st, req, "right", err) == -1)
		return -1;
	compare_runs(&c, &left, &right, req->a);
	return answer_json(res, 200, compare_json(&c));
}
