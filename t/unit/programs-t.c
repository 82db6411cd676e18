/*
 * programs-t.c - where programs are looked for.
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

static void
test_installed(void)
{
	setenv("PATH", "bin:/none::/bin:/usr/bin", 1);
	ok(program_installed("sh"), "sh is in one of the folders");
	ok(!program_installed("no-such-program"), "another is in none");
	setenv("PATH", "bin:.", 1);
	ok(!program_installed("sh"), "folders that move do not count");
	unsetenv("PATH");
	ok(!program_installed("sh"), "without PATH nothing is found");
}

int
main(void)
{
	looks_in(NULL, PAWL_LIBEXECDIR "/pawl-init");
	looks_in("", PAWL_LIBEXECDIR "/pawl-init");
	looks_in("libexec", PAWL_LIBEXECDIR "/pawl-init");
	looks_in("/build/libexec", "/build/libexec/pawl-init");
	test_installed();
	return tap_done();
}
