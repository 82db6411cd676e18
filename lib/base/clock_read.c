/*
 * clock_read.c - a time as RFC 3339 writes it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/clock.h"

#include <ctype.h>

/* `n` digits at *s, which goes behind them; -1. */
static int
digits(const char **s, int n)
{
	int value = 0;

	for (; n > 0; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return -1;
		value = value * 10 + (**s - '0');
	}
	return value;
}

static bool
skip(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* Days since 1970 of the proleptic Gregorian calendar: years begin in March
 * here, so that the day that comes and goes is the last. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;
	int64_t before = y * 365 + y / 4 - y / 100 + y / 400;

	return before + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* ".25" into milliseconds; what is finer is left out. */
static int64_t
fraction_ms(const char **s)
{
	int64_t ms = 0, unit = 100;

	for (; isdigit((unsigned char)**s); (*s)++, unit /= 10)
		ms += (**s - '0') * unit;
	return ms;
}

/* "Z" or "+02:00" at the end. */
static bool
read_offset(const char *s, int64_t *at_ms)
{
	int sign = *s == '-' ? -1 : 1, hours, minutes;

	if (*s == 'Z' || *s == 'z')
		return s[1] == '\0';
	if (*s != '+' && *s != '-')
		return false;
	s++;
	hours = digits(&s, 2);
	if (hours < 0 || hours > 23 || !skip(&s, ':') ||
	    (minutes = digits(&s, 2)) < 0 || minutes > 59 || *s != '\0')
		return false;
	*at_ms -= sign * (hours * 60 + minutes) * (int64_t)60000;
	return *at_ms >= 0;
}

bool
clock_parse(const char *s, int64_t *at_ms)
{
	int year, month, day, h, m, sec;

	if ((year = digits(&s, 4)) < 1970 || !skip(&s, '-') ||
	    (month = digits(&s, 2)) < 1 || month > 12 || !skip(&s, '-') ||
	    (day = digits(&s, 2)) < 1 || day > days_in(year, month))
		return false;
	*at_ms = days_of(year, month, day) * 86400000;
	if (*s == '\0')
		return true;
	if ((!skip(&s, 'T') && !skip(&s, 't') && !skip(&s, ' ')) ||
	    (h = digits(&s, 2)) < 0 || h > 23 || !skip(&s, ':') ||
	    (m = digits(&s, 2)) < 0 || m > 59 || !skip(&s, ':') ||
	    (sec = digits(&s, 2)) < 0 || sec > 60)
		return false;
	*at_ms += ((h * 60 + m) * 60 + sec) * (int64_t)1000;
	if (skip(&s, '.'))
		*at_ms += fraction_ms(&s);
	return read_offset(s, at_ms);
}
