/*
 * deliveries.h - webhook deliveries as they came, and those refused.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_DELIVERIES_H
#define PAWL_STORE_DELIVERIES_H

#include <stddef.h>
#include <stdint.h>
#include "lib/store/state.h"
#include "lib/store/store.h"

struct delivery {
	char id[37];             /* ours: a UUID */
	const char *forge;
	const char *forge_id;    /* the forge's delivery id: the key against
	                            doubles, together with forge and repo */
	const char *event;       /* the forge's word: "push", "ping" */
	int64_t repo;
	const char *owner, *name; /* of the repository; set by the store */
	const char *headers;     /* JSON object of what matters */
	const char *body;        /* as it came, byte for byte */
	size_t body_len;
	const char *remote_addr;
	int64_t received_at_ms;
	enum delivery_state state;
	const char *verdict;     /* one sentence, or NULL while received */
	int attempts;            /* plannings begun */
	int64_t settled_at_ms;   /* 0 while received */
	const char *origin;      /* NULL: a forge sent it; "replay",
	                            "reconcile" */
	const char *replay_of;   /* the delivery that it repeats; itself: it
	                            failed and was planned again; or NULL */
	const char *asked_by;    /* who had it planned, of these */
};

/*
 * Store a delivery durably, in state received (or, when `verdict` is set in
 * it, in the state that it carries: a ping is ignored at once). Returns 1
 * when it is new: id and received_at_ms are filled in. 0 when this forge_id
 * was seen: id is that of the first one. A forge_id of NULL is never a
 * double.
 */
int
delivery_receive(struct store *st, struct delivery *d, struct err *err);

/* How much is taken; 0: any number. */
struct hook_limits {
	int per_minute;  /* of a repository, in a minute */
	int64_t waiting; /* of all that are not planned: inbox_is_full() */
};

/*
 * The same of a webhook.
 *
 * secret  which of hook_secrets was right: that it was used is kept. 0: none
 *         of them
 *
 * Returns 2, too, when there were too many in a minute, and *wait_ms until
 * there may be one more; 3 when too many wait to be planned. Then nothing is
 * stored.
 */
int
delivery_receive_hook(struct store *st, struct delivery *d, int64_t secret,
    const struct hook_limits *limits, int64_t *wait_ms, struct err *err);

/* 1 found, 0 not, -1. */
int
delivery_find(struct store *st, const char *id, struct arena *a,
    struct delivery *out, struct err *err);

/* For the planner: of each repository the first that is in state received, in
 * the order in which they came, at most `max`. */
struct delivery_waiting {
	char id[37];
	int64_t repo;
	int attempts;
};
int
delivery_waiting(struct store *st, struct delivery_waiting *out, size_t max,
    size_t *n, struct err *err);

/* Count one more planning begun. */
int
delivery_attempt(struct store *st, const char *id, struct err *err);

/* Leave `received` with a verdict ("planned", "ignore", "fail" are the
 * moves). ERR_CONFLICT when it has been settled already. */
int
delivery_settle(struct store *st, const char *id, const char *on,
    const char *verdict, struct err *err);

/* A request that was refused before it became a delivery. The newest 1,000
 * are kept with texts cut to 500 bytes, so a stranger cannot fill the disk.
 * NULL texts are stored as "". */
struct refusal {
	int64_t id;
	int64_t at_ms;
	const char *path;
	const char *remote_addr;
	int status;          /* HTTP status that was answered */
	const char *reason;
	const char *snippet; /* start of the body, printable, or "" */
};
int
refusal_record(struct store *st, const struct refusal *r, struct err *err);

/* Newest first; `before` is the id of the last one seen, 0: from the newest. */
int
refusal_list(struct store *st, int64_t before, int limit, struct arena *a,
    struct refusal **out, size_t *n, struct err *err);

#endif
