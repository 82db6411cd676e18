/*
 * backoff.c - how long to wait before the next try.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/backoff.h"

#include <sodium.h>

#include "lib/base/retries.h"

/* A quarter more or less, in thousandths. */
#define SPREAD 250

int64_t
backoff_ms(int failures, int64_t first_ms, int64_t max_ms, uint32_t chance)
{
	int64_t pause = first_ms;
	int64_t share = 1000 - SPREAD + (int64_t)(chance % (2 * SPREAD + 1));

	for (int i = 1; i < failures && pause < max_ms; i++)
		pause *= 2;
	if (pause > max_ms)
		pause = max_ms;
	return pause / 1000 * share + pause % 1000 * share / 1000;
}

uint32_t
backoff_chance(void)
{
	return randombytes_random();
}

enum breaker_state
breaker_state(const struct breaker *b, int64_t now_ms)
{
	if (b->until_ms > now_ms)
		return BREAKER_OPEN;
	return b->failures >= RETRY_HOST_FAILURES ? BREAKER_HALF_OPEN :
	    BREAKER_CLOSED;
}

void
breaker_failed(struct breaker *b, int64_t now_ms, int64_t pause_ms,
    uint32_t chance)
{
	int over;

	/* It was under way when others failed: they have counted. */
	if (b->until_ms > now_ms)
		return;
	if (b->failures < INT32_MAX)
		b->failures++;
	over = b->failures - RETRY_HOST_FAILURES;
	if (over >= 0)
		b->until_ms = now_ms + backoff_ms(over + 1,
		    RETRY_HOST_FACTOR * pause_ms, RETRY_HOST_MAX_MS, chance);
}

void
breaker_pause(struct breaker *b, int64_t until_ms)
{
	if (until_ms > b->until_ms)
		b->until_ms = until_ms;
}
