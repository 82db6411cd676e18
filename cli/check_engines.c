/*
 * check_engines.c - does an engine work, so that jobs can run?
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/check.h"

#include <string.h>
#include "lib/base/mem.h"
#include "lib/engine/engine.h"

/* An engine that the configuration names must work; of "auto" one must. */
void
check_engines(struct checks *c)
{
	static const char *const names[] = { "sandbox", "docker" };
	const char *wanted = c->cli->config.engine;
	bool all = !strcmp(wanted, "auto");
	size_t good = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str about = STR_INIT;
		struct err err = { 0 };

		if (!all && strcmp(wanted, names[i]))
			continue;
		if (engine_probe(names[i], &c->cli->config, &about,
		        &err) == 0) {
			good++;
			check_add(c, "engine", CHECK_OK, NULL, "%s", about.s);
		} else {
			check_add(c, "engine", all ? CHECK_WARN : CHECK_FAIL,
			    NULL, "%s: %s", names[i], err.text);
		}
		str_release(&about);
	}
	if (all && good == 0)
		check_add(c, "engine", CHECK_FAIL,
		    "install bubblewrap, or start docker or podman",
		    "no engine works, so no job can run");
}
