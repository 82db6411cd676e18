/*
 * outbox.c - messages that must leave Pawl after a change of state: their way
 * from being queued to being sent, or given up.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/outbox.h"

#include <inttypes.h>
#include <stdio.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/move.h"
#include "lib/store/outbox_rows.h"

/* Dead letters that one command replays or discards at a time. */
#define ALL_STEP 500

static const struct field message_fields[] = {
	FIELD(INT64, message, id),
	FIELD(TEXT, message, kind),
	FIELD(TEXT, message, topic),
	FIELD(INT64, message, repo),
	FIELD(INT64, message, run),
	FIELD(INT64, message, rule),
	FIELD(TEXT, message, data),
	FIELD(TEXT, message, host),
	FIELD(MESSAGE, message, state),
	FIELD(INT, message, attempts),
	FIELD(INT64, message, due_at_ms),
	FIELD(TEXT, message, error),
	FIELD(INT64, message, created_at_ms),
	FIELD(INT64, message, queued_at_ms),
};
const struct shape message_shape = { message_fields,
	ARRAY_LEN(message_fields), sizeof(struct message) };

static const char *
word(int state)
{
	return machine_state_name(MACHINE_MESSAGE, state);
}

/* --- queueing ------------------------------------------------------------- */

int
outbox_add(struct store *st, const struct message *m, struct err *err)
{
	char standard[24];
	const char *topic = m->topic;
	int rc;

	if (topic == NULL) {
		snprintf(standard, sizeof(standard), "%" PRId64, m->run);
		topic = standard;
	}
	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_REPLACED, PARAMS(
	    P_TEXT("kind", m->kind), P_TEXT("topic", topic)), err);
	if (rc != -1)
		rc = store_exec(st, SQL_OUTBOX_INSERT, PARAMS(
		    P_TEXT("kind", m->kind), P_TEXT("topic", topic),
		    P_INT_UNLESS("repo", m->repo, 0),
		    P_INT_UNLESS("run", m->run, 0),
		    P_INT_UNLESS("rule", m->rule, 0),
		    P_TEXT("data", m->data),
		    P_TEXT("host", m->host != NULL ? m->host : ""),
		    P_TEXT("state", word(MESSAGE_QUEUED)),
		    P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
outbox_files(struct store *st, int64_t now_ms, size_t max, struct arena *a,
    struct message **out, size_t *n, struct err *err)
{
	return store_rows(st, SQL_OUTBOX_FILES, PARAMS(P_INT("now", now_ms),
	    P_INT("max", (int64_t)max)), &message_shape, a, out, n, err);
}

int
outbox_due(struct store *st, int64_t now_ms, const struct message *after,
    size_t max, struct arena *a, struct message **out, size_t *n,
    struct err *err)
{
	return store_rows(st, SQL_OUTBOX_DUE, PARAMS(P_INT("now", now_ms),
	    P_INT("after_due", after != NULL ? after->due_at_ms : -1),
	    P_INT("after_id", after != NULL ? after->id : 0),
	    P_INT("max", (int64_t)max)), &message_shape, a, out, n, err);
}

static int
next(struct store *st, enum sql_id id, int64_t *at_ms, struct err *err)
{
	int64_t due = 0;

	if (store_number(st, id, NULL, &due, err) == -1)
		return -1;
	*at_ms = due;
	return 0;
}

int
outbox_next_files(struct store *st, int64_t *at_ms, struct err *err)
{
	return next(st, SQL_OUTBOX_NEXT_FILES, at_ms, err);
}

int
outbox_next_due(struct store *st, int64_t *at_ms, struct err *err)
{
	return next(st, SQL_OUTBOX_NEXT_DUE, at_ms, err);
}

/* --- the end of a try ------------------------------------------------------- */

int
outbox_sent(struct store *st, int64_t id, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_SENT, PARAMS(P_INT("id", id)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
outbox_failed(struct store *st, const struct message *m, int64_t due_at_ms,
    const char *error, struct err *err)
{
	int to = due_at_ms == 0 ? MESSAGE_FAILED : MESSAGE_QUEUED;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_FAILED, PARAMS(P_INT("id", m->id),
	    P_TEXT("from", word(MESSAGE_QUEUED)), P_TEXT("to", word(to)),
	    P_INT("due_at_ms", due_at_ms), P_TEXT("error", error),
	    P_TEXT("host", m->host != NULL ? m->host : "")), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
outbox_defer(struct store *st, const struct message *m, int64_t due_at_ms,
    const char *why, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_DEFERRED, PARAMS(P_INT("id", m->id),
	    P_INT("due_at_ms", due_at_ms), P_TEXT("error", why),
	    P_TEXT("host", m->host != NULL ? m->host : "")), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

/* --- dead letters ----------------------------------------------------------- */

/* A message that must be there, and may be moved so. */
static int
find_for(struct store *st, int64_t id, const char *on, struct arena *a,
    struct message *m, const struct move **mv, struct err *err)
{
	int rc = outbox_find(st, id, a, m, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no message %"
		    PRId64, id);
	if (rc == -1)
		return -1;
	*mv = move_require(MACHINE_MESSAGE, (int)m->state, on, id, err);
	return *mv == NULL ? -1 : 0;
}

static int
do_replay(struct store *st, int64_t id, struct arena *a, struct err *err)
{
	const struct move *mv;
	struct message m;
	int rc;

	if (find_for(st, id, "replay", a, &m, &mv, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_REQUEUE, PARAMS(P_INT("id", id),
	    P_TEXT("from", word(mv->from)), P_TEXT("to", word(mv->to)),
	    P_INT("now", clock_now_ms())), err);
	if (rc == -1 && err != NULL && err->code == ERR_EXISTS)
		err_set(err, ERR_CONFLICT, "message %" PRId64 " is out of "
		    "date: a newer \"%s\" of the same matter is queued", id,
		    m.kind);
	return audit_done(st, rc == -1 ? -1 : 0, "outbox.replay", 0, err,
	    "message %" PRId64, id);
}

int
outbox_replay(struct store *st, int64_t id, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_replay(st, id, &a, err), err);
	arena_release(&a);
	return rc;
}

static int
do_discard(struct store *st, int64_t id, struct arena *a, struct err *err)
{
	const struct move *mv;
	struct message m;

	/* What can be replayed can be discarded. */
	if (find_for(st, id, "replay", a, &m, &mv, err) == -1)
		return -1;
	return audit_done(st, store_exec(st, SQL_OUTBOX_DISCARD, PARAMS(
	    P_INT("id", id)), err) == -1 ? -1 : 0, "outbox.discard", 0, err,
	    "message %" PRId64, id);
}

int
outbox_discard(struct store *st, int64_t id, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, do_discard(st, id, &a, err), err);
	arena_release(&a);
	return rc;
}

struct dead {
	int64_t id;
};

/* Some of them; how many, 0 when there are no more. */
static int
some_dead(struct store *st, bool replay, struct err *err)
{
	static const struct field fields[] = { FIELD(INT64, dead, id) };
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct dead) };
	struct arena a = ARENA_INIT(0);
	struct dead *list;
	size_t n = 0;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_rows(st, SQL_OUTBOX_DEAD_IDS, PARAMS(
	    P_INT("limit", ALL_STEP)), &shape, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct err e = { 0 };

		rc = replay ? do_replay(st, list[i].id, &a, &e) :
		    do_discard(st, list[i].id, &a, &e);
		if (rc == -1 && e.code == ERR_CONFLICT)
			rc = do_discard(st, list[i].id, &a, err);
		else if (rc == -1)
			err_set(err, e.code, "%s", e.text);
	}
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc == -1 ? -1 : (int)n;
}

static int
all_dead(struct store *st, bool replay, struct err *err)
{
	int all = 0, n;

	while ((n = some_dead(st, replay, err)) > 0)
		all += n;
	return n == -1 ? -1 : all;
}

int
outbox_replay_all(struct store *st, struct err *err)
{
	return all_dead(st, true, err);
}

int
outbox_discard_all(struct store *st, struct err *err)
{
	return all_dead(st, false, err);
}

int
outbox_trim(struct store *st, int64_t before_ms, struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_OUTBOX_TRIM, PARAMS(
	    P_INT("before", before_ms)), err);
	return store_end(st, n, err);
}

int
outbox_recall(struct store *st, int64_t latest_ms, struct err *err)
{
	static const enum sql_id messages[] = { SQL_OUTBOX_RECALL,
		SQL_OUTBOX_RECALL_FILES };
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_HOST_RECALL, PARAMS(
	    P_INT("latest", latest_ms)), err);
	for (size_t i = 0; i < ARRAY_LEN(messages) && rc != -1; i++)
		rc = store_exec(st, messages[i], PARAMS(
		    P_INT("now", clock_now_ms()),
		    P_INT("latest", latest_ms)), err);
	return store_end(st, rc == -1 ? -1 : 0, err);
}
