/*
 * cron-t.c - schedules: what is valid, where a mistake is, when it fires.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/pipeline/cron.h"
#include "t/lib/tap.h"

#define HOUR 3600
#define DAY (24 * HOUR)

static int
parse(const char *text, struct cron *c, size_t *at, size_t *len,
    struct err *err)
{
	return cron_parse(text, strlen(text), c, at, len, err);
}

static int64_t
utc(int year, int month, int day, int hour, int minute)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1,
		.tm_mday = day, .tm_hour = hour, .tm_min = minute };

	return (int64_t)timegm(&tm);
}

static void
test_fields(void)
{
	static const struct {
		const char *text;
		struct cron want;
	} cases[] = {
		{ "0 0 1 1 0", { 1, 1, 2, 2, 1, false, false } },
		{ "59 23 31 12 6", { UINT64_C(1) << 59, 1 << 23, 1u << 31,
		    1 << 12, 1 << 6, false, false } },
		{ "* * * * *", { (UINT64_C(1) << 60) - 1, (1 << 24) - 1,
		    0xfffffffe, 0x1ffe, 0x7f, true, true } },
		{ "*/20 1-3,5 */10 JAN,dec Mon-FRI",
		    { 1 | UINT64_C(1) << 20 | UINT64_C(1) << 40,
		        0x2e, 1 << 1 | 1 << 11 | 1 << 21 | 1u << 31,
		        1 << 1 | 1 << 12, 0x3e, false, false } },
		{ "20/15 2-4/5 05 4/4 sun", { UINT64_C(1) << 20 |
		    UINT64_C(1) << 35 | UINT64_C(1) << 50, 1 << 2, 1 << 5,
		    1 << 4 | 1 << 8 | 1 << 12, 1, false, false } },
		{ "1  2   3 4 5", { 2, 4, 8, 16, 32, false, false } },
		{ "*,5 0 1 1 tue-4", { (UINT64_C(1) << 60) - 1, 1, 2, 2,
		    4 | 8 | 16, false, false } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct cron *want = &cases[i].want;
		struct err err = { ERR_NONE, "" };
		struct cron c = { .minutes = 0 };
		size_t at, len;

		ok(parse(cases[i].text, &c, &at, &len, &err) == 0 &&
		    c.minutes == want->minutes && c.hours == want->hours &&
		    c.days == want->days && c.months == want->months &&
		    c.weekdays == want->weekdays &&
		    c.every_day == want->every_day &&
		    c.every_weekday == want->every_weekday,
		    "\"%s\" %s", cases[i].text, err.text);
	}
}

static void
test_mistakes(void)
{
	static const struct {
		const char *text;
		size_t at, len;
		const char *want; /* a part of the message */
	} cases[] = {
		{ "", 0, 1, "1 fields instead of five" },
		{ "@daily", 0, 6, "\"0 0 * * *\" for every day" },
		{ "0 0 * *", 0, 7, "4 fields" },
		{ "0 0 * * * *", 0, 11, "6 fields" },
		{ " 0 0 * * *", 0, 10, "6 fields" },
		{ "0 0 * * * ", 0, 10, "6 fields" },
		{ "60 0 * * *", 0, 2, "\"60\" is out of range in the field "
		                      "minute (0 to 59)" },
		{ "0 24 * * *", 2, 2, "out of range in the field hour" },
		{ "0 0 0 * *", 4, 1, "out of range in the field day of month" },
		{ "0 0 32 * *", 4, 2, "out of range" },
		{ "0 0 * 13 *", 6, 2, "field month (1 to 12, or a name)" },
		{ "0 0 * * 7", 8, 1, "field day of week (0 to 6" },
		{ "0 0 * * 1,,2", 10, 1, "\"\" is not a value" },
		{ "0 0 * * 1,", 10, 1, "\"\" is not a value" },
		{ "0 5-3 * * *", 2, 3, "\"5-3\" runs backwards" },
		{ "0 0 * * monday", 8, 6, "\"monday\" is not a value" },
		{ "0 0 * mon *", 6, 3, "not a value" },
		{ "*/0 0 * * *", 0, 3, "\"*/0\" has no valid step" },
		{ "*/60 0 * * *", 0, 4, "no valid step" },
		{ "*/ 0 * * *", 0, 2, "no valid step" },
		{ "1-5/2/3 0 * * *", 0, 7, "no valid step" },
		{ "1.5 0 * * *", 0, 3, "not a value" },
		{ "+1 0 * * *", 0, 2, "not a value" },
		{ "0x1 0 * * *", 0, 3, "not a value" },
		{ "99999999999 0 * * *", 0, 11, "not a value" },
		{ "0\t0 * * * *", 0, 3, "not a value" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = { ERR_NONE, "" };
		size_t at = 99, len = 99;
		struct cron c;

		is_int(parse(cases[i].text, &c, &at, &len, &err), -1,
		    "\"%s\" is refused", cases[i].text);
		ok(strstr(err.text, cases[i].want) != NULL, "it says %s",
		    err.text);
		ok(at == cases[i].at && len == cases[i].len,
		    "and where: %zu, %zu", at, len);
	}
}

static void
test_next(void)
{
	static const struct {
		const char *text;
		int from[5], to[5]; /* year, month, day, hour, minute */
	} cases[] = {
		{ "* * * * *", { 2026, 1, 1, 0, 0 }, { 2026, 1, 1, 0, 1 } },
		{ "0 0 * * *", { 2026, 1, 1, 0, 0 }, { 2026, 1, 2, 0, 0 } },
		{ "30 5 * * *", { 2026, 1, 1, 5, 29 }, { 2026, 1, 1, 5, 30 } },
		{ "0 0 1 1 *", { 2026, 1, 1, 0, 0 }, { 2027, 1, 1, 0, 0 } },
		{ "0 0 29 2 *", { 2026, 1, 1, 0, 0 }, { 2028, 2, 29, 0, 0 } },
		{ "0 0 29 2 *", { 2096, 3, 1, 0, 0 }, { 2104, 2, 29, 0, 0 } },
		{ "0 0 31 * *", { 2026, 4, 1, 0, 0 }, { 2026, 5, 31, 0, 0 } },
		{ "0 12 * * MON", { 2026, 11, 21, 0, 0 },
		    { 2026, 11, 23, 12, 0 } },
		{ "0 0 13 * FRI", { 2026, 11, 21, 0, 0 },
		    { 2026, 11, 27, 0, 0 } },
		{ "0 0 13 * FRI", { 2026, 12, 12, 0, 0 },
		    { 2026, 12, 13, 0, 0 } },
		{ "0 0 */10 * 0", { 2026, 11, 21, 0, 0 },
		    { 2026, 11, 22, 0, 0 } },
		{ "15 10 * 3 *", { 1969, 12, 31, 23, 59 },
		    { 1970, 3, 1, 10, 15 } },
		{ "59 23 31 12 *", { 1960, 1, 1, 0, 0 },
		    { 1960, 12, 31, 23, 59 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const int *f = cases[i].from, *t = cases[i].to;
		int64_t from = utc(f[0], f[1], f[2], f[3], f[4]), next = 0;
		struct err err = { ERR_NONE, "" };
		struct cron c;
		size_t at, len;

		parse(cases[i].text, &c, &at, &len, &err);
		ok(cron_next(&c, from, NULL, &next), "\"%s\" fires",
		    cases[i].text);
		is_int(next, utc(t[0], t[1], t[2], t[3], t[4]), "at its time");
		cron_next(&c, next - 1, NULL, &next);
		is_int(next, utc(t[0], t[1], t[2], t[3], t[4]),
		    "and a second before it still");
	}
}

static void
test_never(void)
{
	static const char *const cases[] = { "0 0 30 2 *",
		"0 0 31 2,4,6,9,11 *" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = { ERR_NONE, "" };
		struct cron c;
		size_t at, len;
		int64_t next;

		ok(parse(cases[i], &c, &at, &len, &err) == 0 &&
		    !cron_next(&c, 0, NULL, &next), "\"%s\" never fires",
		    cases[i]);
	}
}

/* Does it fire in this minute? Said in the plainest way. */
static bool
fires(const struct cron *c, int64_t at_s)
{
	time_t t = (time_t)at_s;
	struct tm tm;
	bool day, weekday;

	gmtime_r(&t, &tm);
	day = c->days & 1u << tm.tm_mday;
	weekday = c->weekdays & 1u << tm.tm_wday;
	return (c->minutes & UINT64_C(1) << tm.tm_min) &&
	    (c->hours & 1u << tm.tm_hour) &&
	    (c->months & 1u << (tm.tm_mon + 1)) &&
	    (c->every_day ? weekday
	        : c->every_weekday ? day : day || weekday);
}

/* Minute by minute for forty days, every next time is the first one. */
static void
test_against_minutes(void)
{
	static const char *const cases[] = { "*/7 */5 * * *",
		"3,33 4-6 1,15 * *", "0 0 13 * FRI", "59 23 28-31 2 *",
		"*/59 * * 1-3/2 SAT,SUN", "17 3 */9 2,3 WED" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t start = utc(2028, 1, 25, 0, 0), want = start, next;
		struct err err = { ERR_NONE, "" };
		struct cron c;
		size_t at, len, wrong = 0, n = 0;

		parse(cases[i], &c, &at, &len, &err);
		for (int64_t t = start + 40 * DAY; t >= start; t -= 60) {
			if (n > 0 && (!cron_next(&c, t, NULL, &next) ||
			    next != want))
				wrong++;
			if (fires(&c, t)) {
				want = t;
				n++;
			}
		}
		ok(n > 0 && wrong == 0, "\"%s\" fires %zu times in forty days, "
		                        "each found", cases[i], n);
	}
}

/* One hour ahead of UTC, two from day 100 to day 200, changing at 01:00 UTC:
 * 02:00 to 03:00 is missing on the first day and comes twice on the last. */
static int
summer(const void *ctx, int64_t utc_s)
{
	(void)ctx;
	return utc_s >= 100 * DAY + HOUR && utc_s < 200 * DAY + HOUR
	    ? 2 * HOUR : HOUR;
}

/* Goes from 23:30 to 00:30 on day 100. */
static int
midnight(const void *ctx, int64_t utc_s)
{
	(void)ctx;
	return utc_s >= 100 * DAY - HOUR / 2 ? HOUR : 0;
}

static void
test_gap_over_midnight(void)
{
	struct cron_zone zone = { midnight, NULL };
	struct err err = { ERR_NONE, "" };
	int64_t next = 0;
	struct cron c;
	size_t at, len;

	parse("45 23 * * *", &c, &at, &len, &err);
	cron_next(&c, 100 * DAY - HOUR / 2 + 300, &zone, &next);
	is_int(next, 100 * DAY - HOUR / 4, "what fell into a gap before "
	    "midnight fires after it");
}

static void
test_zone(void)
{
	static const struct {
		const char *text;
		int64_t after, want;
	} cases[] = {
		{ "0 0 * * *", 10 * DAY, 11 * DAY - HOUR },
		{ "0 0 * * *", 11 * DAY - HOUR, 12 * DAY - HOUR },
		{ "0 12 * * *", 150 * DAY, 150 * DAY + 10 * HOUR },
		/* the gap */
		{ "30 1 * * *", 100 * DAY, 100 * DAY + HOUR / 2 },
		{ "30 2 * * *", 100 * DAY, 100 * DAY + HOUR + HOUR / 2 },
		{ "30 2 * * *", 100 * DAY + HOUR + HOUR / 2,
		    101 * DAY + HOUR / 2 },
		{ "30 3 * * *", 100 * DAY, 100 * DAY + HOUR + HOUR / 2 },
		/* the hour that comes twice */
		{ "30 2 * * *", 200 * DAY, 200 * DAY + HOUR / 2 },
		{ "30 2 * * *", 200 * DAY + HOUR / 2,
		    201 * DAY + HOUR + HOUR / 2 },
		{ "30 3 * * *", 200 * DAY, 200 * DAY + 2 * HOUR + HOUR / 2 },
	};
	struct cron_zone zone = { summer, NULL };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = { ERR_NONE, "" };
		int64_t next = 0;
		struct cron c;
		size_t at, len;

		parse(cases[i].text, &c, &at, &len, &err);
		cron_next(&c, cases[i].after, &zone, &next);
		is_int(next, cases[i].want, "\"%s\" in a zone, after %lld",
		    cases[i].text, (long long)cases[i].after);
	}
}

static void
test_gap(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "* * * * *", 1 },
		{ "*/5 * * * *", 5 },
		{ "*/7 * * * *", 4 }, /* from :56 to :00 */
		{ "*/7 3 * * *", 7 },
		{ "0 0 * * *", 1440 },
		{ "0,58 0,23 * * *", 2 }, /* over midnight */
		{ "10,12 4 * * *", 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = { ERR_NONE, "" };
		struct cron c;
		size_t at, len;

		parse(cases[i].text, &c, &at, &len, &err);
		is_int(cron_shortest_gap_min(&c), cases[i].want,
		    "the shortest gap of \"%s\"", cases[i].text);
	}
}

int
main(void)
{
	test_fields();
	test_mistakes();
	test_next();
	test_never();
	test_against_minutes();
	test_zone();
	test_gap_over_midnight();
	test_gap();
	return tap_done();
}
