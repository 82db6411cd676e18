/*
 * outbox.c - messages that must leave Pawl after a change of state.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/outbox.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/move.h"
#include "lib/store/statement.h"

static const char *
word(int state)
{
	return machine_state_name(MACHINE_MESSAGE, state);
}

int
outbox_add(struct store *st, const char *kind, int64_t run, const char *data,
    struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_REPLACED, PARAMS(P_TEXT("kind", kind),
	    P_INT("run", run)), err);
	if (rc != -1)
		rc = store_exec(st, SQL_OUTBOX_INSERT, PARAMS(
		    P_TEXT("kind", kind), P_INT("run", run),
		    P_TEXT("data", data),
		    P_TEXT("state", word(MESSAGE_QUEUED)),
		    P_INT("now", clock_now_ms())), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
outbox_due(struct store *st, int64_t now_ms, size_t max, struct arena *a,
    struct message **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, message, id),
		FIELD(TEXT, message, kind),
		FIELD(INT64, message, run),
		FIELD(TEXT, message, data),
		FIELD(INT, message, attempts),
		FIELD(INT64, message, due_at_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct message) };

	return store_rows(st, SQL_OUTBOX_DUE, PARAMS(P_INT("now", now_ms),
	    P_INT("max", (int64_t)max)), &shape, a, out, n, err);
}

int
outbox_next_due(struct store *st, int64_t *at_ms, struct err *err)
{
	int64_t due = 0;

	if (store_number(st, SQL_OUTBOX_NEXT_DUE, NULL, &due, err) == -1)
		return -1;
	*at_ms = due;
	return 0;
}

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
outbox_failed(struct store *st, int64_t id, int64_t due_at_ms,
    const char *error, struct err *err)
{
	int to = due_at_ms == 0 ? MESSAGE_FAILED : MESSAGE_QUEUED;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_FAILED, PARAMS(P_INT("id", id),
	    P_TEXT("from", word(MESSAGE_QUEUED)), P_TEXT("to", word(to)),
	    P_INT("due_at_ms", due_at_ms), P_TEXT("error", error)), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

/* What replaying needs to know of a message. */
struct message_head {
	int64_t id;
	const char *kind;
	int64_t run;
	enum message_state state;
};

static int
do_replay(struct store *st, int64_t id, struct arena *a, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, message_head, id),
		FIELD(TEXT, message_head, kind),
		FIELD(INT64, message_head, run),
		FIELD(MESSAGE, message_head, state),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct message_head) };
	const struct move *mv;
	struct message_head h;
	int rc;

	rc = store_row(st, SQL_OUTBOX_HEAD, PARAMS(P_INT("id", id)), &shape,
	    a, &h, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no message %"
		    PRId64, id);
	if (rc == -1)
		return -1;
	mv = move_require(MACHINE_MESSAGE, (int)h.state, "replay", id, err);
	if (mv == NULL)
		return -1;
	rc = store_exec(st, SQL_OUTBOX_REQUEUE, PARAMS(P_INT("id", id),
	    P_TEXT("from", word(mv->from)), P_TEXT("to", word(mv->to)),
	    P_INT("now", clock_now_ms())), err);
	if (rc == -1 && err != NULL && err->code == ERR_EXISTS)
		err_set(err, ERR_CONFLICT, "message %" PRId64 " is out of "
		    "date: a newer \"%s\" of run %" PRId64 " is queued", id,
		    h.kind, h.run);
	return rc == -1 ? -1 : 0;
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
