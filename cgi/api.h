/*
 * api.h - the API is one list of routes, made of a table for each kind of
 * thing (routes_*.c): who may, what it takes, what it gives, and the handler.
 *
 * A new kind of thing gets a table of its own and a line here and in
 * api.c. openapi.json, the list of entry points and the contract test
 * follow from it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_API_H
#define PAWL_CGI_API_H

#include "lib/base/mem.h"
#include "lib/web/router.h"
#include "lib/web/serve.h"

#define REPO "api/v1/repos/{owner}/{repo}"
#define RUN REPO "/runs/{run}"
#define ATTEMPT RUN "/attempts/{attempt}"

/* Arguments of any list that is paged from the newest to the oldest. */
#define LIMIT_ARG \
	{ "limit?", "integer", "how many; else 50", 1, 100 }
#define BEFORE_ARG \
	{ "before?", "integer", "the id of the last one that was seen", 1, \
	    INT64_MAX }
#define AFTER_ARG \
	{ "after?", "integer", "the id of the last one that was seen", 0, \
	    INT64_MAX }

/* What every list has besides its entries. */
#define NEXT_FIELD \
	{ "next", "text?", "the address of what follows; null: this is all" }

/* struct resource of a file with `routes` and `schemas`. */
#define RESOURCE(name, text) { name, text, routes, ARRAY_LEN(routes), \
	schemas, ARRAY_LEN(schemas) }

extern const struct resource resource_runs, resource_repos, resource_gates;
extern const struct resource resource_dispatch, resource_queue;
extern const struct resource resource_inbox, resource_outbox;
extern const struct resource resource_watch;
extern const struct resource resource_artifacts, resource_monitor;
extern const struct resource resource_root, resource_users;
extern const struct resource resource_jobs, resource_by_id, resource_host, resource_spelled;
extern const struct resource resource_logs, resource_settings;

/* What a run takes by whatever address it is named (routes_runs.c). */
extern const struct field_doc run_rerun_fields[], run_graph_args[];

/* All of them, as a program. */
extern const struct web_app api_app;

/* root_api.c */
int
api_entry_points(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_openapi(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* runs_api.c */
/* A list of the runs that a query finds, with the way to the next. */
struct run_query;
int
runs_answer(struct web *w, struct request *req, struct response *res,
    const struct run_query *q, struct err *err);
int
api_runs(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_annotations(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_summaries(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* repos_api.c */
int
api_repos(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_repo(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* jobs_api.c */
int
api_jobs(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_job(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_steps(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* stored_api.c */
int
api_stored_list(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_add(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_change(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_start(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_runs(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_stored_run(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_test_execute(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* storage_api.c */
int
api_caches(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_cache_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_artifact_remove(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* summary_api.c */
int
api_summary(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* agents_api.c */
int
api_agents(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_agent(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_agent_state(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* language_api.c */
int
api_module_schemas(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* spelled_api.c */
int
api_runs_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_cancel_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);

int
api_trigger_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_execute_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_dead_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);
int
api_dead_replay_spelled(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif
