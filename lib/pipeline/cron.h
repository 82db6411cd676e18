/*
 * cron.h - schedules: when an expression of five fields fires next.
 *
 * minute hour day-of-month month day-of-week, as GitHub reads `on.schedule`
 * (docs.github.com, "Events that trigger workflows", schedule; POSIX
 * crontab): "*", numbers, names of months and weekdays, ranges, steps, lists.
 * Sunday is 0. Not known are "@daily" and its kin, 7 for Sunday, and ranges
 * that run backwards.
 *
 * Pure: the time is the caller's.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_CRON_H
#define PAWL_PIPELINE_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"

/* GitHub fires a schedule no more often than this. */
#define CRON_MIN_GAP_MIN 5

/* Bit n is set when the number n is in the field. */
struct cron {
	uint64_t minutes;    /* 0 to 59 */
	uint32_t hours;      /* 0 to 23 */
	uint32_t days;       /* of the month, 1 to 31 */
	uint32_t months;     /* 1 to 12 */
	uint32_t weekdays;   /* 0 to 6 */
	bool every_day;      /* day-of-month is "*" */
	bool every_weekday;  /* day-of-week is "*" */
};

/*
 * Read an expression. -1 with ERR_INVALID, and in *at and *len the bytes that
 * are wrong. Fields are separated by blanks; none stand around them.
 */
int
cron_parse(const char *text, size_t text_len, struct cron *out, size_t *at,
    size_t *len, struct err *err);

/*
 * A time zone: seconds to add to UTC at a time. Where clocks go forward, what
 * falls into the gap fires later by its length; where they go back, what
 * would come twice fires once.
 */
struct cron_zone {
	int (*offset_s)(const void *ctx, int64_t utc_s);
	const void *ctx;
};

/*
 * The first time after `after_s` (seconds since 1970 UTC) at which it fires,
 * a whole minute; `zone` may be NULL for UTC. False when it never does
 * ("0 0 31 2 *"). When both fields of days are restricted, one that matches
 * suffices (POSIX).
 */
bool
cron_next(const struct cron *c, int64_t after_s, const struct cron_zone *zone,
    int64_t *next_s);

/* Minutes between the two nearest firings of a day or over midnight. */
int
cron_shortest_gap_min(const struct cron *c);

#endif
