/*
 * outbox.h - messages that must leave Pawl after a change of state: written
 * in the transaction of the change, sent afterwards, kept until sent.
 *
 * Kind "files": the badge and status files of a repository's branch are out
 * of date (subject: run id). Later kinds are commit statuses and mail.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_OUTBOX_H
#define PAWL_STORE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>
#include "lib/store/state.h"
#include "lib/store/store.h"

struct message {
	int64_t id;
	const char *kind;
	int64_t run;
	const char *data; /* JSON, or NULL */
	int attempts;
	int64_t due_at_ms;
};

/* Queue one, due now. It takes the place of a queued message of the same kind
 * and run, under a new id: so a message that is being sent while the state
 * changes again is not taken for the new one by outbox_sent(). */
int
outbox_add(struct store *st, const char *kind, int64_t run, const char *data,
    struct err *err);

/* Due ones, oldest first. */
int
outbox_due(struct store *st, int64_t now_ms, size_t max, struct arena *a,
    struct message **out, size_t *n, struct err *err);

/* When the next one is due; 0: none is queued. */
int
outbox_next_due(struct store *st, int64_t *at_ms, struct err *err);

/* `sent`: done (the row is removed). Not sent: try again at due_at_ms, or,
 * with due_at_ms 0, never: it becomes a dead letter with `error`. A message
 * that was replaced meanwhile is left alone, with success. */
int
outbox_sent(struct store *st, int64_t id, struct err *err);
int
outbox_failed(struct store *st, int64_t id, int64_t due_at_ms,
    const char *error, struct err *err);

/* Queue a dead letter again, due now. ERR_NOT_FOUND; ERR_CONFLICT when it is
 * not one, or a newer message does its work. */
int
outbox_replay(struct store *st, int64_t id, struct err *err);

#endif
