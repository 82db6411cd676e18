/*
 * size.c - numbers of bytes, as people write and read them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

#define KI 1024.0
#define K 1000.0

static const struct {
	const char *name;
	double bytes;
} units[] = {
	{ "", 1 },
	{ "b", 1 },
	{ "byte", 1 },
	{ "bytes", 1 },
	{ "k", KI },
	{ "kb", K },
	{ "kib", KI },
	{ "m", KI * KI },
	{ "mb", K * K },
	{ "mib", KI * KI },
	{ "g", KI * KI * KI },
	{ "gb", K * K * K },
	{ "gib", KI * KI * KI },
	{ "t", KI * KI * KI * KI },
	{ "tb", K * K * K * K },
	{ "tib", KI * KI * KI * KI },
};

static bool
find_unit(const char *name, double *bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcasecmp(name, units[i].name) == 0) {
			*bytes = units[i].bytes;
			return true;
		}
	return false;
}

bool
size_parse(const char *s, int64_t *out)
{
	size_t digits = strspn(s, "0123456789.");
	char *end;
	double value, unit;

	/* Nothing here that strtod() takes beyond digits and one point. */
	if (digits == 0 || digits > 20 || s[0] == '.')
		return false;
	value = strtod(s, &end);
	if (end != s + digits)
		return false;
	end += strspn(end, " ");
	if (!find_unit(end, &unit) || value * unit >= 9e18)
		return false;
	*out = (int64_t)(value * unit);
	return true;
}

const char *
size_text(int64_t bytes, char buf[SIZE_TEXT_SIZE])
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / KI;
	size_t i = 0;

	if (bytes < (int64_t)KI) {
		snprintf(buf, SIZE_TEXT_SIZE, "%" PRId64 " bytes", bytes);
		return buf;
	}
	for (; i + 1 < ARRAY_LEN(names) && value >= KI; i++)
		value /= KI;
	snprintf(buf, SIZE_TEXT_SIZE, value == (double)(int64_t)value ?
	    "%.0f %s" : "%.1f %s", value, names[i]);
	return buf;
}
