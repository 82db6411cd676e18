/*
 * change.c - see change.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/change.h"

#include <inttypes.h>

#include "cgi/find_run.h"
#include "lib/base/layout.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/rerun.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static int
begin(struct change *c, struct web *w, struct request *req,
    struct err *err)
{
	*c = (struct change){ .w = w, .req = req, .by = req->actor->by };
	c->st = web_store(w, err);
	return c->st == NULL || find_run(c->st, req, &c->run, err) == -1 ?
	    -1 : 0;
}

static int
answer_api(struct change *c, struct response *res, struct err *err)
{
	wake_send(c->w->config->run_dir);
	if (run_find_id(c->st, c->run.id, c->req->a, &c->run, err) == -1)
		return -1;
	return answer_json(res, 202, json_run(c->w->config, &c->run));
}

static int
answer_page(struct change *c, struct response *res)
{
	const char *job = request_param(c->req, "job");
	struct str to = STR_INIT;

	wake_send(c->w->config->run_dir);
	str_addf(&to, "%s/", c->w->base_path);
	if (job != NULL && !c->whole)
		layout_page_job(&to, c->run.owner, c->run.name,
		    c->run.number, job);
	else
		layout_page_run(&to, c->run.owner, c->run.name,
		    c->run.number);
	response_see_other(res, to.s);
	str_release(&to);
	return 0;
}

int
change_api(struct web *w, struct request *req, struct response *res,
    change_fn act, struct err *err)
{
	struct change c;

	return begin(&c, w, req, err) == -1 || act(&c, err) == -1 ? -1 :
	    answer_api(&c, res, err);
}

int
change_page(struct web *w, struct request *req, struct response *res,
    change_fn act, struct err *err)
{
	struct change c;

	return begin(&c, w, req, err) == -1 || act(&c, err) == -1 ? -1 :
	    answer_page(&c, res);
}

#define MAX_JOB_KEY 4096

static const char *const no_fields[] = { NULL };

static int
cancel_run(struct change *c, struct err *err)
{
	int n = body_only(c->req, no_fields, err) == -1 ? -1 :
	    run_cancel(c->st, c->run.id, c->by, err);

	return n != 0 ? n : err_set(err, ERR_CONFLICT, "run #%" PRId64
	    " of \"%s/%s\" is over: %s", c->run.number, c->run.owner,
	    c->run.name, machine_state_name(MACHINE_RUN, c->run.state));
}

static int
cancel_job(struct change *c, struct err *err)
{
	struct job job;
	int n;

	if (body_only(c->req, no_fields, err) == -1 ||
	    find_job(c->st, c->req, &c->run, &job, err) == -1)
		return -1;
	n = job_cancel(c->st, job.id, NULL, c->by, err);
	return n != 0 ? n : err_set(err, ERR_CONFLICT, "job \"%s\" of run #%"
	    PRId64 " is over: %s", job.key, c->run.number,
	    machine_state_name(MACHINE_JOB, job.state));
}

/* The run is its new attempt then. Rows of jobs that run again come when it
 * has been decided. */
static int
rerun(struct change *c, const char *const *fields, const char *job,
    struct err *err)
{
	struct rerun how = { .job = job, .by = c->by };
	size_t again;

	c->whole = true;
	if (body_only(c->req, fields, err) == -1 ||
	    body_flag(c->req, "debug", &how.debug, err) == -1 ||
	    (job == NULL &&
		(body_flag(c->req, "failed", &how.failed, err) == -1 ||
		body_text(c->req, "job", MAX_JOB_KEY, &how.job, err) == -1)))
		return -1;
	return run_again(c->st, c->run.id, &how, &c->run.id, &again, err);
}

static int
rerun_run(struct change *c, struct err *err)
{
	static const char *const fields[] = { "failed", "job", "debug",
		NULL };

	return rerun(c, fields, NULL, err);
}

static int
rerun_job(struct change *c, struct err *err)
{
	static const char *const fields[] = { "debug", NULL };

	return rerun(c, fields, request_param(c->req, "job"), err);
}

int
api_rerun_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, rerun_run, err);
}

int
api_rerun_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, rerun_job, err);
}

int
page_rerun_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, rerun_run, err);
}

int
page_rerun_one(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, rerun_job, err);
}

int
api_cancel_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, cancel_run, err);
}

int
api_cancel_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, cancel_job, err);
}

int
page_cancel_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, cancel_run, err);
}

int
page_cancel_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, cancel_job, err);
}
