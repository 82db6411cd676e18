/*
 * programs.c - see programs.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/programs.h"

#include <stdlib.h>

void
program_path(const char *name, struct str *out)
{
	const char *dir = getenv("PAWL_LIBEXEC_DIR");

	/* Relative, it would mean another program after a change of folder. */
	if (dir == NULL || dir[0] != '/')
		dir = PAWL_LIBEXECDIR;
	str_addf(out, "%s/%s", dir, name);
}
