/*
 * dispatch_send.c - see dispatch.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/dispatch.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch.h"
#include "lib/forge/dispatch_check.h"
#include "lib/forge/schedule.h"
#include "lib/web/auth.h"

int
dispatch_find_schedule(struct store *st, const struct request *req,
    const struct repo *repo, struct schedule *out, struct err *err)
{
	const char *word = request_param(req, "schedule");
	long long id;
	int rc = 0;

	if (str_to_int64(word, 1, INT64_MAX, &id))
		rc = schedule_find(st, id, req->a, out, err);
	if (rc == -1)
		return -1;
	if (rc == 0 || out->repo != repo->id)
		return err_set(err, ERR_NOT_FOUND, "\"%s/%s\" has no schedule "
		    "%.40s", repo->owner, repo->name, word);
	return 0;
}

int
dispatch_send(struct web *w, const struct request *req,
    const struct repo *repo, const char *workflow, const char *ref,
    json_t *inputs, char id[37], struct err *err)
{
	const struct dispatch d = { repo, req->actor->name,
		req->actor->by, NULL };
	struct store *st = web_store(w, err);
	struct workflow_row row;

	if (st == NULL || dispatch_find(st, repo, workflow, req->a, &row,
	    err) == -1 ||
	    dispatch_check(repo, &row, ref, inputs, req->a, err) == -1 ||
	    dispatch_workflow(st, &d, row.path, ref, inputs, id, err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return 0;
}

int
dispatch_act(struct web *w, const struct request *req,
    const struct schedule *s, const char *what, char id[37],
    struct err *err)
{
	struct store *st = web_store(w, err);
	int rc = -1;

	if (st == NULL)
		return -1;
	if (strcmp(what, "run") == 0)
		rc = schedule_run(st, s, req->actor->name,
		    req->actor->by, id, err);
	else if (strcmp(what, "pause") == 0)
		rc = schedule_hold(st, s, req->actor->by, err);
	else if (strcmp(what, "resume") == 0)
		rc = schedule_hold(st, s, NULL, err);
	else
		err_set(err, ERR_NOT_FOUND, "a schedule is run, paused or "
		    "resumed; there is no \"%.40s\"", what);
	if (rc != -1)
		wake_send(w->config->run_dir);
	return rc == -1 ? -1 : 0;
}
