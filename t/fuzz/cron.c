/*
 * cron.c - fuzz: a schedule.
 *
 * What is accepted fires, if at all, in a minute of its sets and in none
 * between; what is refused is refused within its text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/pipeline/cron.h"
#include "t/fuzz/require.h"

#define START 1770000000 /* seconds since 1970, a whole minute */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_next(const struct cron *c, int64_t from)
{
	int64_t next, again;
	time_t t;
	struct tm tm;
	int gap = cron_shortest_gap_min(c);

	require(gap >= 1 && gap <= 24 * 60);
	if (!cron_next(c, from, NULL, &next))
		return;
	t = (time_t)next;
	gmtime_r(&t, &tm);
	require(next > from && tm.tm_sec == 0);
	require(c->minutes >> tm.tm_min & 1);
	require(c->hours >> tm.tm_hour & 1);
	require(c->months >> (tm.tm_mon + 1) & 1);
	require((c->days >> tm.tm_mday & 1) || (c->weekdays >> tm.tm_wday & 1));
	require(cron_next(c, next - 1, NULL, &again) && again == next);
	if (cron_next(c, next, NULL, &again))
		require(again >= next + gap * 60);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { ERR_NONE, "" };
	char *text = malloc(size + 1); /* without a NUL */
	size_t at, len;
	struct cron c;

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	if (cron_parse(text, size, &c, &at, &len, &err) == -1) {
		require(at <= size && len > 0 && err.text[0] != '\0');
	} else {
		require(c.minutes && c.hours && c.days && c.months &&
		    c.weekdays);
		check_next(&c, START);
		check_next(&c, START + (int64_t)size * 86400);
	}
	free(text);
	return 0;
}
