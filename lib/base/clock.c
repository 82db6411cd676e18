/*
 * clock.c - time: now, as text, and durations that people write.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t
read_clock(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t stands_at_ms; /* 0: it goes */

int64_t
clock_now_ms(void)
{
	return stands_at_ms != 0 ? stands_at_ms : read_clock(CLOCK_REALTIME);
}

void
clock_stand_at(int64_t at_ms)
{
	stands_at_ms = at_ms;
}

int64_t
clock_mono_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

const char *
clock_rfc3339(int64_t at_ms, char buf[CLOCK_TEXT_SIZE])
{
	int64_t seconds = at_ms / 1000;
	int ms = (int)(at_ms % 1000);
	struct tm tm;
	time_t t;
	size_t len;

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	t = (time_t)seconds;
	if (gmtime_r(&t, &tm) == NULL || tm.tm_year + 1900 > 9999 ||
	    tm.tm_year + 1900 < 0) {
		snprintf(buf, CLOCK_TEXT_SIZE, "0000-00-00T00:00:00.000Z");
		return buf;
	}
	len = strftime(buf, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, CLOCK_TEXT_SIZE - len, ".%03dZ", ms);
	return buf;
}

const char *
clock_duration(int64_t duration_ms, char buf[CLOCK_TEXT_SIZE])
{
	int64_t s = duration_ms / 1000;

	if (duration_ms < 0)
		duration_ms = s = 0;
	if (duration_ms < 1000)
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " ms", duration_ms);
	else if (s < 60)
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " s", s);
	else if (s < 3600 && s % 60 == 0)
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " min", s / 60);
	else if (s < 3600)
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " min %" PRId64
		    " s", s / 60, s % 60);
	else if (s % 3600 / 60 == 0)
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " h", s / 3600);
	else
		snprintf(buf, CLOCK_TEXT_SIZE, "%" PRId64 " h %" PRId64
		    " min", s / 3600, s % 3600 / 60);
	return buf;
}

/* Milliseconds of a unit as people write it, or 0. */
static int64_t
unit_ms(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "sec", 1000 },
		{ "second", 1000 },
		{ "seconds", 1000 },
		{ "m", 60000 },
		{ "min", 60000 },
		{ "minute", 60000 },
		{ "minutes", 60000 },
		{ "h", 3600000 },
		{ "hour", 3600000 },
		{ "hours", 3600000 },
		{ "d", 86400000 },
		{ "day", 86400000 },
		{ "days", 86400000 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, unit) == 0)
			return units[i].ms;
	return 0;
}

bool
clock_parse_duration(const char *s, int64_t default_unit_ms, int64_t *out_ms)
{
	int64_t unit = default_unit_ms;
	size_t digits = strspn(s, "0123456789.");
	double number;
	char *end;

	if (digits == 0 || digits > 18 || !isdigit((unsigned char)s[0]))
		return false;
	number = strtod(s, &end);
	if (end != s + digits)
		return false;
	while (*end == ' ')
		end++;
	if (*end != '\0')
		unit = unit_ms(end);
	if (unit == 0 || number * (double)unit > 9e18)
		return false;
	*out_ms = (int64_t)(number * (double)unit + 0.5);
	return true;
}
