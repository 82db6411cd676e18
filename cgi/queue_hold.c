/*
 * queue_hold.c - pauses and draining, for pages and programs alike.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/find_run.h"
#include "cgi/queue.h"

#include "lib/base/wake.h"
#include "lib/store/queue_hold.h"
#include "lib/store/repos.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static int
find_scope(struct store *st, struct request *req, bool host,
    struct queue_scope *scope, struct err *err)
{
	const char *owner = request_param(req, "owner");
	struct repo repo;
	int found;

	*scope = (struct queue_scope){ .what = host ? QUEUE_HOST :
	    QUEUE_ALL };
	if (owner != NULL && request_param(req, "repo") == NULL) {
		*scope = (struct queue_scope){ .what = QUEUE_OWNER,
			.name = owner };
		return 0;
	}
	found = find_repo(st, req, &repo, err);
	if (found != 1)
		return found;
	*scope = (struct queue_scope){ .what = QUEUE_REPO, .repo = repo.id };
	return 0;
}

int
hold_pause(struct web *w, struct request *req, bool host, struct err *err)
{
	static const char *const names[] = { "reason", NULL };
	struct store *st = web_store(w, err);
	struct queue_scope scope;
	const char *reason;

	if (st == NULL || body_only(req, names, err) == -1 ||
	    body_text(req, "reason", QUEUE_MAX_TEXT, &reason, err) == -1 ||
	    find_scope(st, req, host, &scope, err) == -1)
		return -1;
	return queue_pause(st, &scope, req->actor->by, reason, err) == -1 ?
	    -1 : 0;
}

int
hold_resume(struct web *w, struct request *req, bool host, struct err *err)
{
	static const char *const names[] = { NULL };
	struct store *st = web_store(w, err);
	struct queue_scope scope;

	if (st == NULL || body_only(req, names, err) == -1 ||
	    find_scope(st, req, host, &scope, err) == -1 ||
	    queue_resume(st, &scope, err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return 0;
}

/* Of a repository or an owner, as the path says, or of a label. null is that
 * of the configuration. */
int
hold_limit(struct web *w, struct request *req, struct err *err)
{
	static const char *const names[] = { "limit", NULL };
	const char *label = request_param(req, "label");
	const json_t *value = json_object_get(req->fields, "limit");
	struct store *st = web_store(w, err);
	struct queue_scope scope;
	int64_t max = -1;

	if (st == NULL || body_only(req, names, err) == -1 ||
	    find_scope(st, req, false, &scope, err) == -1)
		return -1;
	if (!actor_may(req->actor, ROLE_ADMIN, NULL, NULL))
		return err_set(err, ERR_DENIED, "limits are set by admins of "
		    "everything");
	if (label != NULL)
		scope = (struct queue_scope){ .what = QUEUE_LABEL,
			.name = label };
	if (json_is_integer(value))
		max = json_integer_value(value);
	if (value == NULL || (!json_is_null(value) && (max < 0 ||
	    max > QUEUE_MAX_LIMIT)))
		return err_set(err, ERR_INVALID, "field \"limit\" must be "
		    "null or a number from 0 to %d", QUEUE_MAX_LIMIT);
	if (queue_limit(st, &scope, max, err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return 0;
}
