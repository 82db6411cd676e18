/*
 * inbox.c - deliveries as people look at them, and how many there may be.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/inbox.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/delivery_rows.h"

#define REPLAY_MAX 1000

struct place {
	int64_t at, place;
};

bool
inbox_state_valid(const char *word)
{
	return machine_state_parse(MACHINE_DELIVERY, word) != -1;
}

/* Where a list goes on. */
static int
find_place(struct store *st, const char *before, struct place *out,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, place, at),
		FIELD(INT64, place, place),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct place) };
	int rc;

	*out = (struct place){ INT64_MAX, INT64_MAX };
	if (before == NULL)
		return 1;
	rc = store_row(st, SQL_INBOX_PLACE, PARAMS(P_TEXT("id", before)),
	    &shape, NULL, out, err);
	return rc;
}

int
inbox_list(struct store *st, const struct inbox_query *q, struct arena *a,
    struct delivery **out, size_t *n, struct err *err)
{
	static const struct {
		enum sql_id id;
		bool repo, sees, state, event;
	} lists[] = {
		{ SQL_INBOX_REPO_EVENT, true, false, true, true },
		{ SQL_INBOX_REPO_STATE, true, false, true, false },
		{ SQL_INBOX_REPO, true, false, false, false },
		{ SQL_INBOX_SEEN_EVENT, false, true, true, true },
		{ SQL_INBOX_SEEN_STATE, false, true, true, false },
		{ SQL_INBOX_SEEN, false, true, false, false },
		{ SQL_INBOX_EVENT, false, false, true, true },
		{ SQL_INBOX_STATE, false, false, true, false },
		{ SQL_INBOX_ALL, false, false, false, false },
	};
	struct param params[7];
	struct place from;
	size_t i = 0, k = 0;
	int rc;

	*out = NULL;
	*n = 0;
	rc = find_place(st, q->before, &from, err);
	if (rc != 1)
		return rc;
	while ((lists[i].repo && q->repo == 0) ||
	    (lists[i].sees && q->sees == NULL) ||
	    (lists[i].event && q->event == NULL) ||
	    (lists[i].state && !lists[i].event && q->state == NULL))
		i++;
	if (lists[i].repo)
		params[k++] = (struct param)P_INT("repo", q->repo);
	if (lists[i].sees)
		params[k++] = (struct param)P_TEXT("sees", q->sees);
	if (lists[i].state)
		params[k++] = (struct param)P_TEXT("state", q->state);
	if (lists[i].event)
		params[k++] = (struct param)P_TEXT("event", q->event);
	params[k++] = (struct param)P_INT("at", from.at);
	params[k++] = (struct param)P_INT("place", from.place);
	params[k++] = (struct param)P_INT("limit", q->limit);
	params[k] = (struct param){ PARAM_END, NULL, 0, NULL, 0 };
	return store_rows(st, lists[i].id, params, &delivery_list_shape, a,
	    out, n, err);
}

int
inbox_note_origin(struct store *st, const char *id, const char *origin,
    const char *replay_of, const char *by, struct err *err)
{
	return store_exec(st, SQL_INBOX_ORIGIN, PARAMS(P_TEXT("delivery", id),
	    P_TEXT("origin", origin), P_TEXT("replay_of", replay_of),
	    P_TEXT("asked_by", by), P_INT("now", clock_now_ms())), err) == -1 ?
	    -1 : 0;
}

static int
copy(struct store *st, const char *id, char made[37], struct err *err)
{
	store_uuid(made);
	return store_exec(st, SQL_INBOX_COPY, PARAMS(P_TEXT("id", made),
	    P_TEXT("of", id), P_INT("now", clock_now_ms())), err) == -1 ? -1 :
	    0;
}

static int
replay(struct store *st, const char *id, const char *by, char made[37],
    struct err *err)
{
	enum delivery_state state;
	int rc;

	if (delivery_state(st, id, &state, err) == -1)
		return -1;
	if (state == DELIVERY_RECEIVED)
		return err_set(err, ERR_CONFLICT, "delivery \"%s\" is not "
		    "planned yet: it needs no replay", id);
	if (state == DELIVERY_FAILED) {
		memcpy(made, id, 37);
		rc = delivery_move(st, id, "replay", NULL, err);
	} else {
		rc = copy(st, id, made, err);
	}
	if (rc == 0)
		rc = inbox_note_origin(st, made, "replay", id, by, err);
	return audit_done(st, rc, "delivery.replay", 0, err, "delivery %s",
	    id);
}

int
inbox_replay(struct store *st, const char *id, const char *by, char made[37],
    struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, replay(st, id, by, made, err), err);
}

int
inbox_replay_failed(struct store *st, int64_t repo, const char *by,
    struct err *err)
{
	const struct inbox_query q = { .repo = repo, .state = "failed",
		.limit = REPLAY_MAX };
	struct arena a = ARENA_INIT(0);
	struct delivery *list;
	char made[37];
	size_t n = 0;
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = inbox_list(st, &q, &a, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = replay(st, list[i].id, by, made, err);
	arena_release(&a);
	return store_end(st, rc == -1 ? -1 : (int)n, err);
}

int
inbox_is_full(struct store *st, int64_t repo, int64_t max, struct err *err)
{
	int64_t own_max = (max + 1) / 2, all, own;

	if (max == 0)
		return 0;
	if (store_number(st, SQL_INBOX_WAITING_REPO, PARAMS(
	    P_INT("repo", repo), P_INT("max", own_max)), &own, err) == -1 ||
	    store_number(st, SQL_INBOX_WAITING, PARAMS(P_INT("max", max)),
	    &all, err) == -1)
		return -1;
	return own >= own_max || all >= max;
}

int
inbox_remove(struct store *st, int64_t before_ms, int max, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, store_exec(st, SQL_INBOX_REMOVE, PARAMS(
	    P_INT("before", before_ms), P_INT("limit", max)), err), err);
}
