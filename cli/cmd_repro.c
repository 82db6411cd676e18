/*
 * cmd_repro.c - pawl repro: execute the jobs of a run once more, here, as
 * their stored plans say.
 *
 * The plan of a job holds what its needs gave out and what its matrix says,
 * so each can run alone. Nothing is written to the database.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/cancel.h"
#include "cli/local_run.h"
#include "cli/local_storage.h"
#include "cli/ref.h"
#include "lib/base/clock.h"
#include "lib/engine/engine.h"
#include "workerd/job_order.h"

const struct cli_option repro_options[] = {
	LOCAL_SECRET_OPTIONS,
	{ "engine", 'e', "ENGINE", "auto, sandbox or docker, as in the "
	                           "configuration", false },
	{ NULL, 0, NULL, NULL, false },
};

/* One job. Returns whether it ended well. */
static int
repeat(struct local_run *run, const struct run *of, int64_t id,
    struct err *err)
{
	struct cli *cli = run->local.cli;
	struct arena *a = run->local.a;
	struct local_end end = { .result = RESULT_FAILURE };
	struct job_order order = { .own = false };
	struct stored_job stored = { .run = of };
	struct job job;
	int64_t began = clock_mono_ms();
	int rc = job_find_id(cli->store, id, a, &job, err);

	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "the run was removed "
		    "meanwhile");
	stored.job = &job;
	stored.attempt = job.attempt > 0 ? job.attempt : 1;
	if (rc == -1 || stored_job_read(cli->store, &stored, a, err) == -1 ||
	    stored_job_order(cli->store, &cli->config, &stored, a, &order,
	        err) == -1)
		return -1;
	local_say(run, TERM_BOLD, "==>", job.title);
	run->n_started++;
	local_execute(run, &order, &end);
	local_say_end(run, job.title, &end, clock_mono_ms() - began);
	run->interrupted = end.result == RESULT_CANCELLED;
	return end.result == RESULT_SUCCESS;
}

/* All that had a plan, in their order; those without never were to start. */
static int
repeat_all(struct local_run *run, const struct run *of, struct err *err)
{
	struct cli *cli = run->local.cli;
	struct job *jobs;
	int good = 1, rc;
	size_t n;

	if (job_list(cli->store, of->id, &cli->arena, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n && !run->interrupted; i++) {
		struct err why = { 0 };

		rc = repeat(run, of, jobs[i].id, &why);
		if (rc == -1 && why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.text);
		if (rc == -1)
			local_say(run, TERM_DIM, "==>", why.text);
		good = good && rc != 0;
	}
	return good;
}

static int
repeat_wanted(struct local_run *run, const struct run *of, struct err *err)
{
	struct cli *cli = run->local.cli;
	struct job job;

	if (cli->n_words == 1)
		return repeat_all(run, of, err);
	if (ref_find_job(cli, of, cli->words[1], &job, err) == -1)
		return -1;
	return repeat(run, of, job.id, err);
}

int
cmd_repro(struct cli *cli, struct err *err)
{
	struct local_run run = { .local = { .cli = cli, .a = &cli->arena },
		.said = MAP_INIT, .cancel_fd = -1 };
	const char *engine = args_option(cli, "engine");
	struct local_storage storage;
	struct err ignored = { 0 };
	struct run of;
	int rc;

	if (ref_find_run(cli, cli->words[0], &of, err) == -1 ||
	    local_secrets(cli, err) == -1 ||
	    cancel_watch(&run.cancel_fd, err) == -1 ||
	    local_dir(run.local.a, &run.dir, err) == -1)
		return -1;
	if (engine != NULL)
		cli->config.engine = engine;
	local_storage_init(&storage, &cli->config, run.dir, NULL);
	run.storage = &storage;
	rc = repeat_wanted(&run, &of, err);
	local_storage_release(&storage);
	if (engine_remove_folder(&cli->config, run.dir, &ignored) == -1)
		fprintf(stderr, "pawl: %s\n", ignored.text);
	if (run.interrupted)
		return CLI_INTERRUPTED;
	return rc == -1 ? -1 : rc == 1 ? CLI_OK : CLI_FAILED;
}
