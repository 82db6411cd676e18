/*
 * programs.c - see programs.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/programs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
program_path(const char *name, struct str *out)
{
	const char *dir = getenv("PAWL_LIBEXEC_DIR");

	/* Relative, it would mean another program after a change of folder. */
	if (dir == NULL || dir[0] != '/')
		dir = PAWL_LIBEXECDIR;
	str_addf(out, "%s/%s", dir, name);
}

bool
program_installed(const char *name)
{
	const char *dir = getenv("PATH");
	struct str path = STR_INIT;
	bool found = false;

	while (dir != NULL && *dir != '\0' && !found) {
		size_t len = strcspn(dir, ":");

		str_clear(&path);
		str_addf(&path, "%.*s/%s", (int)len, dir, name);
		found = dir[0] == '/' && access(path.s, X_OK) == 0;
		dir += len + (dir[len] == ':');
	}
	str_release(&path);
	return found;
}
