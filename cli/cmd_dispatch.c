/*
 * cmd_dispatch.c - pawl dispatch: start a workflow by hand.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/delivery_out.h"
#include "cli/inputs.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/file.h"

#define PAYLOAD_MAX (64 * 1024)

const struct cli_option dispatch_options[] = {
	{ "ref", 0, "REF", "branch or full ref [the default branch]; HEAD is "
	    "the branch that is checked out here", false },
	{ "input", 'f', "NAME=VALUE", "an input; again for more", true },
	{ "event", 'e', "TYPE", "send a repository_dispatch of this type",
	    false },
	{ "payload", 0, "FILE", "its client_payload, a JSON object; - is "
	    "standard input", false },
	{ NULL, 0, NULL, NULL, false },
};

/* The branch or ref, or NULL; HEAD is not one that the server knows. */
static int
read_ref(struct cli *cli, const char **ref, struct err *err)
{
	*ref = args_option(cli, "ref");
	if (*ref == NULL || strcmp(*ref, "HEAD") != 0)
		return 0;
	*ref = ref_head(cli);
	return *ref != NULL ? 0 : err_set(err, ERR_NOT_FOUND, "--ref HEAD: no "
	    "branch is checked out here");
}

static json_t *
workflow_body(struct cli *cli, struct err *err)
{
	const char *ref;
	json_t *inputs = NULL, *body;

	if (read_ref(cli, &ref, err) == -1 ||
	    inputs_read(cli, &inputs, err) == -1)
		return NULL;
	body = json_pack("{s:s*, s:o*}", "ref", ref, "inputs", inputs);
	if (body == NULL)
		err_set(err, ERR_INVALID, "--ref is not UTF-8");
	return body;
}

static int
read_payload(const char *path, json_t **out, struct err *err)
{
	struct str text = STR_INIT;
	json_error_t at;
	int rc = 0;

	if (path == NULL)
		return 0;
	rc = file_read(path, PAYLOAD_MAX, &text, err);
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

static json_t *
event_body(struct cli *cli, const char *type, struct err *err)
{
	json_t *payload = NULL, *body;

	if (read_payload(args_option(cli, "payload"), &payload, err) == -1)
		return NULL;
	body = json_pack("{s:s, s:o*}", "event_type", type,
	    "client_payload", payload);
	if (body == NULL)
		err_set(err, ERR_INVALID, "--event is not UTF-8");
	return body;
}

int
cmd_dispatch(struct cli *cli, struct err *err)
{
	const char *type = args_option(cli, "event"), *path;
	json_t *body;

	if (cli->web && cli->n_words == 1)
		return web_page(cli, arena_printf(&cli->arena, "%s/dispatch",
		    cli->words[0]), err);
	if ((type != NULL) == (cli->n_words == 2))
		return cli_usage(cli, "give a workflow, or --event TYPE");
	path = ref_repo_path(cli, cli->words[0], type != NULL ? "dispatches" :
	    arena_printf(&cli->arena, "workflows/%s/dispatches",
	    ref_encode(cli, cli->words[1])), err);
	if (path == NULL)
		return -1;
	body = type != NULL ? event_body(cli, type, err) :
	    workflow_body(cli, err);
	return body == NULL ? -1 : delivery_send(cli, path, body, err);
}
