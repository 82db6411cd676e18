/*
 * backoff.h - how long to wait before the next try: pauses that double, and
 * a breaker that leaves alone who fails again and again. Pure: the time and
 * the chance are given. Numbers are in retries.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_BACKOFF_H
#define PAWL_BASE_BACKOFF_H

#include <stdint.h>

/*
 * The pause after the n-th failure (from 1): first_ms, doubled with each
 * further one, at most max_ms; then a quarter more or less, as `chance` (any
 * number) says, so that those who failed together do not come back together.
 */
int64_t
backoff_ms(int failures, int64_t first_ms, int64_t max_ms, uint32_t chance);

/* A number for `chance`. */
uint32_t
backoff_chance(void);

/* Whether somebody is asked at all. Zeroed is closed: all is well. */
struct breaker {
	int failures;     /* in a row */
	int64_t until_ms; /* nobody asks before; 0: anybody may */
};

enum breaker_state {
	BREAKER_CLOSED,    /* anybody may ask */
	BREAKER_OPEN,      /* nobody may, until until_ms */
	BREAKER_HALF_OPEN, /* one may, to find out */
};

enum breaker_state
breaker_state(const struct breaker *b, int64_t now_ms);

/* A failure that was the other side's or the network's: from the
 * RETRY_HOST_FAILURES-th on it opens, for longer each time: from
 * RETRY_HOST_FACTOR times the first pause of a message on. */
void
breaker_failed(struct breaker *b, int64_t now_ms, int64_t pause_ms,
    uint32_t chance);

/* The other side asks for a pause until then; that is no failure. */
void
breaker_pause(struct breaker *b, int64_t until_ms);

#endif
