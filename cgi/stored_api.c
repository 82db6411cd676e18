/*
 * stored_api.c - pipelines without a forge, for programs: made, read, changed,
 * removed and started by requests.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include <stdlib.h>
#include <string.h>

#include "cgi/paging.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch.h"
#include "lib/pipeline/model.h"
#include "lib/render/json.h"
#include "lib/store/repos.h"
#include "lib/store/run_search.h"
#include "lib/store/sees.h"
#include "lib/store/stored.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"
#include "lib/web/check.h"

#define READ_BYTES (64 * 1024 * 1024) /* of memory, to read a definition */

static json_t *
json_stored(const struct config *config, const struct stored *s)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:o, "
	    "s:o, s:o}", "id", (json_int_t)s->repo, "name",
	    json_text_of(s->name), "repository",
	    json_sprintf("%s/%s", s->owner, s->name), "branch",
	    json_string(STORED_BRANCH), "description",
	    json_text_of(s->description), "config", json_text_of(s->text),
	    "revision", (json_int_t)s->revision, "dispatch", s->by_hand,
	    "created_at", json_time_of(s->created_at_ms), "updated_at",
	    json_time_of(s->updated_at_ms), "updated_by",
	    json_text_of(s->updated_by), "url", json_sprintf("%s/%s/%s",
	    config->base_url, s->owner, s->name));
}

/* The pipeline of the address, for who has a role in it; reading wants none.
 * What may not be seen does not exist. */
static int
find(struct store *st, struct request *req, enum role role,
    struct stored *out, struct err *err)
{
	const char *word = request_param(req, "id");
	long long id;
	int rc = 0;

	if (str_to_int64(word, 1, INT64_MAX, &id))
		rc = stored_find(st, id, req->a, out, err);
	if (rc == -1)
		return -1;
	if (rc == 0 || !sees_holds(req->sees, out->repo))
		return err_set(err, ERR_NOT_FOUND, "there is no pipeline "
		    "with the id %.40s", word);
	if (!request_reads(req) && !actor_may(req->actor, role, out->owner,
	    out->name))
		return err_set(err, ERR_DENIED, "this needs the role %s for "
		    "%s/%s", role_name(role), out->owner, out->name);
	return 1;
}

/* --- definitions ---------------------------------------------------------- */

/* {"steps": [...]} alone is one job. */
static json_t *
with_job(json_t *config)
{
	json_t *steps = json_object_get(config, "steps"), *o, *job;

	if (steps == NULL || json_object_get(config, "jobs") != NULL)
		return json_incref(config);
	o = json_copy(config);
	job = json_pack("{s:s, s:O}", "runs-on", "linux", "steps", steps);
	json_object_del(o, "steps");
	if (json_object_get(o, "image") != NULL) {
		json_object_set(job, "container", json_object_get(o, "image"));
		json_object_del(o, "image");
	}
	json_object_set_new(o, "jobs", json_pack("{s:o}", "job", job));
	return o;
}

/* The text of the file: as it is given, or written of an object (JSON is
 * YAML). */
static int
read_text(struct request *req, const char **out, struct err *err)
{
	json_t *config = body_value(req, "config"), *whole;
	char *text;

	if (json_is_string(config))
		return body_text(req, "config", STORED_MAX_TEXT, out, err);
	if (!json_is_object(config))
		return err_set(err, ERR_INVALID, "field \"config\" must be "
		    "the text of a pipeline file, or an object");
	whole = with_job(config);
	text = json_dumps(whole, JSON_INDENT(2));
	json_decref(whole);
	if (text == NULL || strlen(text) > STORED_MAX_TEXT) {
		free(text);
		return err_set(err, ERR_INVALID, "field \"config\" has more "
		    "than %d bytes", STORED_MAX_TEXT);
	}
	*out = arena_strdup(req->a, text);
	free(text);
	return 0;
}

/* Mistakes are told as `pawl lint` does, all of them. */
static int
check_text_of(struct request *req, struct stored *s, struct err *err)
{
	struct arena a = ARENA_INIT(READ_BYTES);
	struct str problems = STR_INIT;
	struct workflow *w;
	struct diags d;
	int rc = 0;

	diags_init(&d, &a, STORED_FILE, s->text, strlen(s->text));
	w = workflow_read(s->text, strlen(s->text), &a, &d);
	if (w != NULL)
		workflow_check(w, &a, &d);
	if (w == NULL || d.n_errors > 0) {
		diags_sort(&d);
		diags_print(&d, &problems);
		check_wrong(req, NULL, "/config", arena_strdup(req->a,
		    problems.s));
		rc = err_set(err, ERR_INVALID, "field \"config\" is no "
		    "pipeline: %.700s", diags_first_error(&d));
	} else {
		s->by_hand = workflow_trigger_find(w, "workflow_dispatch") !=
		    NULL;
	}
	str_release(&problems);
	arena_release(&a);
	return rc;
}

static int
read_stored(struct request *req, struct stored *s, struct err *err)
{
	if (body_text(req, "description", STORED_MAX_DESCRIPTION,
	    &s->description, err) == -1 ||
	    read_text(req, &s->text, err) == -1)
		return -1;
	if (s->description == NULL)
		s->description = "";
	return check_text_of(req, s, err);
}

/* --- requests ------------------------------------------------------------- */

int
api_stored_list(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored *list;
	json_t *array, *o;
	int64_t after;
	int limit;
	size_t n;

	if (st == NULL ||
	    paging_read(req, "after", &limit, &after, err) == -1 ||
	    stored_list(st, after, limit, req->sees, req->a, &list, &n,
	    err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_stored(w->config,
		    &list[i]));
	o = json_pack("{s:o}", "jobs", array);
	paging_next_id(w, req, res, o, "after", n == (size_t)limit ?
	    list[n - 1].repo : 0);
	return answer_json(res, 200, o);
}

int
api_stored(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored s;

	return st == NULL || find(st, req, ROLE_READER, &s, err) == -1 ? -1 :
	    answer_json(res, 200, json_stored(w->config, &s));
}

static int
answer_change(struct web *w, struct request *req, struct response *res,
    int status, int64_t repo, const char *message, struct err *err)
{
	struct str at = STR_INIT;
	struct stored s;

	if (stored_find(web_store(w, err), repo, req->a, &s, err) == -1)
		return -1;
	if (status == 201) {
		str_addf(&at, "%s/api/v1/jobs/%lld", w->config->base_url,
		    (long long)repo);
		response_header(res, "Location", at.s);
		str_release(&at);
	}
	answer_json(res, status, json_pack("{s:b, s:s, s:o}", "success", 1,
	    "message", message, "job", json_stored(w->config, &s)));
	res->revalidate = false;
	return 0;
}

int
api_stored_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored s = { 0 };

	if (st == NULL || body_text(req, "name", FORGE_MAX_NAME, &s.name,
	    err) == -1 || read_stored(req, &s, err) == -1 ||
	    stored_add(st, &s, strcmp(w->config->visibility, "private") == 0,
	    req->actor->by,
	    err) == -1)
		return -1;
	return answer_change(w, req, res, 201, s.repo, "the pipeline was made",
	    err);
}

int
api_stored_change(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored s;

	if (st == NULL || find(st, req, ROLE_ADMIN, &s, err) == -1 ||
	    read_stored(req, &s, err) == -1 ||
	    stored_change(st, &s, req->actor->by, err) == -1)
		return -1;
	return answer_change(w, req, res, 200, s.repo,
	    "the pipeline was changed", err);
}

/* With its runs. */
int
api_stored_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored s;

	if (st == NULL || find(st, req, ROLE_ADMIN, &s, err) == -1 ||
	    repo_remove(st, s.repo, err) == -1)
		return -1;
	answer_json(res, 200, json_pack("{s:b, s:s}", "success", 1, "message",
	    "the pipeline was removed, with its runs"));
	res->revalidate = false;
	return 0;
}

static int
start(struct web *w, struct request *req, const struct stored *s,
    json_t *inputs, char id[37], struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;
	struct dispatch d = { &repo, req->actor->name, req->actor->by, NULL };

	if (repo_find_id(st, s->repo, req->a, &repo, err) != 1 ||
	    dispatch_workflow(st, &d, STORED_FILE, NULL, inputs, id,
	    err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return 0;
}

int
api_stored_start(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	json_t *inputs = body_value(req, "inputs");
	struct stored s;
	char id[37];

	if (st == NULL || find(st, req, ROLE_WRITER, &s, err) == -1 ||
	    start(w, req, &s, inputs, id, err) == -1)
		return -1;
	return answer_json(res, 202, json_pack("{s:b, s:s, s:s, s:o}",
	    "success", 1, "message", "a run will be made", "delivery", id,
	    "url", json_sprintf("%s/api/v1/deliveries/%s",
	    w->config->base_url, id)));
}

int
api_stored_runs(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct run_query q = { 0 };
	struct stored s;

	if (st == NULL || find(st, req, ROLE_READER, &s, err) == -1 ||
	    paging_read(req, "before", &q.limit, &q.before, err) == -1)
		return -1;
	q.repo = s.repo;
	return runs_answer(w, req, res, &q, err);
}

int
api_stored_run(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *word = request_param(req, "run_id");
	struct stored s;
	struct run run;
	long long id;
	int rc = 0;

	if (st == NULL || find(st, req, ROLE_READER, &s, err) == -1)
		return -1;
	if (str_to_int64(word, 1, INT64_MAX, &id))
		rc = run_find_id(st, id, req->a, &run, err);
	if (rc == -1)
		return -1;
	if (rc == 0 || run.repo != s.repo)
		return err_set(err, ERR_NOT_FOUND, "the pipeline \"%s\" has "
		    "no run with the id %.40s", s.name, word);
	return answer_json(res, 200, json_run(w->config, &run));
}

/* --- trying --------------------------------------------------------------- */

static json_t *
test_config(json_t *image, json_t *commands, json_t *env)
{
	json_t *steps = json_array(), *job, *one;
	size_t i;

	json_array_foreach(commands, i, one)
		json_array_append_new(steps, json_pack("{s:O}", "run", one));
	job = json_pack("{s:s, s:o}", "runs-on", "linux", "steps", steps);
	if (image != NULL)
		json_object_set(job, "container", image);
	if (env != NULL)
		json_object_set(job, "env", env);
	return json_pack("{s:s, s:{s:o}}", "name", "test", "jobs", "test", job);
}

int
api_test_execute(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct stored s = { .description = "made by test/execute" };
	json_t *config;
	char uuid[37], id[37], *text;

	if (st == NULL)
		return -1;
	if (!w->config->test_execute)
		return err_set(err, ERR_DENIED, "this is off: see "
		    "\"test-execute\" of the configuration");
	store_uuid(uuid);
	s.name = arena_printf(req->a, "test-%.8s", uuid);
	config = test_config(body_value(req, "image"),
	    body_value(req, "commands"), body_value(req, "env"));
	text = json_dumps(config, JSON_INDENT(2));
	json_decref(config);
	s.text = text != NULL ? arena_strdup(req->a, text) : "";
	free(text);
	if (check_text_of(req, &s, err) == -1 || stored_add(st, &s, true,
	    req->actor->by, err) == -1 || start(w, req, &s, NULL, id,
	    err) == -1)
		return -1;
	return answer_json(res, 202, json_pack("{s:I, s:s, s:o}", "job_id",
	    (json_int_t)s.repo, "delivery", id, "url",
	    json_sprintf("%s/api/v1/jobs/%lld/runs", w->config->base_url,
	    (long long)s.repo)));
}
