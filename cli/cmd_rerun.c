/*
 * cmd_rerun.c - pawl rerun: the next attempt of a run.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/rerun.h"

const struct cli_option rerun_options[] = {
	{ "failed", 'f', NULL, "only what failed or was cancelled", false },
	{ "job", 'j', "KEY", "only this job, as \"pawl show --json\" names "
	                     "it", false },
	{ "debug", 'd', NULL, "steps say more: RUNNER_DEBUG is 1", false },
	{ NULL, 0, NULL, NULL, false },
};

int
cmd_rerun(struct cli *cli, struct err *err)
{
	const struct rerun how = { .failed = args_option(cli, "failed") !=
		NULL, .job = args_option(cli, "job"), .debug =
		args_option(cli, "debug") != NULL, .by = cli_by(cli) };
	struct run run;
	int64_t next;
	size_t again;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1 ||
	    run_again(cli->store, run.id, &how, &next, &again, err) == -1 ||
	    run_find_id(cli->store, next, &cli->arena, &run, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (cli->json)
		return json_out(json_run(&cli->config, &run), err);
	printf("running %s/%s#%" PRId64 " again: attempt %d, %s (%zu job%s of "
	    "the last)\n", run.owner, run.name, run.number, run.attempt,
	    run.rerun, again, again == 1 ? "" : "s");
	return CLI_OK;
}
