/*
 * cmd_cancel.c - pawl cancel and rerun: the end of a run, or its next attempt.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"

const struct cli_option rerun_options[] = {
	{ "failed", 'f', NULL, "only what failed or was cancelled", false },
	{ "job", 'j', "KEY", "only this job, as \"pawl show --json\" names "
	                     "it", false },
	{ "debug", 'd', NULL, "steps say more: RUNNER_DEBUG is 1", false },
	{ NULL, 0, NULL, NULL, false },
};

/* Of the run, or of the job that the second word names. */
static const char *
cancel_path(struct cli *cli, const struct run_ref *ref, struct err *err)
{
	const char *path = NULL;
	struct run_ref found;
	json_t *run, *job;

	if (cli->n_words == 1)
		return ref_run_path(cli, ref, "/cancel");
	run = ref_read_run(cli, cli->words[0], &found, err);
	job = run != NULL ? ref_job(run, cli->words[1], ref, err) : NULL;
	if (job != NULL)
		path = ref_run_path(cli, ref, arena_printf(&cli->arena,
		    "/jobs/%s/cancel", ref_encode(cli, doc_text(job,
		    "key"))));
	json_decref(run);
	return path;
}

int
cmd_cancel(struct cli *cli, struct err *err)
{
	struct run_ref ref;
	const char *path;
	json_t *run;

	if (ref_run(cli, cli->words[0], &ref, err) == -1)
		return -1;
	ref.attempt = 0; /* only the newest can be going on */
	if ((path = cancel_path(cli, &ref, err)) == NULL ||
	    (run = source_change(cli->source, "POST", path, NULL, err)) ==
	    NULL)
		return -1;
	if (cli->json)
		return json_out(cli, run, err);
	json_decref(run);
	printf("cancelling %s/%s#%" PRId64 "%s%s\n", ref.owner, ref.name,
	    ref.number, cli->n_words == 2 ? " " : "", cli->n_words == 2 ?
	    cli->words[1] : "");
	return CLI_OK;
}

int
cmd_rerun(struct cli *cli, struct err *err)
{
	const char *job = args_option(cli, "job");
	json_t *body = json_pack("{s:b, s:b, s:s*}", "failed",
	    args_option(cli, "failed") != NULL, "debug",
	    args_option(cli, "debug") != NULL, "job", job);
	struct run_ref ref;
	json_t *run;

	if (body == NULL)
		return err_set(err, ERR_INVALID, "--job is not UTF-8");
	if (ref_run(cli, cli->words[0], &ref, err) == -1) {
		json_decref(body);
		return -1;
	}
	ref.attempt = 0; /* an attempt is made of the newest */
	run = source_change(cli->source, "POST", ref_run_path(cli, &ref,
	    "/rerun"), body, err);
	if (run == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, run, err);
	printf("running %s/%s#%" PRId64 " again: attempt %" PRId64 ", %s\n",
	    ref.owner, ref.name, ref.number, doc_int(run, "attempt"),
	    doc_text(run, "rerun"));
	json_decref(run);
	return CLI_OK;
}
