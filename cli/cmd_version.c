/*
 * cmd_version.c - pawl version.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include "cli/json_out.h"

int
cmd_version(struct cli *cli, struct err *err)
{
	if (cli->json)
		return json_out(cli, json_pack("{s:s, s:i}", "version",
		    PACKAGE_VERSION, "database", store_version_wanted()), err);
	printf("pawl %s (database version %d)\n", PACKAGE_VERSION,
	    store_version_wanted());
	return CLI_OK;
}
