/*
 * setup.c - what stands between the command line and a command: the
 * configuration, the right user, the database.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/source.h"
#include "lib/base/layout.h"
#include "lib/store/audit.h"

int
cli_become_owner(const char *state_dir, struct err *err)
{
	struct passwd *pw;
	struct stat st;

	if (geteuid() != 0 || stat(state_dir, &st) == -1 || st.st_uid == 0)
		return 0;
	pw = getpwuid(st.st_uid);
	if (pw ? initgroups(pw->pw_name, pw->pw_gid) : setgroups(0, NULL))
		return err_errno(err, "changing groups to those of user %ld",
		    (long)st.st_uid);
	if (setgid(pw ? pw->pw_gid : st.st_gid) == -1 ||
	    setuid(st.st_uid) == -1)
		return err_errno(err, "changing to user %ld, the owner of %s",
		    (long)st.st_uid, state_dir);
	return 0;
}

int
cli_open_store(struct cli *cli, struct err *err)
{
	struct str path = STR_INIT;
	int r;

	layout_db(&path, cli->config.state_dir);
	r = store_open(&cli->store, path.s, STORE_EXISTING, err);
	str_release(&path);
	if (r == 0)
		store_act_for(cli->store, cli_by(cli), NULL);
	return r;
}

/* What is not of the API works where the database is. */
static int
check_here(const struct cli *cli, struct err *err)
{
	const char *server = cli->server != NULL ? cli->server :
	    getenv("PAWL_SERVER");

	if (server == NULL || *server == '\0' || strcmp(server, "local") == 0)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "\"pawl %s\" works only on the "
	    "server itself, not through %s", cli->command->name, server);
}

int
cli_setup(struct cli *cli, unsigned needs, struct err *err)
{
	if (needs & CLI_NEED_SOURCE)
		return source_open(cli, err);
	if ((needs & CLI_NEED_STORE) && check_here(cli, err) == -1)
		return -1;
	if (!(needs & CLI_NEED_CONFIG))
		return 0;
	if (config_load(cli->config_file, &cli->arena, &cli->config, NULL,
	        err) == -1)
		return -1;
	/* Files such as secrets were read above with the caller's rights. */
	if (!(needs & CLI_AS_CALLER) &&
	    cli_become_owner(cli->config.state_dir, err) == -1)
		return -1;
	return needs & CLI_NEED_STORE ? cli_open_store(cli, err) : 0;
}

static const char *
login_name(struct cli *cli)
{
	const struct passwd *pw = getpwuid(cli->caller);

	return pw != NULL ? arena_strdup(&cli->arena, pw->pw_name) :
	    arena_printf(&cli->arena, "user %ld", (long)cli->caller);
}

const char *
cli_user(struct cli *cli)
{
	const char *sudo = cli->caller == 0 ? getenv("SUDO_USER") : NULL;

	return sudo != NULL && *sudo != '\0' ? sudo : login_name(cli);
}

const char *
cli_caller(struct cli *cli)
{
	const char *user = cli_user(cli), *name = login_name(cli);

	return strcmp(user, name) == 0 ? name :
	    arena_printf(&cli->arena, "%s as %s", user, name);
}

const char *
cli_by(struct cli *cli)
{
	return arena_printf(&cli->arena, "%s (command line)",
	    cli_caller(cli));
}

int
cli_exit_code(const struct err *err)
{
	switch (err->code) {
	case ERR_NOT_FOUND:
		return CLI_NOT_FOUND;
	case ERR_DENIED:
		return CLI_DENIED;
	case ERR_BUSY:
	case ERR_TIMEOUT:
	case ERR_UNAVAILABLE:
		return CLI_UNAVAILABLE;
	case ERR_NONE:
	case ERR_INVALID:
	case ERR_EXISTS:
	case ERR_TOO_LARGE:
	case ERR_CONFLICT:
	case ERR_UNSUPPORTED:
	case ERR_IO:
	case ERR_CORRUPT:
	case ERR_BUG:
		break;
	}
	return CLI_FAILED;
}
