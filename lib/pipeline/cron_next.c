/*
 * cron_next.c - when a schedule fires next.
 *
 * The search goes by days of the zone's own calendar, then by the hours and
 * minutes of the first that matches: a few thousand steps at worst, for the
 * 29th of February.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/cron.h"

#include <time.h>

#define MINUTE_S 60
#define DAY_S 86400
/* The longest wait is for a 29th of February: eight years over 2100. */
#define MAX_DAYS (366 * 9)

static bool
day_matches(const struct cron *c, int64_t local_s)
{
	time_t t = (time_t)local_s;
	bool day, weekday;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return false;
	if (!(c->months >> (tm.tm_mon + 1) & 1))
		return false;
	day = c->days >> tm.tm_mday & 1;
	weekday = c->weekdays >> tm.tm_wday & 1;
	if (c->every_day || c->every_weekday)
		return day && weekday; /* the "*" matches always */
	return day || weekday;
}

static int
offset_at(const struct cron_zone *zone, int64_t utc_s)
{
	return zone != NULL ? zone->offset_s(zone->ctx, utc_s) : 0;
}

/* The time at which clocks of the zone show `local_s`: the first of two, and
 * for one in a gap that of the clock before it. */
static int64_t
to_utc(const struct cron_zone *zone, int64_t local_s)
{
	int64_t early = local_s - offset_at(zone, local_s - DAY_S);
	int64_t late = local_s - offset_at(zone, local_s + DAY_S);

	if (early + offset_at(zone, early) == local_s)
		return early;
	return late + offset_at(zone, late) == local_s ? late : early;
}

/* The first firing of a local day that is after a time. */
static bool
next_of_day(const struct cron *c, int64_t day_s, int64_t after_s,
    const struct cron_zone *zone, int64_t *next_s)
{
	for (int hour = 0; hour < 24; hour++) {
		if (!(c->hours >> hour & 1))
			continue;
		for (int minute = 0; minute < 60; minute++) {
			if (!(c->minutes >> minute & 1))
				continue;
			*next_s = to_utc(zone, day_s +
			    (hour * 60 + minute) * MINUTE_S);
			if (*next_s > after_s)
				return true;
		}
	}
	return false;
}

bool
cron_next(const struct cron *c, int64_t after_s, const struct cron_zone *zone,
    int64_t *next_s)
{
	int64_t local = after_s + offset_at(zone, after_s);
	int64_t into = local % DAY_S, day;

	if (into < 0)
		into += DAY_S; /* before 1970 */
	/* a day back: clocks may just have gone over midnight */
	day = local - into - (zone != NULL ? DAY_S : 0);
	for (int i = 0; i < MAX_DAYS; i++, day += DAY_S)
		if (day_matches(c, day) &&
		    next_of_day(c, day, after_s, zone, next_s))
			return true;
	return false;
}

int
cron_shortest_gap_min(const struct cron *c)
{
	const int day = 24 * 60;
	int first = -1, last = -1, gap = day;

	for (int m = 0; m < day; m++) {
		if (!(c->hours >> (m / 60) & 1) ||
		    !(c->minutes >> (m % 60) & 1))
			continue;
		if (last >= 0 && m - last < gap)
			gap = m - last;
		if (first < 0)
			first = m;
		last = m;
	}
	return first + day - last < gap ? first + day - last : gap;
}
