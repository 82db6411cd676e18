/*
 * cmd_rebuild.c - pawl admin rebuild: states from the events, compared with
 * the tables or written back into them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/ref.h"
#include "lib/store/rebuild.h"

const struct cli_option rebuild_options[] = {
	{ "verify", 0, NULL, "only compare, write nothing", false },
	{ "repo", 'r', "OWNER/NAME", "only runs of this repository", false },
	{ "from", 0, "RUN", "only this run and later ones", false },
	{ "yes", 'y', NULL, "write back what differs", false },
	{ NULL, 0, NULL, NULL, false },
};

static void
print_difference(void *ctx, const char *text)
{
	(void)ctx;
	printf("%s\n", text);
}

static int
read_scope(struct cli *cli, struct rebuild *how, struct err *err)
{
	const char *repo_text = args_option(cli, "repo");
	const char *from = args_option(cli, "from");
	struct repo repo;
	struct run run;

	if (cli->n_words == 1) {
		if (ref_find_run(cli, cli->words[0], &run, err) == -1)
			return -1;
		how->run = run.id;
	}
	if (repo_text != NULL) {
		if (ref_find_repo(cli, repo_text, &repo, err) == -1)
			return -1;
		how->repo = repo.id;
	}
	if (from != NULL) {
		if (ref_find_run(cli, from, &run, err) == -1)
			return -1;
		how->from = run.id;
	}
	return 0;
}

int
cmd_admin_rebuild(struct cli *cli, struct err *err)
{
	bool verify = args_option(cli, "verify") != NULL;
	bool yes = args_option(cli, "yes") != NULL;
	struct rebuild how = { .report = print_difference };
	struct rebuild_result out;

	if (verify && yes)
		return cli_usage(cli, "--verify writes nothing: leave --yes "
		    "out");
	if (cli->n_words == 1 && (args_option(cli, "repo") != NULL ||
	    args_option(cli, "from") != NULL))
		return cli_usage(cli, "either one RUN, or --repo and --from");
	if (read_scope(cli, &how, err) == -1)
		return -1;
	if (yes)
		how.by = cli_by(cli);
	if (store_rebuild(cli->store, &how, &out, err) == -1)
		return -1;
	fprintf(stderr, "%" PRId64 " run%s, %" PRId64 " difference%s", out.runs,
	    out.runs == 1 ? "" : "s", out.differences, out.differences == 1 ?
	    "" : "s");
	if (yes)
		fprintf(stderr, ", %" PRId64 " written back", out.mended);
	else if (out.differences > 0 && !verify)
		fprintf(stderr, "; with --yes the tables get what the events "
		    "say");
	fprintf(stderr, "\n");
	return out.differences == out.mended ? CLI_OK : CLI_FAILED;
}
