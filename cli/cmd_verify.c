/*
 * cmd_verify.c - pawl admin verify: do the tables say what the events say?
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include "cli/ref.h"
#include "lib/store/rebuild.h"

static void
print_difference(void *ctx, const char *text)
{
	(void)ctx;
	printf("%s\n", text);
}

int
cmd_admin_verify(struct cli *cli, struct err *err)
{
	struct run run = { 0 };
	int64_t n;

	if (cli->n_words == 1 &&
	    ref_find_run(cli, cli->words[0], &run, err) == -1)
		return -1;
	if (store_verify_events(cli->store, run.id, print_difference, NULL, &n,
	        err) == -1)
		return -1;
	fprintf(stderr, "%" PRId64 " difference%s\n", n, n == 1 ? "" : "s");
	return n == 0 ? CLI_OK : CLI_FAILED;
}
