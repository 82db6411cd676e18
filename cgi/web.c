/*
 * web.c - pawl-web: the pages.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/page.h"
#include "lib/base/mem.h"

static const struct route routes[] = {
	{ METHOD_GET, "", 0, page_runs },
	{ METHOD_GET, "badge/{owner}/{file}", 0, page_badge },
	{ METHOD_GET, "{owner}/{repo}", 0, page_repo },
	{ METHOD_GET, "{owner}/{repo}/runs/{run}", 0, page_run },
	{ METHOD_GET, "{owner}/{repo}/runs/{run}/jobs/{job}", 0, page_job },
};

int
main(int argc, char **argv)
{
	static const struct web_app app = {
		"pawl-web", routes, ARRAY_LEN(routes), page_error,
	};

	return web_main(&app, argc, argv);
}
