/*
 * why_api.c - see why_api.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/why_api.h"

#include "cgi/find_run.h"
#include "lib/render/json.h"
#include "lib/render/why.h"

static int
answer(struct response *res, const char *state, const struct why *why)
{
	json_t *o = json_pack("{s:s, s:o}", "state", state, "why",
	    json_why(why));

	res->type = "application/json";
	res->revalidate = true;
	json_print(o, &res->body);
	json_decref(o);
	return 0;
}

int
api_why_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	struct why why;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    why_run(st, &run, req->a, &why, err) == -1)
		return -1;
	return answer(res, machine_state_name(MACHINE_RUN, (int)run.state),
	    &why);
}

int
api_why_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	struct job job;
	struct why why;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    find_job(st, req, &run, &job, err) == -1 ||
	    why_job(st, w->config, &run, &job, req->a, &why, err) == -1)
		return -1;
	return answer(res, machine_state_name(MACHINE_JOB, (int)job.state),
	    &why);
}
