/*
 * cmd_sweep.c - pawl admin sweep: the janitor, now.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <unistd.h>
#include "lib/base/programs.h"

const struct cli_option sweep_options[] = {
	{ "dry-run", 'n', NULL, "say what would be removed, and remove "
	                        "nothing" },
	{ NULL, 0, NULL, NULL },
};

/* It becomes the janitor: its log goes to standard error, its exit code is
 * ours. */
int
cmd_admin_sweep(struct cli *cli, struct err *err)
{
	struct str path = STR_INIT;
	const char *argv[5];
	int n = 0;

	program_path("pawl-janitor", &path);
	argv[n++] = path.s;
	if (cli->config_file != NULL) {
		argv[n++] = "--config";
		argv[n++] = cli->config_file;
	}
	if (args_option(cli, "dry-run") != NULL)
		argv[n++] = "--dry-run";
	argv[n] = NULL;
	execv(path.s, (char *const *)argv);
	err_errno(err, "cannot start \"%s\"", path.s);
	str_release(&path);
	return -1;
}
