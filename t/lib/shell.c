/*
 * shell.c - a few lines of shell for tests in C.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/lib/shell.h"

#include <stdlib.h>

#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

static const char start[] = "export GIT_CONFIG_GLOBAL=/dev/null "
    "GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=a@b "
    "GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=a@b\nset -e\n";

const char *
shell_path(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", tap_dir(), name);
}

const char *
shell_run(struct arena *a, const char *folder, const char *script)
{
	const char *text = arena_printf(a, "%s%s", start, script), *kept;
	struct proc_spec spec = { .argv = (const char *const[]){ "sh", "-c",
	    text, NULL }, .cwd = shell_path(a, folder) };
	struct str out = STR_INIT;
	struct err err = { 0 };

	if (proc_run_ok(&spec, NULL, 65536, 60000, &out, &err) == -1) {
		tap_note("%s: %s", script, err.text);
		abort();
	}
	if (out.len > 0 && out.s[out.len - 1] == '\n')
		str_cut(&out, out.len - 1);
	kept = arena_strdup(a, out.s);
	str_release(&out);
	return kept;
}
