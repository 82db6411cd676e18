/*
 * cmd_db.c - pawl db: the database of this host.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include "lib/base/layout.h"
#include "lib/base/size.h"
#include "lib/store/backup.h"

static int64_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

int
cmd_db_check(struct cli *cli, struct err *err)
{
	if (store_check(cli->store, err) == -1)
		return -1;
	printf("sound, version %d\n", store_version_wanted());
	return CLI_OK;
}

int
cmd_db_backup(struct cli *cli, struct err *err)
{
	char size[SIZE_TEXT_SIZE];

	if (store_backup(cli->store, cli->words[0], err) == -1)
		return -1;
	printf("%s: %s\n", cli->words[0], size_text(size_of(cli->words[0]),
	    size));
	fprintf(stderr, "pawl: without hook.key and keys/ of the state folder "
	    "its secrets cannot be read; keep them elsewhere\n");
	return CLI_OK;
}

int
cmd_db_vacuum(struct cli *cli, struct err *err)
{
	char before[SIZE_TEXT_SIZE], after[SIZE_TEXT_SIZE];
	struct str path = STR_INIT;
	int rc;

	layout_db(&path, cli->config.state_dir);
	size_text(size_of(path.s), before);
	rc = store_vacuum(cli->store, err);
	if (rc == 0)
		printf("%s: %s, was %s\n", path.s, size_text(size_of(path.s),
		    after), before);
	str_release(&path);
	return rc == -1 ? -1 : CLI_OK;
}
