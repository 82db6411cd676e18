/*
 * find_run.c - see find_run.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/find_run.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/store/sees.h"
#include "lib/web/auth.h"
#include "lib/web/router.h"

int
find_run_id(struct store *st, struct arena *a, const char *text,
    struct run *run, struct err *err)
{
	long long id;

	if (str_to_int64(text, 1, INT64_MAX, &id))
		return run_find_id(st, id, a, run, err);
	return strlen(text) == 36 ? run_find_uuid(st, text, a, run, err) : 0;
}

/* Named by {id} alone: whose it is, is known behind that. */
static int
find_by_id(struct store *st, struct request *req, const char *id,
    struct run *run, struct err *err)
{
	int found = find_run_id(st, req->a, id, run, err);

	if (found == -1)
		return -1;
	if (found == 0 || !sees_holds(req->sees, run->repo))
		return err_set(err, ERR_NOT_FOUND, "there is no run \"%s\"",
		    id);
	if (req->route->access == ACCESS_KNOWN && !actor_may(req->actor,
	    ROLE_WRITER, run->owner, run->name))
		return err_set(err, ERR_DENIED, "this needs the role writer "
		    "for %s/%s", run->owner, run->name);
	return 1;
}

int
find_run(struct store *st, struct request *req, struct run *run,
    struct err *err)
{
	const char *owner = request_param(req, "owner");
	const char *name = request_param(req, "repo");
	const char *attempt = request_param(req, "attempt");
	long long number, which = 0;
	int found = 0;

	if (request_param(req, "id") != NULL)
		return find_by_id(st, req, request_param(req, "id"), run,
		    err);
	if (str_to_int64(request_param(req, "run"), 1, INT64_MAX, &number) &&
	    (attempt == NULL ||
		str_to_int64(attempt, 1, INT32_MAX, &which)))
		found = run_find_attempt(st, owner, name, number, (int)which,
		    req->a, run, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no run %s of \"%s/%s\"%s%s",
		    request_param(req, "run"), owner, name,
		    attempt != NULL ? " with an attempt " : "",
		    attempt != NULL ? attempt : "");
	return found;
}

int
find_job(struct store *st, struct request *req, const struct run *run,
    struct job *job, struct err *err)
{
	const char *key = request_param(req, "job");
	struct job *jobs;
	size_t n;

	if (job_list(st, run->id, req->a, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(jobs[i].key, key) == 0) {
			*job = jobs[i];
			return 0;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "run #%" PRId64
	    " has no job \"%s\"", run->number, key);
}

int
find_repo(struct store *st, struct request *req, struct repo *repo,
    struct err *err)
{
	const char *owner = request_param(req, "owner");
	const char *name = request_param(req, "repo");
	int found;

	memset(repo, 0, sizeof(*repo));
	if (owner == NULL)
		return 0;
	found = repo_find(st, owner, name, req->a, repo, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no repository \"%s/%s\"", owner, name);
	return found;
}
