/*
 * zone.c - time zones by name.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/str.h"

/* Where tzset(3) looks. */
#define ZONE_DIR "/usr/share/zoneinfo"

/* A name from outside becomes part of a path, and of TZ, where a colon, a comma
 * or digits at the wrong place mean something else. */
static bool
is_name(const char *name)
{
	return strlen(name) <= ZONE_MAX_NAME && name[0] != '/' &&
	    strstr(name, "..") == NULL && strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_+-/") == strlen(name);
}

bool
zone_known(const char *name)
{
	struct str path = STR_INIT;
	struct stat st;
	bool known;

	if (strcmp(name, "UTC") == 0)
		return true;
	if (*name == '\0' || !is_name(name))
		return false;
	str_addf(&path, ZONE_DIR "/%s", name);
	known = stat(path.s, &st) == 0 && S_ISREG(st.st_mode);
	str_release(&path);
	return known;
}

static void
set_zone(const char *value)
{
	if (value != NULL)
		setenv("TZ", value, 1);
	else
		unsetenv("TZ");
	tzset();
}

int
zone_offset_s(const char *name, int64_t utc_s)
{
	const char *now = getenv("TZ");
	time_t at = (time_t)utc_s;
	struct str before = STR_INIT, file = STR_INIT;
	struct tm tm = { 0 };

	if (strcmp(name, "UTC") == 0 || !zone_known(name))
		return 0;
	if (now != NULL)
		str_add(&before, now);
	str_addf(&file, ":%s", name);
	set_zone(file.s);
	localtime_r(&at, &tm);
	set_zone(now != NULL ? before.s : NULL);
	str_release(&before);
	str_release(&file);
	return (int)tm.tm_gmtoff;
}
