/*
 * shell.c - the command line that runs a step's script.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/engine/engine.h"

/* Outside of the workspace, so that a step does not find its own script
 * among its sources. */
#define SCRIPT_PATH ENGINE_SCRIPT_DIR "/.pawl-step-%d%s"

/* The two defaults run without a step having asked, so they have names that
 * nobody writes: bash as default is not "bash" (no pipefail). */
const char *const shell_default_first = "bash -e {0}";
const char *const shell_default_second = "sh -e {0}";

static const struct {
	const char *name, *template, *suffix;
	const char *other; /* see struct shell_command */
	const char *before, *after; /* lines around the script */
} shells[] = {
	{ "bash", "bash --noprofile --norc -eo pipefail {0}", ".sh", NULL,
	    "", "" },
	{ "sh", "sh -e {0}", ".sh", NULL, "", "" },
	{ "python", "python {0}", ".py", "python3", "", "" },
	/* GitHub has the script called by a command, so that an end of it is
	 * the shell's; -File is the same without quotes. */
	{ "pwsh", "pwsh -NoProfile -NonInteractive -File {0}", ".ps1", NULL,
	    "$ErrorActionPreference = 'stop'\n",
	    "\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) "
	    "{ exit $LASTEXITCODE }" },
};

/* Put `script` in place of each "{0}" of a word. */
static const char *
fill_in(struct arena *a, const char *word, size_t len, const char *script,
    int *found)
{
	struct str out = STR_INIT;
	const char *filled;

	for (size_t i = 0; i < len; i++) {
		if (len - i >= 3 && memcmp(word + i, "{0}", 3) == 0) {
			str_add(&out, script);
			(*found)++;
			i += 2;
		} else {
			str_add_char(&out, word[i]);
		}
	}
	filled = arena_strndup(a, out.s, out.len);
	str_release(&out);
	return filled;
}

int
shell_command(const char *shell, int number, struct arena *a,
    struct shell_command *out, struct err *err)
{
	const char *template = shell, *suffix = ".sh", *p;
	size_t n = 0, len;
	int found = 0;

	out->before = out->after = "";
	out->other = NULL;
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (strcmp(shells[i].name, shell) == 0) {
			out->before = shells[i].before;
			out->after = shells[i].after;
			out->other = shells[i].other;
			template = shells[i].template;
			suffix = shells[i].suffix;
		}
	}
	out->argv = NULL;
	out->script = arena_printf(a, SCRIPT_PATH, number, suffix);
	for (p = template; *p != '\0'; p += len) {
		p += strspn(p, " \t\n");
		len = strcspn(p, " \t\n");
		if (len > 0)
			*(const char **)arena_push(a, &out->argv, &n,
			    sizeof(*out->argv)) =
			    fill_in(a, p, len, out->script, &found);
	}
	arena_push(a, &out->argv, &n, sizeof(*out->argv));
	if (found == 0)
		return err_set(err, ERR_INVALID, "the shell \"%s\" is not "
		    "known; a command line of its own needs \"{0}\" where the "
		    "script's path belongs", shell);
	return 0;
}
