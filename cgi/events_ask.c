/*
 * events_ask.c - which stream an address is.
 *
 * A handler here only says what the client that asks wants to follow
 * (hub->asking); events_client.c does the rest. It is asked again while the
 * stream lasts, to see whether it would still be allowed: then nothing
 * changes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/find_run.h"
#include "lib/base/mem.h"
#include "lib/store/sees.h"
#include "lib/web/auth.h"
#include "lib/web/problem.h"
#include "lib/web/sse.h"

#define REPO "api/v1/repos/{owner}/{repo}"
#define RUN REPO "/runs/{run}"
#define ATTEMPT RUN "/attempts/{attempt}"

static struct hub *
hub_of(struct web *w)
{
	struct server *s = (struct server *)((char *)w -
	    offsetof(struct server, web));

	return (struct hub *)((char *)s - offsetof(struct hub, server));
}

static size_t
streams_of(const struct hub *hub, const char *address)
{
	size_t n = 0;

	for (const struct client *c = hub->clients; c != NULL; c = c->next)
		n += c->streams && strcmp(c->address, address) == 0;
	return n;
}

/* Is there a place for one more? 1, 0 with the answer. */
static int
admit(struct hub *hub, struct client *c, struct request *req,
    struct response *res)
{
	const struct config *config = hub->server.web.config;
	const char *full = NULL;

	snprintf(c->address, sizeof(c->address), "%s",
	    req->remote_addr != NULL ? req->remote_addr : "");
	if (hub->n_streams >= (size_t)config->max_streams)
		full = "as many streams are open as this server allows "
		    "(\"max-streams\"): try again soon";
	else if (streams_of(hub, c->address) >=
	    (size_t)config->max_address_streams)
		full = "as many streams are open as one address may have "
		    "(\"max-streams-of-address\"): close some";
	if (full == NULL)
		return 1;
	problem_write(res, req, 503, "too-many-streams", full);
	return 0;
}

/* The id of the last event that the client has: 0 none, -1 err. "latest" is
 * the newest there is. */
static int
read_cursor(struct hub *hub, struct request *req, int64_t fallback,
    int64_t *cursor, struct err *err)
{
	const char *id = request_header(req, "Last-Event-ID");
	long long number;

	if (id == NULL)
		id = request_arg(req, "last_event_id");
	*cursor = fallback;
	if (id == NULL || id[0] == '\0')
		return 0;
	if (strcmp(id, "latest") == 0) {
		*cursor = hub->newest;
		return 0;
	}
	if (!str_to_int64(id, 0, INT64_MAX, &number))
		return err_set(err, ERR_INVALID, "Last-Event-ID is the id of "
		    "an event, a number, or \"latest\"");
	*cursor = number;
	return 0;
}

/* The client follows from here on. */
static void
begin(struct client *c, const struct request *req, struct response *res)
{
	res->endless = true;
	res->type = SSE_TYPE;
	response_header(res, "X-Accel-Buffering", "no");
	free(c->sees);
	c->sees = req->sees != NULL ? mem_strdup(req->sees) : NULL;
	if (req->method == METHOD_HEAD || c->streams)
		return;
	c->streams = true;
	c->state = CLIENT_FOLLOWS;
	c->hub->n_streams++;
}

/* What is followed, to be filled by the handler. 1; 0: it has been answered
 * (there is no place, or it was asked before); -1. */
static int
prepare(struct web *w, struct request *req, struct response *res,
    struct client **out, struct err *err)
{
	struct hub *hub = hub_of(w);
	struct client *c = hub->asking;

	*out = c;
	if (c->streams) {
		begin(c, req, res);
		return 0;
	}
	if (admit(hub, c, req, res) == 0)
		return 0;
	return hub_catch_up(hub, err) == -1 ? -1 : 1;
}

static int
follow_events(struct web *w, struct request *req, struct response *res,
    const struct interest *what, bool from_start, struct err *err)
{
	struct client *c;
	int rc = prepare(w, req, res, &c, err);

	if (rc != 1)
		return rc;
	if (read_cursor(c->hub, req, from_start ? 0 : c->hub->newest,
	    &c->cursor, err) == -1)
		return -1;
	c->what = *what;
	c->what.owner = what->owner != NULL ? mem_strdup(what->owner) : NULL;
	c->what.workflow = what->workflow != NULL ?
	    mem_strdup(what->workflow) : NULL;
	begin(c, req, res);
	return 0;
}

static int
all_events(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct interest what = { .owner = request_arg(req, "tenant"),
		.workflow = request_arg(req, "pipeline") };

	return follow_events(w, req, res, &what, false, err);
}

static int
repo_events(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	return follow_events(w, req, res, &(struct interest){
	    .repo = repo.id }, false, err);
}

static int
run_events(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct client *c = hub_of(w)->asking;
	struct run run;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    follow_events(w, req, res, &(struct interest){ .run = run.id },
	    true, err) == -1)
		return -1;
	if (machine_terminal(MACHINE_RUN, (int)run.state)) {
		c->over = true;
		c->over_as = machine_state_name(MACHINE_RUN, (int)run.state);
	}
	return 0;
}

/* --- logs ----------------------------------------------------------------------- */

static int
follow_logs(struct web *w, struct request *req, struct response *res,
    const struct run *run, const struct job *job, struct err *err)
{
	struct logs_wish wish = { .run = run, .job = job,
		.step = request_arg(req, "step"),
		.after = request_header(req, "Last-Event-ID") };
	const char *attempt = request_arg(req, "attempt");
	long long number = 0;
	struct client *c;
	int rc = prepare(w, req, res, &c, err);

	if (rc != 1)
		return rc;
	if (attempt != NULL && !str_to_int64(attempt, 1, INT32_MAX, &number))
		return err_set(err, ERR_INVALID, "\"attempt\" is a number, "
		    "from 1");
	wish.attempt = (int)number;
	if (wish.after == NULL)
		wish.after = request_arg(req, "last_event_id");
	c->what.run = run->id;
	if (logs_new(c, &wish, err) == -1)
		return -1;
	begin(c, req, res);
	return 0;
}

static int
job_logs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	struct job job;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    find_job(st, req, &run, &job, err) == -1)
		return -1;
	return follow_logs(w, req, res, &run, &job, err);
}

/* A row by the number in the address: 0 and ERR_NOT_FOUND as for others. */
static int
read_id(struct request *req, const char *param, const char *what, int64_t *id,
    struct err *err)
{
	const char *text = request_param(req, param);
	long long number;

	if (!str_to_int64(text, 1, INT64_MAX, &number))
		return err_set(err, ERR_NOT_FOUND, "there is no %s \"%s\"",
		    what, text);
	*id = number;
	return 0;
}

static int
job_logs_by_id(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	struct job job;
	int64_t id = 0;
	int found;

	if (st == NULL || read_id(req, "id", "job", &id, err) == -1)
		return -1;
	found = job_find_id(st, id, req->a, &job, err);
	if (found == 1)
		found = run_find_id(st, job.run, req->a, &run, err);
	if (found == 0 || (found == 1 && !sees_holds(req->sees, run.repo)))
		return err_set(err, ERR_NOT_FOUND, "there is no job \"%s\"",
		    request_param(req, "id"));
	return found == -1 ? -1 : follow_logs(w, req, res, &run, &job, err);
}

/* The job that an argument names by its key. 1, 0 without the argument, -1 */
static int
job_of_argument(struct store *st, struct request *req, const struct run *run,
    struct job *job, struct err *err)
{
	const char *key = request_arg(req, "job");
	struct job *jobs;
	size_t n;

	if (key == NULL || key[0] == '\0')
		return 0;
	if (job_list(st, run->id, req->a, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(jobs[i].key, key) == 0 ||
		    strcmp(jobs[i].uuid, key) == 0) {
			*job = jobs[i];
			return 1;
		}
	return err_set(err, ERR_NOT_FOUND, "run #%" PRId64
	    " has no job \"%s\"", run->number, key);
}

static int
run_logs_of(struct web *w, struct request *req, struct response *res,
    struct store *st, const struct run *run, struct err *err)
{
	struct job job;
	int one = job_of_argument(st, req, run, &job, err);

	return one == -1 ? -1 : follow_logs(w, req, res, run,
	    one == 1 ? &job : NULL, err);
}

static int
run_logs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;

	if (st == NULL || find_run(st, req, &run, err) == -1)
		return -1;
	return run_logs_of(w, req, res, st, &run, err);
}

static int
run_logs_by_id(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run run;
	int64_t id = 0;
	int found;

	if (st == NULL || read_id(req, "id", "run", &id, err) == -1)
		return -1;
	found = run_find_id(st, id, req->a, &run, err);
	if (found == 0 || (found == 1 && !sees_holds(req->sees, run.repo)))
		return err_set(err, ERR_NOT_FOUND, "there is no run \"%s\"",
		    request_param(req, "id"));
	return found == -1 ? -1 : run_logs_of(w, req, res, st, &run, err);
}

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/events", ACCESS_OPEN, 0, all_events, NULL },
	{ METHOD_GET, "api/v1/executions/live", ACCESS_OPEN, 0, all_events, NULL },
	{ METHOD_GET, "events", ACCESS_OPEN, 0, all_events, NULL },
	{ METHOD_GET, REPO "/events", ACCESS_OPEN, 0, repo_events, NULL },
	{ METHOD_GET, RUN "/events", ACCESS_OPEN, 0, run_events, NULL },
	{ METHOD_GET, ATTEMPT "/events", ACCESS_OPEN, 0, run_events, NULL },
	{ METHOD_GET, RUN "/logs/stream", ACCESS_OPEN, 0, run_logs, NULL },
	{ METHOD_GET, ATTEMPT "/logs/stream", ACCESS_OPEN, 0, run_logs, NULL },
	{ METHOD_GET, RUN "/jobs/{job}/logs/stream", ACCESS_OPEN, 0,
	    job_logs, NULL },
	{ METHOD_GET, ATTEMPT "/jobs/{job}/logs/stream", ACCESS_OPEN, 0,
	    job_logs, NULL },
	{ METHOD_GET, "api/runs/{id}/logs", ACCESS_OPEN, 0, run_logs_by_id,
	    NULL },
	{ METHOD_GET, "api/v1/jobs/{id}/logs/stream", ACCESS_OPEN, 0,
	    job_logs_by_id, NULL },
};

static void
refuse(struct web *w, struct request *req, struct response *res, int status,
    const char *code, const char *detail)
{
	(void)w;
	problem_write(res, req, status, code, detail);
}

const struct web_app events_app = {
	.name = "pawl-events", .routes = routes, .n_routes = ARRAY_LEN(routes),
	.refuse = refuse,
};
