/*
 * clock.h - time. Stored times are milliseconds since 1970 UTC (suffix _ms
 * on a field that ends in `at` or on a duration); intervals are measured on
 * the monotonic clock, never by subtracting wall-clock times.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_CLOCK_H
#define PAWL_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Wall clock, milliseconds since 1970 UTC. */
int64_t
clock_now_ms(void);

/* Let the wall clock of this process stand at a time, for tests and
 * simulations; 0: it goes again. */
void
clock_stand_at(int64_t at_ms);

/* Monotonic clock in milliseconds; only differences mean anything. */
int64_t
clock_mono_ms(void);

#define CLOCK_TEXT_SIZE 32

/* "2026-11-21T12:00:00.123Z" (RFC 3339) into `buf`; returns `buf`. */
const char *
clock_rfc3339(int64_t at_ms, char buf[CLOCK_TEXT_SIZE]);

/* Read such a time, with any offset, or a day alone ("2026-11-21": its first
 * millisecond in UTC), from 1970 to 9999. False when it is none. */
bool
clock_parse(const char *s, int64_t *at_ms);

/* A duration for people: "850 ms", "12 s", "3 min 5 s", "2 h 10 min". */
const char *
clock_duration(int64_t duration_ms, char buf[CLOCK_TEXT_SIZE]);

/*
 * Read a duration with a unit: "90", "90s", "1.5h", "250ms", "2 min", "1d".
 * Without a unit the number counts `default_unit_ms`. False when it is not
 * one, is negative, or does not fit into 63 bits.
 */
bool
clock_parse_duration(const char *s, int64_t default_unit_ms, int64_t *out_ms);

#endif
