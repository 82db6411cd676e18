/*
 * deliveries.c - webhook deliveries as they came, and those refused.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/deliveries.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/store/audit.h"
#include "lib/store/counters.h"
#include "lib/store/delivery_rows.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/inbox.h"
#include "lib/store/statement.h"

/* Parts of a refused request are kept to this length: a stranger chose it. */
#define REFUSAL_TEXT_MAX 500
#define MINUTE_MS 60000

static const struct field delivery_fields[] = {
	FIELD(UUID, delivery, id),
	FIELD(TEXT, delivery, forge),
	FIELD(TEXT, delivery, forge_id),
	FIELD(TEXT, delivery, event),
	FIELD(INT64, delivery, repo),
	FIELD(TEXT, delivery, owner),
	FIELD(TEXT, delivery, name),
	FIELD(TEXT, delivery, headers),
	FIELD(TEXT, delivery, remote_addr),
	FIELD(INT64, delivery, received_at_ms),
	FIELD(DELIVERY, delivery, state),
	FIELD(TEXT, delivery, verdict),
	FIELD(INT, delivery, attempts),
	FIELD(INT64, delivery, settled_at_ms),
	FIELD(TEXT, delivery, origin),
	FIELD(TEXT, delivery, replay_of),
	FIELD(TEXT, delivery, asked_by),
	/* Of one delivery only. */
	FIELD(TEXT, delivery, body),
	FIELD(SIZE, delivery, body_len),
};
static const struct shape delivery_shape = { delivery_fields,
	ARRAY_LEN(delivery_fields), sizeof(struct delivery) };
const struct shape delivery_list_shape = { delivery_fields,
	ARRAY_LEN(delivery_fields) - 2, sizeof(struct delivery) };

static const char *
word(int state)
{
	return machine_state_name(MACHINE_DELIVERY, state);
}

/* 1 and its id when the forge sent this one before. */
static int
find_double(struct store *st, struct delivery *d, struct err *err)
{
	static const struct field fields[] = {
		FIELD(UUID, delivery_waiting, id),
	};
	static const struct shape shape = { fields, 1,
		sizeof(struct delivery_waiting) };
	struct delivery_waiting first;
	int rc;

	if (d->forge_id == NULL)
		return 0;
	rc = store_row(st, SQL_DELIVERY_SEEN, PARAMS(P_INT("repo", d->repo),
	    P_TEXT("forge", d->forge), P_TEXT("forge_id", d->forge_id)),
	    &shape, NULL, &first, err);
	if (rc == 1)
		memcpy(d->id, first.id, sizeof(d->id));
	return rc;
}

static int
insert(struct store *st, struct delivery *d, struct err *err)
{
	int64_t now = clock_now_ms();
	char id[37];

	store_uuid(id);
	if (store_exec(st, SQL_DELIVERY_INSERT, PARAMS(P_TEXT("id", id),
		P_INT("repo", d->repo), P_TEXT("forge", d->forge),
		P_TEXT("forge_id", d->forge_id), P_TEXT("event", d->event),
		P_TEXT("headers", d->headers),
		P_TEXT("remote_addr", d->remote_addr), P_INT("now", now),
		P_TEXT("state", word((int)d->state)),
		P_TEXT("verdict", d->verdict),
		P_INT_UNLESS("settled",
		    d->state == DELIVERY_RECEIVED ? 0 : now, 0),
		P_BLOB("body", d->body, d->body_len)), err) == -1)
		return -1;
	memcpy(d->id, id, sizeof(d->id));
	d->received_at_ms = now;
	d->attempts = 0;
	if (d->state != DELIVERY_RECEIVED && counter_settled(st, id,
	    word((int)d->state), err) == -1)
		return -1;
	return counter_add(st, NUMBER_DELIVERIES, COUNTER_LABELS(d->forge), 1,
	    err);
}

/* How long the repository must wait for one more: 0 not at all. The n-th
 * newest of the last minute is the one that has to grow old. */
static int
find_wait(struct store *st, int64_t repo, int per_minute, int64_t *wait_ms,
    struct err *err)
{
	int64_t at, age;
	int rc;

	*wait_ms = 0;
	if (per_minute == 0)
		return 0;
	rc = store_number(st, SQL_DELIVERY_NTH, PARAMS(P_INT("repo", repo),
	    P_INT("before", per_minute - 1)), &at, err);
	age = rc == 1 ? clock_now_ms() - at : MINUTE_MS;
	if (rc == 1 && age >= 0 && age < MINUTE_MS)
		*wait_ms = MINUTE_MS - age;
	return rc == -1 ? -1 : 0;
}

static int
receive(struct store *st, struct delivery *d, int64_t secret,
    const struct hook_limits *limits, int64_t *wait_ms, struct err *err)
{
	int rc = find_double(st, d, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (find_wait(st, d->repo, limits->per_minute, wait_ms, err) == -1)
		return -1;
	if (*wait_ms > 0)
		return 2;
	rc = d->state == DELIVERY_RECEIVED ? inbox_is_full(st, d->repo,
	    limits->waiting, err) : 0;
	if (rc != 0)
		return rc == 1 ? 3 : -1;
	if (secret != 0 && hook_secret_used(st, secret, err) == -1)
		return -1;
	return insert(st, d, err) == -1 ? -1 : 1;
}

int
delivery_receive_hook(struct store *st, struct delivery *d, int64_t secret,
    const struct hook_limits *limits, int64_t *wait_ms, struct err *err)
{
	if (d->verdict == NULL)
		d->state = DELIVERY_RECEIVED;
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, receive(st, d, secret, limits, wait_ms, err),
	    err);
}

int
delivery_receive(struct store *st, struct delivery *d, struct err *err)
{
	const struct hook_limits none = { 0 };
	int64_t wait_ms;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = delivery_receive_hook(st, d, 0, &none, &wait_ms, err);
	return store_end(st, audit_done(st, rc, "repo.dispatch", d->repo, err,
	    "event %s", d->event), err);
}

int
delivery_find(struct store *st, const char *id, struct arena *a,
    struct delivery *out, struct err *err)
{
	return store_row(st, SQL_DELIVERY_BY_ID, PARAMS(P_TEXT("id", id)),
	    &delivery_shape, a, out, err);
}

int
delivery_waiting(struct store *st, struct delivery_waiting *out, size_t max,
    size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(UUID, delivery_waiting, id),
		FIELD(INT64, delivery_waiting, repo),
		FIELD(INT, delivery_waiting, attempts),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct delivery_waiting) };
	struct arena a = ARENA_INIT(0);
	struct delivery_waiting *list = NULL;
	int rc;

	rc = store_rows(st, SQL_DELIVERY_WAITING, PARAMS(
	    P_INT("max", (int64_t)max)), &shape, &a, &list, n, err);
	if (rc == 0 && *n > 0)
		memcpy(out, list, *n * sizeof(*list));
	arena_release(&a);
	return rc;
}

int
delivery_attempt(struct store *st, const char *id, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_DELIVERY_ATTEMPT, PARAMS(P_TEXT("id", id)),
	    err);
	if (rc == 0)
		rc = err_set(err, ERR_CONFLICT, "delivery \"%s\" does not "
		    "wait for planning", id);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

int
delivery_state(struct store *st, const char *id, enum delivery_state *out,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(DELIVERY, delivery, state),
	};
	static const struct shape shape = { fields, 1,
		sizeof(struct delivery) };
	struct delivery d = { .state = DELIVERY_RECEIVED };
	int rc = store_row(st, SQL_DELIVERY_STATE, PARAMS(P_TEXT("id", id)),
	    &shape, NULL, &d, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no delivery "
		    "\"%s\"", id);
	*out = d.state;
	return rc == -1 ? -1 : 0;
}

int
delivery_move(struct store *st, const char *id, const char *on,
    const char *verdict, struct err *err)
{
	const struct move *mv;
	enum delivery_state from = DELIVERY_RECEIVED;
	bool again;

	if (delivery_state(st, id, &from, err) == -1)
		return -1;
	mv = machine_move(MACHINE_DELIVERY, (int)from, on);
	if (mv == NULL)
		return err_set(err, ERR_CONFLICT, "delivery \"%s\" is %s: "
		    "\"%s\" is not possible", id, word((int)from), on);
	again = mv->to == DELIVERY_RECEIVED;
	if (store_exec(st, SQL_DELIVERY_MOVE, PARAMS(P_TEXT("id", id),
	    P_TEXT("from", word(mv->from)), P_TEXT("to", word(mv->to)),
	    P_TEXT("verdict", verdict),
	    P_INT_UNLESS("settled", again ? 0 : clock_now_ms(), 0),
	    P_INT_UNLESS("attempts", again ? 0 : -1, -1)), err) == -1)
		return -1;
	return again ? 0 : counter_settled(st, id, word(mv->to), err);
}

int
delivery_settle(struct store *st, const char *id, const char *on,
    const char *verdict, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, delivery_move(st, id, on, verdict, err), err);
}

/* At most REFUSAL_TEXT_MAX bytes, and no half character at the end; "" for
 * what a request did not have. */
static const char *
cut(struct arena *a, const char *text)
{
	size_t len = text == NULL ? 0 : strnlen(text, REFUSAL_TEXT_MAX + 1);

	if (len == 0)
		return "";
	if (len <= REFUSAL_TEXT_MAX)
		return text;
	return arena_strndup(a, text, utf8_valid_len(text, REFUSAL_TEXT_MAX));
}

int
refusal_record(struct store *st, const struct refusal *r, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = counter_add(st, NUMBER_REFUSALS, COUNTER_LABELS(arena_printf(&a,
	    "%d", r->status)), 1, err);
	if (rc == 0)
		rc = store_exec(st, SQL_REFUSAL_INSERT, PARAMS(
		    P_INT("now", clock_now_ms()),
		    P_TEXT("path", cut(&a, r->path)),
		    P_TEXT("remote_addr", cut(&a, r->remote_addr)),
		    P_INT("status", r->status),
		    P_TEXT("reason", cut(&a, r->reason)),
		    P_TEXT("snippet", cut(&a, r->snippet))), err);
	rc = store_end(st, rc, err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
refusal_list(struct store *st, int64_t before, int limit, struct arena *a,
    struct refusal **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, refusal, id),
		FIELD(INT64, refusal, at_ms),
		FIELD(TEXT, refusal, path),
		FIELD(TEXT, refusal, remote_addr),
		FIELD(INT, refusal, status),
		FIELD(TEXT, refusal, reason),
		FIELD(TEXT, refusal, snippet),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct refusal) };

	return store_rows(st, SQL_REFUSAL_LIST, PARAMS(
	    P_INT("before", before > 0 ? before : INT64_MAX),
	    P_INT("limit", limit)), &shape, a, out, n, err);
}
