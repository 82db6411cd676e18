/*
 * cmd_deliveries.c - pawl deliveries and delivery: what came in, and what
 * became of it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/render/json.h"

const struct cli_option deliveries_options[] = {
	{ "refused", 0, NULL, "list requests that were refused instead" },
	{ "limit", 'n', "N", "how many [20]" },
	{ NULL, 0, NULL, NULL },
};

const struct cli_option delivery_options[] = {
	{ "wait", 'w', NULL, "wait until it is decided" },
	{ "runs", 0, NULL, "print only the runs it started, one a line" },
	{ NULL, 0, NULL, NULL },
};

#define LIMIT_MAX 1000
#define WAIT_POLL_MS 200

static int
list_refusals(struct cli *cli, int limit, struct err *err)
{
	int64_t now = clock_now_ms();
	struct refusal *list;
	struct term_table t;
	size_t n;

	if (refusal_list(cli->store, limit, &cli->arena, &list, &n, err) == -1)
		return -1;
	if (cli->json) {
		json_t *values = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(values, json_refusal(&list[i]));
		return json_out(values, err);
	}
	term_table_init(&t, &cli->arena, 5);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_DIM, "%s",
		    term_ago(&cli->arena, list[i].at_ms, now));
		term_cell(&t, TERM_RED, "%d", list[i].status);
		term_cell(&t, TERM_PLAIN, "%s",
		    list[i].remote_addr ? list[i].remote_addr : "");
		term_cell(&t, TERM_PLAIN, "%s", list[i].path);
		term_cell(&t, TERM_PLAIN, "%s", list[i].reason);
	}
	term_table_print(&t, cli->color, stdout);
	return CLI_OK;
}

static int
print_deliveries(struct cli *cli, const struct delivery *list, size_t n,
    struct err *err)
{
	int64_t now = clock_now_ms();
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 6);
	for (size_t i = 0; i < n; i++) {
		const struct delivery *d = &list[i];
		struct repo repo;
		const char *word =
		    machine_state_name(MACHINE_DELIVERY, d->state);

		if (repo_find_id(cli->store, d->repo, a, &repo, err) == -1)
			return -1;
		term_cell(&t, TERM_DIM, "%s", d->id);
		term_cell(&t, term_state_style(word), "%s", word);
		term_cell(&t, TERM_PLAIN, "%s/%s", repo.owner, repo.name);
		term_cell(&t, TERM_PLAIN, "%s %s", d->forge, d->event);
		term_cell(&t, TERM_DIM, "%s",
		    term_ago(a, d->received_at_ms, now));
		term_cell(&t, TERM_PLAIN, "%s", d->verdict ? d->verdict : "");
	}
	term_table_print(&t, cli->color, stdout);
	return CLI_OK;
}

int
cmd_deliveries(struct cli *cli, struct err *err)
{
	struct delivery *list;
	struct repo repo = { 0 };
	long long limit;
	size_t n;

	if (args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit, err) == -1)
		return -1;
	if (args_option(cli, "refused"))
		return list_refusals(cli, (int)limit, err);
	if (cli->n_words == 1 &&
	    ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	if (delivery_list(cli->store, repo.id, (int)limit, &cli->arena, &list,
	        &n, err) == -1)
		return -1;
	if (cli->json) {
		json_t *values = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(values, json_delivery(&list[i]));
		return json_out(values, err);
	}
	return print_deliveries(cli, list, n, err);
}

/* Read it again and again until it is decided, in a scratch arena so that
 * waiting long costs no memory. */
static int
wait_decided(struct cli *cli, const char *id, struct err *err)
{
	struct arena scratch = ARENA_INIT(0);
	struct delivery d;
	int r;

	for (;;) {
		r = delivery_find(cli->store, id, &scratch, &d, err);
		arena_release(&scratch);
		if (r != 1 || d.state != DELIVERY_RECEIVED)
			return r == -1 ? -1 : 0;
		poll(NULL, 0, WAIT_POLL_MS);
	}
}

static void
print_delivery(struct cli *cli, const struct delivery *d,
    const struct run *runs, size_t n)
{
	const char *word = machine_state_name(MACHINE_DELIVERY, d->state);
	struct term_table t;
	char at[CLOCK_TEXT_SIZE];

	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_BOLD, "%s", d->id);
	term_cell(&t, term_state_style(word), "%s", word);
	term_cell(&t, TERM_DIM, "received");
	term_cell(&t, TERM_PLAIN, "%s", clock_rfc3339(d->received_at_ms, at));
	term_cell(&t, TERM_DIM, "event");
	term_cell(&t, TERM_PLAIN, "%s %s", d->forge, d->event);
	term_cell(&t, TERM_DIM, "verdict");
	term_cell(&t, TERM_PLAIN, "%s",
	    d->verdict ? d->verdict : "not decided yet");
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_DIM, "run");
		term_cell(&t, TERM_PLAIN, "%s/%s#%" PRId64, runs[i].owner,
		    runs[i].name, runs[i].number);
	}
	term_table_print(&t, cli->color, stdout);
}

static json_t *
with_runs(struct cli *cli, const struct delivery *d, const struct run *runs,
    size_t n)
{
	json_t *value = json_delivery(d), *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(&cli->config, &runs[i]));
	json_object_set_new(value, "runs", list);
	return value;
}

int
cmd_delivery(struct cli *cli, struct err *err)
{
	const char *id = cli->words[0];
	struct delivery d;
	struct run *runs;
	size_t n;
	int r;

	if (args_option(cli, "wait") && wait_decided(cli, id, err) == -1)
		return -1;
	r = delivery_find(cli->store, id, &cli->arena, &d, err);
	if (r == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "no delivery \"%s\"; \"pawl deliveries\" lists the newest",
		    id);
	if (r == -1 || run_list_delivery(cli->store, id, &cli->arena, &runs,
	        &n, err) == -1)
		return -1;
	if (cli->json) {
		if (json_out(with_runs(cli, &d, runs, n), err) == -1)
			return -1;
	} else if (args_option(cli, "runs")) {
		for (size_t i = 0; i < n; i++)
			printf("%s/%s#%" PRId64 "\n", runs[i].owner,
			    runs[i].name, runs[i].number);
	} else {
		print_delivery(cli, &d, runs, n);
	}
	return d.state == DELIVERY_PLANNED || d.state == DELIVERY_IGNORED
	    ? CLI_OK : CLI_FAILED;
}
