/*
 * approve.c - what waits for an approval, for programs; and the decisions of
 * programs and pages.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/approve.h"

#include <string.h>

#include "cgi/change.h"
#include "cgi/find_run.h"
#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/render/json.h"
#include "lib/render/json_gates.h"
#include "lib/web/arguments.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define LIST_MAX 100
#define COMMIT_MAX 64
#define WAIT_TEXT_MAX 32

/* --- deciding ------------------------------------------------------------- */

/* As whoever sends it; the table of routes has seen to their role. */
static int
vote(struct change *c, bool approve, struct err *err)
{
	static const char *const fields[] = { "comment", "commit", "force",
		"to_run", NULL };
	const struct actor *who = c->req->actor;
	struct gate_vote v = { .approve = approve, .name = who->name,
		.by = c->by };
	const char *left;

	if (!actor_role(who, c->run.owner, c->run.name, &v.role))
		return err_set(err, ERR_BUG, "%s decides without a role",
		    who->by);
	if (body_only(c->req, fields, err) == -1 ||
	    body_text(c->req, "comment", GATE_MAX_COMMENT, &v.comment,
		err) == -1 ||
	    body_text(c->req, "commit", COMMIT_MAX, &v.commit, err) == -1 ||
	    body_flag(c->req, "force", &v.force, err) == -1 ||
	    body_flag(c->req, "to_run", &c->whole, err) == -1)
		return -1;
	if (v.force && who->kind != ACTOR_HOST)
		return err_set(err, ERR_DENIED, "\"force\" is for who is on "
		    "the server itself");
	return gates_vote(c->st, c->run.id, request_param(c->req, "job"), &v,
	    c->req->a, &left, err);
}

static int
approve(struct change *c, struct err *err)
{
	return vote(c, true, err);
}

static int
reject(struct change *c, struct err *err)
{
	return vote(c, false, err);
}

int
api_approve(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, approve, err);
}

int
api_reject(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_api(w, req, res, reject, err);
}

int
page_approve(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, approve, err);
}

int
page_reject(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return change_page(w, req, res, reject, err);
}

/* --- lists ---------------------------------------------------------------- */

static int
answer(struct response *res, const char *name, json_t *list)
{
	json_t *o = json_object();

	json_object_set_new(o, name, list);
	return answer_json(res, 200, o);
}

/* A page of them; the next one is asked for with the last id as `after`. */
int
api_approvals(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct gate *list;
	struct repo repo;
	int64_t id;
	size_t n;

	if (st == NULL || arguments_number(req, "after", 0, INT64_MAX, 0,
	    &id, err) == -1 || find_repo(st, req, &repo, err) == -1 ||
	    gate_list_open(st, req->sees, repo.id, id, LIST_MAX, req->a,
		&list, &n, err) == -1)
		return -1;
	return answer(res, "approvals", json_gates(list, n, req->a));
}

int
api_environments(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct environment_rules *list;
	json_t *array;
	struct repo repo;
	size_t n;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    environment_rules_list(st, repo.id, req->a, &list, &n, err) == -1)
		return -1;
	array = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_environment(&list[i]));
	return answer(res, "environments", array);
}

int
api_environment(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *name = request_param(req, "environment");
	struct environment_rules rules;
	struct repo repo;
	int rc;

	if (st == NULL || find_repo(st, req, &repo, err) == -1)
		return -1;
	rc = environment_rules_find(st, repo.id, name, req->a, &rules, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "\"%s/%s\" has no rules for "
		    "an environment \"%.255s\"", repo.owner, repo.name, name);
	return rc == -1 ? -1 : answer_json(res, 200,
	    json_environment(&rules));
}

/* --- environments --------------------------------------------------------- */

/* A field that is a list of texts. */
static int
read_list(struct request *req, const char *name, const char *const **out,
    size_t *n, struct err *err)
{
	json_t *list = body_value(req, name), *item;
	const char **names = NULL;
	size_t i;

	*n = 0;
	if (list != NULL && !json_is_array(list))
		return err_set(err, ERR_INVALID, "field \"%s\" must be a list "
		    "of texts", name);
	json_array_foreach(list, i, item) {
		if (!json_is_string(item))
			return err_set(err, ERR_INVALID, "field \"%s\" must "
			    "be a list of texts", name);
		*(const char **)arena_push(req->a, &names, n,
		    sizeof(*names)) = json_string_value(item);
	}
	*out = names;
	return 0;
}

static int
read_rules(struct request *req, struct environment_rules *r, struct err *err)
{
	static const char *const fields[] = { "reviewers", "refs", "wait",
		"self_review", NULL };
	const char *wait;

	r->name = request_param(req, "environment");
	r->self_review = true;
	if (body_only(req, fields, err) == -1 ||
	    read_list(req, "reviewers", &r->reviewers, &r->n_reviewers,
		err) == -1 ||
	    read_list(req, "refs", &r->refs, &r->n_refs, err) == -1 ||
	    body_text(req, "wait", WAIT_TEXT_MAX, &wait, err) == -1 ||
	    (body_value(req, "self_review") != NULL &&
		body_flag(req, "self_review", &r->self_review, err) == -1))
		return -1;
	if (wait != NULL && !clock_parse_duration(wait, 60000, &r->wait_ms))
		return err_set(err, ERR_INVALID, "field \"wait\" must be a "
		    "time such as \"10m\"");
	return 0;
}

int
api_environment_set(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct environment_rules rules = { 0 };
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    read_rules(req, &rules, err) == -1)
		return -1;
	rules.repo = repo.id;
	if (environment_rules_set(st, &rules, err) == -1)
		return -1;
	return api_environments(w, req, res, err);
}

int
api_environment_remove(struct web *w, struct request *req,
    struct response *res, struct err *err)
{
	struct store *st = web_store(w, err);
	struct repo repo;

	if (st == NULL || find_repo(st, req, &repo, err) == -1 ||
	    environment_rules_remove(st, repo.id, request_param(req,
		"environment"), err) == -1)
		return -1;
	return api_environments(w, req, res, err);
}
