/*
 * alerts.h - rules about numbers: an alert fires when one is crossed, and
 * clears when it is back. Both are told to whom a rule of notifications with
 * the cause "alert" names (notify.h).
 *
 *	metric         unit          what
 *	error_rate     1/100 of a %  runs that failed within the window, of those
 *	                             that ended well or badly
 *	duration_p99   milliseconds  how long 99 of 100 of them took at most
 *	dead_letters   pieces        messages and webhooks that were given up;
 *	                             fires when it holds for the whole window
 *
 * The first two are of runs, or of the steps with a title. One with nothing to
 * count does not fire. Nothing is asked while nothing happens: triggers say
 * when a number may have changed, and the window's end is a time.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_ALERTS_H
#define PAWL_STORE_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/str.h"
#include "lib/store/store.h"

#define ALERT_NAME_MAX 100
#define ALERT_WINDOW_MIN_MS INT64_C(1000)
#define ALERT_WINDOW_MAX_MS (INT64_C(7) * 24 * 3600 * 1000)
#define ALERTS_MAX 1000

struct alert {
	int64_t id;
	const char *name;
	const char *place;    /* as of a rule: "all", "owner:OWNER", "repo:ID" */
	const char *owner;    /* of the place, in lower case; or NULL */
	int64_t repo;         /* of the place; 0: none */
	const char *workflow; /* file or name; NULL: any */
	const char *step;     /* title; NULL: it is about runs */
	const char *metric;
	const char *op;       /* ">", ">=", "<", "<=" */
	int64_t threshold;    /* in the metric's unit */
	int64_t window_ms;
	const char *severity; /* "critical", "warning" */
	const char *made_by;
	int64_t created_at_ms;
	/* how it stands */
	bool firing;
	int64_t changes;       /* times that it has fired or cleared */
	int64_t changed_at_ms; /* 0: never */
	bool has_value;        /* when it was looked at last */
	int64_t value;
	int64_t held_since_ms; /* a level holds since; 0: it does not */
};

/* "error_rate > 5", "duration_p99 >= 2 s", "dead_letters > 100" into metric,
 * op and threshold, which live in `a`. ERR_INVALID says what is known. */
int
alert_condition_parse(const char *text, struct alert *out, struct arena *a,
    struct err *err);

/* The condition as people write it; a value in its unit: "7.5 %", "2 s". */
void
alert_condition_text(const struct alert *alert, struct str *out);
void
alert_value_text(const struct alert *alert, int64_t value, struct str *out);

/* Add one: what stands above `made_by`, which is given too. ERR_INVALID,
 * ERR_EXISTS: the name; ERR_CONFLICT: there are ALERTS_MAX. */
int
alert_add(struct store *st, const struct alert *alert, struct err *err);

/* ERR_NOT_FOUND. */
int
alert_remove(struct store *st, const char *name, struct err *err);

/* All, by name. */
int
alert_list(struct store *st, struct arena *a, struct alert **out, size_t *n,
    struct err *err);

/* Look at those that are due, and queue what is to be told, each in one
 * transaction. `*changed` is how many have fired or cleared; `*next_ms` when
 * one is due again, 0: none is. */
int
alerts_check(struct store *st, size_t *changed, int64_t *next_ms,
    struct err *err);

/* When the next one is due; 0: none is. */
int
alerts_next(struct store *st, int64_t *at_ms, struct err *err);

/* The clock was ahead when some were put off: they are asked now. */
int
alerts_recall(struct store *st, struct err *err);

#endif
