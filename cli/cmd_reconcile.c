/*
 * cmd_reconcile.c - pawl reconcile: find pushes whose webhook never came.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include "cli/ref.h"
#include "lib/base/wake.h"
#include "lib/store/heads.h"

#define WAIT_POLL_MS 200

const struct cli_option reconcile_options[] = {
	{ "wait", 'w', NULL, "wait until it is done, and say what was found",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* Wait for one: CLI_OK, CLI_FAILED when its origin did not answer, -1. */
static int
wait_done(struct cli *cli, const struct repo *repo, struct err *err)
{
	struct arena scratch = ARENA_INIT(0);
	struct reconcile r;
	int rc, code = CLI_OK;

	for (;;) {
		rc = reconcile_read(cli->store, repo->id, &scratch, &r, err);
		if (rc != 1 || r.wanted_at_ms == 0 || r.problem != NULL)
			break;
		arena_release(&scratch);
		poll(NULL, 0, WAIT_POLL_MS);
	}
	if (rc == 1 && r.problem != NULL) {
		fprintf(stderr, "pawl: %s/%s: %s\n", repo->owner, repo->name,
		    r.problem);
		code = CLI_FAILED;
	} else if (rc == 1) {
		printf("%s/%s: %" PRId64 " found\n", repo->owner, repo->name,
		    r.found);
	}
	arena_release(&scratch);
	return rc == -1 ? -1 : code;
}

int
cmd_reconcile(struct cli *cli, struct err *err)
{
	struct repo one = { 0 }, *repos = &one;
	int code = CLI_OK, rc = 0;
	size_t n = 1;

	if (cli->n_words == 1 &&
	    ref_find_repo(cli, cli->words[0], &one, err) == -1)
		return -1;
	if (cli->n_words == 0 && repo_list(cli->store, &cli->arena, &repos,
	    &n, err) == -1)
		return -1;
	if (reconcile_want(cli->store, one.id, INT64_MAX, cli_by(cli), err) ==
	    -1)
		return -1;
	wake_send(cli->config.run_dir);
	for (size_t i = 0; args_option(cli, "wait") && i < n; i++) {
		rc = wait_done(cli, &repos[i], err);
		if (rc == -1)
			return -1;
		if (rc != CLI_OK)
			code = rc;
	}
	return code;
}
