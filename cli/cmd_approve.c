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
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/render/json_gates.h"
#include "lib/store/gates.h"

#define APPROVALS_MAX 1000

const struct cli_option approve_options[] = {
	{ "comment", 'm', "TEXT", "kept with the decision", false },
	{ "commit", 0, "SHA", "only if this is the commit that waits",
	    false },
	{ "force", 0, NULL, "although others are to decide", false },
	{ NULL, 0, NULL, NULL, false },
};

int
cmd_approvals(struct cli *cli, struct err *err)
{
	struct repo repo = { 0 };
	struct term_table t;
	struct gate *list;
	size_t n;

	if (cli->n_words == 1 && ref_find_repo(cli, cli->words[0], &repo,
	    err) == -1)
		return -1;
	if (gate_list_open(cli->store, NULL, repo.id, 0, APPROVALS_MAX,
	    &cli->arena, &list, &n, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, json_gates(list, n, &cli->arena), err);
	term_table_init(&t, &cli->arena, 4);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "%s/%s#%" PRId64, list[i].owner,
		    list[i].repo_name, list[i].number);
		term_cell(&t, TERM_PLAIN, "%s", list[i].key != NULL ?
		    list[i].key : "");
		term_cell(&t, TERM_DIM, "%s", term_ago(&cli->arena,
		    list[i].created_at_ms, clock_now_ms()));
		term_cell(&t, TERM_PLAIN, "%s", list[i].reason);
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "nothing waits for an approval\n");
	return CLI_OK;
}

static int
vote(struct cli *cli, bool approve, struct err *err)
{
	const char *left, *key = cli->n_words == 2 ? cli->words[1] : NULL;
	const struct gate_vote v = { .approve = approve,
		.name = cli_user(cli), .role = ROLE_ADMIN,
		.by = cli_by(cli),
		.comment = args_option(cli, "comment"),
		.commit = args_option(cli, "commit"),
		.force = args_option(cli, "force") != NULL };
	struct run run;
	struct job job;

	if (ref_find_run(cli, cli->words[0], &run, err) == -1 ||
	    (key != NULL && ref_find_job(cli, &run, key, &job, err) == -1) ||
	    gates_vote(cli->store, run.id, key != NULL ? job.key : NULL, &v,
		&cli->arena, &left, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	printf("%s %s/%s#%" PRId64 "%s%s%s%s\n", approve ? "approved" :
	    "rejected", run.owner, run.name, run.number, key != NULL ? " " :
	    "", key != NULL ? job.key : "", left != NULL ? "; it still " : "",
	    left != NULL ? left : "");
	return CLI_OK;
}

int
cmd_approve(struct cli *cli, struct err *err)
{
	return vote(cli, true, err);
}

int
cmd_reject(struct cli *cli, struct err *err)
{
	return vote(cli, false, err);
}
