/*
 * sandbox_known.c - that the sandbox was found to work here.
 *
 * Trying it takes as long as starting a job in it, and what it depends on
 * seldom changes. So a try that went well is remembered beside the sockets,
 * for this user until the next boot, or until a sandbox does not start. To
 * remember nothing costs a try for each job.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define MAX_BYTES 128

/* What the file says when it holds. False: that cannot be known. */
static bool
wanted(struct str *out)
{
	if (file_read(BOOT_ID, MAX_BYTES, out, NULL) == -1)
		return false;
	str_addf(out, "%ld\n", (long)geteuid());
	return true;
}

/* False: a configuration without a place for it. */
static bool
place(const struct config *config, struct str *out)
{
	if (config->run_dir == NULL)
		return false;
	str_addf(out, "%s/sandbox-works", config->run_dir);
	return true;
}

bool
sandbox_known(const struct config *config)
{
	struct str path = STR_INIT, want = STR_INIT, got = STR_INIT;
	bool known;

	known = place(config, &path) && wanted(&want) &&
	    file_read(path.s, MAX_BYTES, &got, NULL) == 0 &&
	    strcmp(want.s, got.s) == 0;
	str_release(&path);
	str_release(&want);
	str_release(&got);
	return known;
}

void
sandbox_remember(const struct config *config, bool works)
{
	struct str path = STR_INIT, text = STR_INIT;

	if (!place(config, &path))
		return;
	if (!works)
		(void)unlink(path.s);
	else if (access(config->run_dir, W_OK) == 0 && wanted(&text))
		(void)file_replace(path.s, text.s, text.len, 0644, false,
		    NULL);
	str_release(&path);
	str_release(&text);
}
