/*
 * web_page.c - see web_page.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/web_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/proc.h"

/* $BROWSER (https://specifications.freedesktop.org: xdg-open knows more). A
 * browser that does not start is no failure: the address was printed. */
static void
open_browser(const char *url)
{
	const char *own = getenv("BROWSER");
	const char *argv[] = { own != NULL && *own != '\0' ? own : "xdg-open",
		url, NULL };
	struct proc_spec spec = { .argv = argv, .in = PROC_NULL,
		.out = PROC_NULL, .err = PROC_NULL, .session = true };
	struct err ignored = { 0 };
	struct proc_end end;
	struct proc p = { 0 };

	if (proc_spawn(&spec, &p, &ignored) == 0)
		proc_wait(&p, 2000, &end, &ignored);
}

int
web_page(struct cli *cli, const char *page, struct err *err)
{
	const char *url = strstr(page, "://") != NULL ? page :
	    arena_printf(&cli->arena, "%s/%s", source_base_url(cli->source),
	    page);
	struct str safe = STR_INIT;

	(void)err;
	term_text(&safe, url);
	printf("%s\n", safe.s);
	fflush(stdout);
	if (isatty(STDOUT_FILENO) && (str_starts_with(url, "http://") ||
	    str_starts_with(url, "https://")))
		open_browser(url);
	str_release(&safe);
	return CLI_OK;
}
