/*
 * cmd_migrate.c - pawl admin migrate: make the state directory and its
 * database, or bring them up to this program's version.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include "lib/base/file.h"
#include "lib/base/layout.h"

/*
 * Others may pass through the state directory to what nginx serves in
 * public/ and private/, and not list it. Folders that are there keep their mode.
 */
static int
make_folders(const struct config *config, struct err *err)
{
	struct str public = STR_INIT, private = STR_INIT;
	int r = -1;

	str_addf(&public, "%s/public", config->state_dir);
	str_addf(&private, "%s/private", config->state_dir);
	if (file_mkdirs(config->state_dir, 0751, err) == 0 &&
	    file_mkdirs(public.s, 0755, err) == 0 &&
	    file_mkdirs(private.s, 0711, err) == 0 &&
	    file_mkdirs(config->run_dir, 0755, err) == 0)
		r = 0;
	str_release(&public);
	str_release(&private);
	return r;
}

/* Is there a database, at this program's version? */
static bool
is_current(const char *path)
{
	struct store *st = NULL;
	struct err ignored = { 0 };
	bool current = store_open(&st, path, STORE_EXISTING, &ignored) == 0;

	store_close(st);
	return current;
}

int
cmd_admin_migrate(struct cli *cli, struct err *err)
{
	struct str path = STR_INIT;
	bool current;
	int r = -1;

	layout_db(&path, cli->config.state_dir);
	if (make_folders(&cli->config, err) == -1)
		goto out;
	current = is_current(path.s);
	if (store_open(&cli->store, path.s, STORE_MIGRATE, err) == -1)
		goto out;
	printf("%s: version %d%s\n", path.s, store_version_wanted(),
	    current ? ", nothing to do" : "");
	r = CLI_OK;
out:
	str_release(&path);
	return r;
}
