/*
 * outbox_api.c - the outbox for programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/outbox.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/render/json_outbox.h"
#include "lib/web/arguments.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

int
api_outbox(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *word = request_arg(req, "state");
	int state = word == NULL ? -1 : machine_state_parse(MACHINE_MESSAGE,
	    word);
	struct store *st = web_store(w, err);
	struct outbox_host *hosts;
	struct message *list;
	size_t n, n_hosts;
	int64_t before;

	if (word != NULL && state == -1)
		return err_set(err, ERR_INVALID, "argument \"state\" is "
		    "queued or failed");
	if (st == NULL || arguments_number(req, "before", 1, INT64_MAX, 0, &before,
		err) == -1 ||
	    outbox_list(st, state, before, OUTBOX_PAGE, req->a, &list, &n,
		err) == -1 ||
	    outbox_host_list(st, req->a, &hosts, &n_hosts, err) == -1)
		return -1;
	return answer_json(res, 200, json_outbox(list, n, hosts, n_hosts));
}

int
api_outbox_tries(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct outbox_try *list;
	int64_t before;
	size_t n;

	if (st == NULL || arguments_number(req, "before", 1, INT64_MAX, 0, &before,
		err) == -1 ||
	    outbox_tries(st, 0, before, OUTBOX_PAGE, req->a, &list, &n,
		err) == -1)
		return -1;
	return answer_json(res, 200, json_outbox_tries(list, n));
}

/* What was sent, replaced or removed has only its tries. */
int
api_outbox_show(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *word = request_param(req, "id");
	struct store *st = web_store(w, err);
	struct outbox_try *list;
	struct message m;
	long long id;
	size_t n;
	int rc;

	if (st == NULL)
		return -1;
	if (!str_to_int64(word, 1, INT64_MAX, &id))
		return err_set(err, ERR_NOT_FOUND, "there is no such message");
	rc = outbox_find(st, id, req->a, &m, err);
	if (rc == -1 || outbox_tries(st, id, 0, OUTBOX_PAGE, req->a, &list,
	    &n, err) == -1)
		return -1;
	if (rc == 0 && n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no message %lld",
		    id);
	return answer_json(res, 200, json_pack("{s:o, s:o}", "message",
	    rc == 1 ? json_message(&m) : json_null(), "tries",
	    json_outbox_tries(list, n)));
}

int
outbox_act(struct web *w, struct request *req, bool replay, struct err *err)
{
	static const char *const names[] = { NULL };
	const char *id = request_param(req, "id");
	struct store *st = web_store(w, err);
	long long number = 0;
	int n;

	if (st == NULL || body_only(req, names, err) == -1)
		return -1;
	if (id != NULL && !str_to_int64(id, 1, INT64_MAX, &number))
		return err_set(err, ERR_NOT_FOUND, "there is no such message");
	if (id == NULL)
		n = replay ? outbox_replay_all(st, err) :
		    outbox_discard_all(st, err);
	else
		n = (replay ? outbox_replay(st, number, err) :
		    outbox_discard(st, number, err)) == -1 ? -1 : 1;
	if (n != -1) {
		wake_send(w->config->run_dir);
		log_info(replay ? "dead letters replayed" :
		    "dead letters discarded", LOG_INT("messages", n),
		    LOG_STR("by", req->actor->by));
	}
	return n;
}

static int
act(struct web *w, struct request *req, struct response *res, bool replay,
    struct err *err)
{
	int n = outbox_act(w, req, replay, err);

	return n == -1 ? -1 : answer_json(res, 200, json_pack("{s:i}", "messages", n));
}

int
api_outbox_replay(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return act(w, req, res, true, err);
}

int
api_outbox_discard(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return act(w, req, res, false, err);
}
