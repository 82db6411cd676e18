/*
 * outbox.h - messages that must leave Pawl after a change of state: written
 * in the transaction of the change, sent afterwards, kept until sent.
 *
 *	kind      what it is, who sends it
 *	files     badge and status files of the run's branch are out of date:
 *	          pawl-workerd
 *	status    the forge is told how a commit does: pawl-notifier, as all
 *	          that follow
 *	comment   the comment of a pull request whose pipeline files are wrong
 *	rules     a run has come to something that rules may ask for: becomes
 *	          messages of the next kinds
 *	webhook, mail, slack, matrix, pagerduty, otlp   what a rule asked for
 *	hook      a program of the administrator is to be run, see hooks.h
 *
 * A message says as little as possible: what goes out is made when it goes
 * out, of what is in the database then. It is sent at least once: who is
 * killed between sending and recording sends it again.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_OUTBOX_H
#define PAWL_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/backoff.h"
#include "lib/store/move.h"
#include "lib/store/state.h"
#include "lib/store/store.h"

struct message {
	int64_t id;
	const char *kind;
	const char *topic; /* what it is about: see outbox_add() */
	int64_t repo, run, rule; /* 0: none */
	const char *data;  /* JSON, or NULL */
	const char *host;  /* that it goes to; "": not known yet, or this */
	enum message_state state;
	int attempts;
	int64_t due_at_ms;
	const char *error; /* of the last try; or NULL */
	int64_t created_at_ms;
	int64_t queued_at_ms; /* since when it is tried */
};

/* Queue one, due now: kind, topic, repo, run, rule, data and host of `m`
 * (topic NULL: the run's id; host NULL: ""). It takes the place of a queued
 * message of the same kind and topic, under a new id: so a message that is
 * being sent while the state changes again is not taken for the new one by
 * outbox_sent(). */
int
outbox_add(struct store *st, const struct message *m, struct err *err);

/* What follows from an event of a run, by the table of outbox_events.c; in
 * the transaction of the event. */
int
outbox_follow(struct store *st, int64_t run, const char *type,
    const struct event_facts *facts, struct err *err);

/* An event that started nothing: its forge is told, if that is asked for. */
int
outbox_ignored(struct store *st, int64_t repo, const char *sha,
    const char *event, const char *verdict, struct err *err);

/* Due ones, oldest first: the files, and what pawl-notifier sends, the latter
 * from behind the place of another one (NULL: the first). */
int
outbox_files(struct store *st, int64_t now_ms, size_t max, struct arena *a,
    struct message **out, size_t *n, struct err *err);
int
outbox_due(struct store *st, int64_t now_ms, const struct message *after,
    size_t max, struct arena *a, struct message **out, size_t *n,
    struct err *err);

/* When the next one is due; 0: none is queued. */
int
outbox_next_files(struct store *st, int64_t *at_ms, struct err *err);
int
outbox_next_due(struct store *st, int64_t *at_ms, struct err *err);

/* Done: the row is removed. Not sent: try again at due_at_ms, or, with
 * due_at_ms 0, never: it becomes a dead letter with `error`. A message that
 * was replaced meanwhile is left alone, with success. */
int
outbox_sent(struct store *st, int64_t id, struct err *err);
int
outbox_failed(struct store *st, const struct message *m, int64_t due_at_ms,
    const char *error, struct err *err);

/* Its host is left alone until then: no try of its own. */
int
outbox_defer(struct store *st, const struct message *m, int64_t due_at_ms,
    const char *why, struct err *err);

/* Queue a dead letter again, due now. ERR_NOT_FOUND; ERR_CONFLICT when it is
 * not one, or a newer message does its work. */
int
outbox_replay(struct store *st, int64_t id, struct err *err);

/* Remove a dead letter. ERR_NOT_FOUND, ERR_CONFLICT when it is not one. */
int
outbox_discard(struct store *st, int64_t id, struct err *err);

/* All dead letters at once: how many, or -1. Of those that a newer message
 * made needless the replay makes an end. */
int
outbox_replay_all(struct store *st, struct err *err);
int
outbox_discard_all(struct store *st, struct err *err);

/* Remove dead letters that are older; how many, or -1. */
int
outbox_trim(struct store *st, int64_t before_ms, struct err *err);

/* Messages and hosts that were put off to behind `latest_ms` are asked at
 * once: the clock was ahead when they were. */
int
outbox_recall(struct store *st, int64_t latest_ms, struct err *err);

/* --- looking -------------------------------------------------------------- */

/* 1, 0 when there is none, -1. */
int
outbox_find(struct store *st, int64_t id, struct arena *a,
    struct message *out, struct err *err);

/* Of a state (-1: any), the newest first, before an id (0: from the newest). */
int
outbox_list(struct store *st, int state, int64_t before, int limit,
    struct arena *a, struct message **out, size_t *n, struct err *err);

/* Without the files. */
struct outbox_counts {
	int64_t queued, dead;
};
int
outbox_count(struct store *st, struct outbox_counts *out, struct err *err);

/* One try to send one. */
struct outbox_try {
	int64_t id;
	int64_t message; /* its id, also when it is gone */
	const char *kind, *topic;
	const char *host;
	const char *result; /* "sent", "later", "failed" */
	int status;         /* of HTTP or SMTP; 0: there was no answer */
	const char *error;  /* or NULL */
	int64_t took_ms, at_ms;
};
int
outbox_tried(struct store *st, const struct message *m,
    const struct outbox_try *t, struct err *err);

/* The newest first: of one message, or of all (message 0) before an id (0:
 * from the newest). */
int
outbox_tries(struct store *st, int64_t message, int64_t before, int limit,
    struct arena *a, struct outbox_try **out, size_t *n, struct err *err);

/* --- hosts ---------------------------------------------------------------- */

/* A host that messages could not be sent to. */
struct outbox_host {
	const char *host;
	int failures;
	int64_t until_ms;
	const char *error;
	int64_t changed_at_ms;
};

/* 1, 0: all is well with it, -1. */
int
outbox_host_find(struct store *st, const char *host, struct arena *a,
    struct outbox_host *out, struct err *err);
int
outbox_host_list(struct store *st, struct arena *a, struct outbox_host **out,
    size_t *n, struct err *err);
/* Remember how it stands; a closed breaker without failures forgets it. */
int
outbox_host_set(struct store *st, const char *host, const struct breaker *b,
    const char *error, struct err *err);

#endif
