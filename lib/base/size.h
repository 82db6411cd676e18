/*
 * size.h - numbers of bytes, as people write and read them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_SIZE_H
#define PAWL_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Read a size: "1048576", "1 MiB", "64k", "2GB". kB, MB, GB, TB count by
 * 1000, KiB, MiB, GiB, TiB by 1024, and so do the single letters k, m, g, t,
 * as in nginx. Parts are fine ("1.5 GiB"). False, leaving *out alone, when it
 * is none, is negative, or does not fit.
 */
bool
size_parse(const char *s, int64_t *out);

#define SIZE_TEXT_SIZE 32

/* "512 bytes", "1.5 KiB", "20 MiB": into `buf`, which is returned. */
const char *
size_text(int64_t bytes, char buf[SIZE_TEXT_SIZE]);

#endif
