/*
 * cmd_approve.c - pawl approvals, approve and reject.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"

const struct cli_option approve_options[] = {
	{ "comment", 'm', "TEXT", "kept with the decision", false },
	{ "commit", 0, "SHA", "only if this is the commit that waits",
	    false },
	{ "force", 0, NULL, "although others are to decide; on the server "
	    "itself", false },
	{ NULL, 0, NULL, NULL, false },
};

static const char *
gate_run(const json_t *gate, struct arena *a)
{
	return arena_printf(a, "%s#%" PRId64, doc_text(gate, "repository"),
	    doc_int(gate, "run"));
}

int
cmd_approvals(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ NULL, DOC_MADE, TERM_BOLD, gate_run },
		{ "job", DOC_TEXT, TERM_PLAIN, NULL },
		{ "created_at", DOC_AGO, TERM_DIM, NULL },
		{ "reason", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	static const struct list list = { .path = "api/v1/approvals",
		.repo_path = "approvals", .key = "approvals",
		.columns = columns, .page = "approvals",
		.none = "nothing waits for an approval" };

	return list_run(cli, &list, err);
}

/* Of the run, or of the job that the second word names. */
static const char *
vote_path(struct cli *cli, const struct run_ref *ref, const char *act,
    struct err *err)
{
	const char *path = NULL;
	struct run_ref found;
	json_t *run, *job;

	if (cli->n_words == 1)
		return ref_run_path(cli, ref, act);
	run = ref_read_run(cli, cli->words[0], &found, err);
	job = run != NULL ? ref_job(run, cli->words[1], ref, err) : NULL;
	if (job != NULL)
		path = ref_run_path(cli, ref, arena_printf(&cli->arena,
		    "/jobs/%s%s", ref_encode(cli, doc_text(job, "key")),
		    act));
	json_decref(run);
	return path;
}

static int
vote(struct cli *cli, const char *act, const char *done, struct err *err)
{
	bool force = args_option(cli, "force") != NULL;
	struct run_ref ref;
	const char *path;
	json_t *body, *o;

	if (force && !source_is_local(cli->source))
		return err_set(err, ERR_UNSUPPORTED, "--force works only on "
		    "the server itself");
	if (ref_run(cli, cli->words[0], &ref, err) == -1)
		return -1;
	ref.attempt = 0; /* only the newest can wait */
	if ((path = vote_path(cli, &ref, act, err)) == NULL)
		return -1;
	body = json_pack("{s:s*, s:s*}", "comment", args_option(cli,
	    "comment"), "commit", args_option(cli, "commit"));
	if (body == NULL)
		return err_set(err, ERR_INVALID, "--comment is not UTF-8");
	if (force)
		json_object_set_new(body, "force", json_true());
	if ((o = source_change(cli->source, "POST", path, body, err)) == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	json_decref(o);
	printf("%s %s/%s#%" PRId64 "%s%s\n", done, ref.owner, ref.name,
	    ref.number, cli->n_words == 2 ? " " : "", cli->n_words == 2 ?
	    cli->words[1] : "");
	return CLI_OK;
}

int
cmd_approve(struct cli *cli, struct err *err)
{
	return vote(cli, "/approve", "approved", err);
}

int
cmd_reject(struct cli *cli, struct err *err)
{
	return vote(cli, "/reject", "rejected", err);
}
