/*
 * inbox.c - see inbox.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/inbox.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/store/sees.h"
#include "lib/store/repos.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

static const char *const list_args[] = { "repo", "state", "event" };

/* "OWNER/NAME"; an owner may have slashes in it. */
static int
find_repo(struct store *st, struct request *req, const char *text,
    int64_t *id, struct err *err)
{
	const char *slash = strrchr(text, '/');
	struct repo repo = { 0 };
	int found = slash == NULL ? 0 : repo_find(st, arena_strndup(req->a,
	    text, (size_t)(slash - text)), slash + 1, req->a, &repo, err);

	*id = repo.id;
	if (found == 1 && !sees_holds(req->sees, repo.id))
		found = 0;
	return found != 0 ? found : err_set(err, ERR_NOT_FOUND,
	    "there is no repository \"%.300s\"", text);
}

/* An empty field of a form asks for nothing. */
static const char *
any_arg(const struct request *req, const char *name)
{
	const char *s = request_arg(req, name);

	return s != NULL && *s != '\0' ? s : NULL;
}

int
inbox_args(struct store *st, struct request *req, int limit,
    struct inbox_query *q, struct err *err)
{
	const char *repo = any_arg(req, "repo");

	*q = (struct inbox_query){ .sees = req->sees,
		.state = any_arg(req, "state"),
		.event = any_arg(req, "event"),
		.before = any_arg(req, "before"), .limit = limit };
	if (q->state != NULL && !inbox_state_valid(q->state))
		return err_set(err, ERR_INVALID, "argument \"state\" must be "
		    "received, planned, ignored or failed");
	return repo == NULL ? 0 : find_repo(st, req, repo, &q->repo, err);
}

int
inbox_find(struct store *st, struct request *req, struct delivery *d,
    struct run **runs, size_t *n, struct err *err)
{
	int found = delivery_find(st, request_param(req, "id"), req->a, d,
	    err);

	if (found == 0 || (found == 1 && !sees_holds(req->sees, d->repo)))
		return err_set(err, ERR_NOT_FOUND,
		    "there is no such delivery, or not any more");
	return found == -1 ? -1 : run_list_delivery(st, d->id, req->a, runs,
	    n, err);
}

bool
inbox_may(const struct request *req, enum role role,
    const struct delivery *d)
{
	return actor_may(req->actor, role, d->owner, d->name);
}

int
inbox_send_again(struct web *w, struct request *req, char made[37],
    struct denial *no, struct err *err)
{
	static const char *const no_fields[] = { NULL };
	struct store *st = web_store(w, err);
	struct delivery d;
	struct run *runs;
	size_t n;

	if (req->actor == NULL)
		return denial_set(no, 401, "not-signed-in", "planning a "
		    "delivery once more needs a token: pawl token add");
	if (st == NULL || inbox_find(st, req, &d, &runs, &n, err) == -1)
		return -1;
	if (!inbox_may(req, ROLE_WRITER, &d))
		return denial_set(no, 403, "not-allowed", "this needs the "
		    "role of a writer in the repository");
	if (body_only(req, no_fields, err) == -1 ||
	    inbox_replay(st, d.id, req->actor->by, made, err) == -1)
		return -1;
	wake_send(w->config->run_dir);
	return 1;
}

void
inbox_next_args(const struct request *req, const char *last,
    struct str *out)
{
	for (size_t i = 0; i < ARRAY_LEN(list_args); i++) {
		const char *value = any_arg(req, list_args[i]);

		if (value == NULL)
			continue;
		str_addf(out, "%s=", list_args[i]);
		percent_encode(out, value);
		str_add_char(out, '&');
	}
	str_addf(out, "before=%s", last);
}
