/*
 * cmd_hold.c - pawl queue pause, resume and limit; drain and resume.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/store/queue_hold.h"

#define SCOPE_OPTIONS \
	{ "repo", 'r', "OWNER/NAME", "only jobs of this repository", false }, \
	{ "owner", 'o', "OWNER", "only jobs of this owner", false }
#define REASON_OPTION \
	{ "reason", 0, "TEXT", "said to everybody whose job waits", false }

const struct cli_option queue_pause_options[] = {
	SCOPE_OPTIONS, REASON_OPTION, { NULL, 0, NULL, NULL, false },
};
const struct cli_option queue_resume_options[] = {
	SCOPE_OPTIONS, { NULL, 0, NULL, NULL, false },
};
const struct cli_option queue_limit_options[] = {
	{ "repo", 'r', "OWNER/NAME", "of this repository", false },
	{ "owner", 'o', "OWNER", "of this owner", false },
	{ "label", 'l', "LABEL", "that ask for this label in runs-on", false },
	{ NULL, 0, NULL, NULL, false },
};
const struct cli_option drain_options[] = {
	REASON_OPTION, { NULL, 0, NULL, NULL, false },
};

/* --- pauses --------------------------------------------------------------- */

/* Whose jobs, in words; and the path of what is done with them. */
static const char *
scope_path(struct cli *cli, const char *act, const char **name,
    struct err *err)
{
	const char *repo = args_option(cli, "repo");
	const char *owner = args_option(cli, "owner");

	*name = repo != NULL ? repo : owner != NULL ? owner : "the queue";
	if (repo != NULL && owner != NULL) {
		err_set(err, ERR_INVALID, "--repo and --owner do not go "
		    "together");
		return NULL;
	}
	if (repo != NULL)
		return ref_repo_path(cli, repo, arena_printf(&cli->arena,
		    "queue/%s", act), err);
	return owner != NULL ? arena_printf(&cli->arena,
	    "api/v1/owners/%s/queue/%s", ref_encode(cli, owner), act) :
	    arena_printf(&cli->arena, "api/v1/queue/%s", act);
}

static int
hold(struct cli *cli, const char *path, const char *reason,
    const char *done, const char *name, struct err *err)
{
	json_t *body = reason != NULL ? json_pack("{s:s}", "reason", reason) :
	    NULL;
	json_t *o = source_change(cli->source, "POST", path, body, err);

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	json_decref(o);
	printf("%s %s\n", done, name);
	return CLI_OK;
}

int
cmd_queue_pause(struct cli *cli, struct err *err)
{
	const char *name, *path = scope_path(cli, "pause", &name, err);

	return path == NULL ? -1 : hold(cli, path, args_option(cli,
	    "reason"), "paused", name, err);
}

int
cmd_queue_resume(struct cli *cli, struct err *err)
{
	const char *name, *path = scope_path(cli, "resume", &name, err);

	return path == NULL ? -1 : hold(cli, path, NULL, "resumed", name,
	    err);
}

int
cmd_drain(struct cli *cli, struct err *err)
{
	return hold(cli, "api/v1/queue/drain", args_option(cli, "reason"),
	    "draining", "the host", err);
}

int
cmd_resume(struct cli *cli, struct err *err)
{
	return hold(cli, "api/v1/queue/undrain", NULL, "resumed", "the host",
	    err);
}

/* --- limits --------------------------------------------------------------- */

/* The number, or null for "none". NULL with err. */
static json_t *
read_limit(const char *text, struct err *err)
{
	long long max;

	if (strcmp(text, "none") == 0)
		return json_null();
	if (str_to_int64(text, 0, QUEUE_MAX_LIMIT, &max))
		return json_integer(max);
	err_set(err, ERR_INVALID, "\"%s\" is not \"none\" nor a number from "
	    "0 to %d", text, QUEUE_MAX_LIMIT);
	return NULL;
}

int
cmd_queue_limit(struct cli *cli, struct err *err)
{
	const char *label = args_option(cli, "label"), *name = "";
	bool scoped = args_option(cli, "repo") != NULL ||
	    args_option(cli, "owner") != NULL;
	const char *path = NULL;
	json_t *max;

	if (scoped == (label != NULL))
		return err_set(err, ERR_INVALID, "one of --repo, --owner and "
		    "--label says whose limit it is; that of the host is "
		    "\"max-jobs\" of the configuration");
	if ((max = read_limit(cli->words[0], err)) == NULL)
		return -1;
	if (label == NULL)
		path = scope_path(cli, "limit", &name, err);
	else
		path = arena_printf(&cli->arena, "api/v1/queue/labels/%s/"
		    "limit", ref_encode(cli, label));
	if (path == NULL || source_do(cli->source, "PUT", path,
	    json_pack("{s:O}", "limit", max), err) == -1)
		return -1;
	name = label != NULL ? label : name;
	if (json_is_null(max))
		printf("%s has no limit of its own\n", name);
	else
		printf("at most %s jobs of %s run at once\n", cli->words[0],
		    name);
	json_decref(max);
	return CLI_OK;
}
