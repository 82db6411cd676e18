/*
 * programs-t.c - where Pawl's own programs are looked for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>

#include "lib/base/programs.h"
#include "t/lib/tap.h"

static void
looks_in(const char *variable, const char *want)
{
	struct str path = STR_INIT;

	if (variable != NULL)
		setenv("PAWL_LIBEXEC_DIR", variable, 1);
	else
		unsetenv("PAWL_LIBEXEC_DIR");
	program_path("pawl-init", &path);
	is_str(path.s, want, "PAWL_LIBEXEC_DIR=%s",
	    variable != NULL ? variable : "(unset)");
	str_release(&path);
}

int
main(void)
{
	looks_in(NULL, PAWL_LIBEXECDIR "/pawl-init");
	looks_in("", PAWL_LIBEXECDIR "/pawl-init");
	looks_in("libexec", PAWL_LIBEXECDIR "/pawl-init");
	looks_in("/build/libexec", "/build/libexec/pawl-init");
	return tap_done();
}
