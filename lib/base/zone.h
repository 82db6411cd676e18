/*
 * zone.h - time zones by the names of the system's database (tzdata).
 *
 * The zone of a time is found through the process's own (TZ), which is set for
 * the call and put back: not for programs with threads.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_ZONE_H
#define PAWL_BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#define ZONE_MAX_NAME 64

/* Is it "UTC", or a name that the host knows, such as "Europe/Berlin"? */
bool
zone_known(const char *name);

/* Seconds to add to UTC in a zone at a time; of a zone that is not known, 0. */
int
zone_offset_s(const char *name, int64_t utc_s);

#endif
