/*
 * cmd_dispatch.c - pawl dispatch: start a workflow by hand.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/inputs.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "lib/base/file.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch.h"
#include "lib/forge/dispatch_check.h"

#define PAYLOAD_MAX (64 * 1024)

const struct cli_option dispatch_options[] = {
	{ "ref", 0, "REF", "branch or full ref [the default branch]", false },
	{ "input", 'f', "NAME=VALUE", "an input; again for more", true },
	{ "event", 'e', "TYPE", "send a repository_dispatch of this type",
	    false },
	{ "payload", 0, "FILE", "its client_payload, a JSON object; - is "
	    "standard input", false },
	{ NULL, 0, NULL, NULL, false },
};

static int
send_workflow(struct cli *cli, const struct dispatch *d, char id[37],
    struct err *err)
{
	const char *ref = args_option(cli, "ref");
	struct workflow_row row;
	json_t *inputs = NULL;
	int rc;

	if (dispatch_find(cli->store, d->repo, cli->words[1], &cli->arena,
	    &row, err) == -1 || inputs_read(cli, &inputs, err) == -1)
		return -1;
	rc = dispatch_check(d->repo, &row, ref, inputs, &cli->arena, err);
	if (rc == 0)
		rc = dispatch_workflow(cli->store, d, row.path, ref, inputs,
		    id, err);
	json_decref(inputs);
	return rc;
}

static int
read_payload(const char *path, json_t **out, struct err *err)
{
	struct str text = STR_INIT;
	json_error_t at;
	int rc = 0;

	if (path == NULL)
		return 0;
	rc = strcmp(path, "-") == 0 ? file_read_fd(0, PAYLOAD_MAX, &text,
	    err) : file_read(path, PAYLOAD_MAX, &text, err);
	if (rc == 0)
		*out = json_loadb(text.s, text.len, JSON_REJECT_DUPLICATES,
		    &at);
	str_release(&text);
	if (rc == 0 && !json_is_object(*out)) {
		rc = *out != NULL ? err_set(err, ERR_INVALID,
		    "%s: the payload is a JSON object", path) :
		    err_set(err, ERR_INVALID, "%s:%d:%d: %s", path, at.line,
		    at.column, at.text);
		json_decref(*out);
	}
	return rc;
}

static int
send_event(struct cli *cli, const struct dispatch *d, const char *type,
    char id[37], struct err *err)
{
	json_t *payload = NULL;
	int rc;

	if (read_payload(args_option(cli, "payload"), &payload, err) == -1)
		return -1;
	rc = dispatch_repository(cli->store, d, type, payload, id, err);
	json_decref(payload);
	return rc;
}

int
cmd_dispatch(struct cli *cli, struct err *err)
{
	const char *type = args_option(cli, "event");
	struct repo repo;
	struct dispatch d = { &repo, cli_user(cli), cli_by(cli), NULL };
	char id[37];

	if ((type != NULL) == (cli->n_words == 2))
		return cli_usage(cli, "give a workflow, or --event TYPE");
	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	if ((type != NULL ? send_event(cli, &d, type, id, err) :
	    send_workflow(cli, &d, id, err)) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (cli->json)
		return json_out(cli, json_pack("{s:s}", "delivery", id), err);
	printf("%s\n", id);
	return CLI_OK;
}
