/*
 * source_choose.c - which source a command asks.
 *
 * Whoever may open the database of this host means that one unless told
 * otherwise: cron and hooks on the server need no token.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/servers.h"
#include "lib/base/layout.h"

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static int
open_here(struct cli *cli, struct err *err)
{
	return cli_setup(cli, CLI_NEED_CONFIG | CLI_NEED_STORE, err) == -1 ?
	    -1 : source_open_local(cli, &cli->source, err);
}

/* May the database of this host be used? */
static bool
is_here(struct cli *cli)
{
	struct err ignored = { 0 };
	struct str path = STR_INIT;
	struct config config;
	bool here;

	if (cli->config_file != NULL || variable("PAWL_CONFIG") != NULL)
		return true;
	if (config_load(NULL, &cli->arena, &config, NULL, &ignored) == -1)
		return false;
	layout_db(&path, config.state_dir);
	here = access(path.s, R_OK | W_OK) == 0;
	str_release(&path);
	return here;
}

/* The token of the environment is for PAWL_SERVER, or for the server of the
 * command line when that is the only one that is named. */
static const char *
token_for(const char *server)
{
	const char *usual = variable("PAWL_SERVER");

	return usual == NULL || strcmp(usual, server) == 0 ?
	    variable("PAWL_TOKEN") : NULL;
}

static int
open_server(struct cli *cli, const char *wanted, const struct servers *list,
    struct err *err)
{
	struct server_entry e = { .name = wanted };
	const struct server_entry *known = servers_find(list, wanted);

	if (known != NULL)
		e = *known;
	else if (strchr(wanted, '.') == NULL && strchr(wanted, ':') == NULL)
		return err_set(err, ERR_NOT_FOUND, "no server is called "
		    "\"%s\"; \"pawl servers\" lists them, \"pawl login URL\" "
		    "adds one", wanted);
	else if (servers_url(wanted, &cli->arena, &e.url, err) == -1)
		return -1;
	if (known == NULL && (known = servers_find(list, e.url)) != NULL)
		e = *known;
	if (token_for(wanted) != NULL)
		e.token = token_for(wanted);
	return source_open_http(&e, &cli->source, err);
}

int
source_open(struct cli *cli, struct err *err)
{
	const char *wanted = cli->server != NULL ? cli->server :
	    variable("PAWL_SERVER");
	struct servers list;

	if (wanted != NULL ? strcmp(wanted, "local") == 0 : is_here(cli))
		return open_here(cli, err);
	if (servers_load(&list, &cli->arena, err) == -1)
		return -1;
	if (wanted == NULL)
		wanted = list.usual;
	return wanted != NULL ? open_server(cli, wanted, &list, err) :
	    open_here(cli, err);
}
