/*
 * cmd_outbox.c - pawl outbox: what waits to be sent, what failed, and what was
 * tried.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/render/json_outbox.h"
#include "lib/store/outbox.h"

#define LIMIT_MAX 1000
#define TRIES_SHOWN 20

const struct cli_option outbox_list_options[] = {
	{ "failed", 0, NULL, "only dead letters", false },
	{ "limit", 'n', "N", "how many [20]", false },
	{ NULL, 0, NULL, NULL, false },
};
const struct cli_option outbox_tries_options[] = {
	{ "limit", 'n', "N", "how many [20]", false },
	{ NULL, 0, NULL, NULL, false },
};
const struct cli_option outbox_all_options[] = {
	{ "all", 0, NULL, "all dead letters", false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- showing ------------------------------------------------------------------ */

static void
message_row(struct cli *cli, struct term_table *t, const struct message *m,
    int64_t now)
{
	const char *word = machine_state_name(MACHINE_MESSAGE, (int)m->state);

	term_cell(t, TERM_BOLD, "%" PRId64, m->id);
	term_cell(t, m->state == MESSAGE_FAILED ? TERM_RED : TERM_PLAIN, "%s",
	    word);
	term_cell(t, TERM_PLAIN, "%s", m->kind);
	term_cell(t, TERM_PLAIN, "%s", m->topic);
	term_cell(t, TERM_DIM, "%s", m->host);
	term_cell(t, TERM_DIM, "%s", term_ago(&cli->arena, m->created_at_ms,
	    now));
	term_cell(t, TERM_PLAIN, "%s", m->error != NULL ? m->error : "");
}

static void
print_hosts(struct cli *cli, const struct outbox_host *hosts, size_t n,
    int64_t now)
{
	char wait[CLOCK_TEXT_SIZE];

	for (size_t i = 0; i < n; i++) {
		if (hosts[i].until_ms <= now)
			continue;
		fprintf(stderr, "%s is left alone for %s after %d failures\n",
		    hosts[i].host, clock_duration(hosts[i].until_ms - now,
		    wait), hosts[i].failures);
	}
	(void)cli;
}

int
cmd_outbox_list(struct cli *cli, struct err *err)
{
	int state = args_option(cli, "failed") != NULL ? MESSAGE_FAILED : -1;
	int64_t now = clock_now_ms();
	struct outbox_host *hosts;
	struct message *list;
	struct term_table t;
	size_t n, n_hosts;
	long long limit;

	if (args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit, err) == -1 ||
	    outbox_list(cli->store, state, 0, (int)limit, &cli->arena, &list,
		&n, err) == -1 || outbox_host_list(cli->store, &cli->arena,
		&hosts, &n_hosts, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, json_outbox(list, n, hosts, n_hosts), err);
	term_table_init(&t, &cli->arena, 7);
	for (size_t i = 0; i < n; i++)
		message_row(cli, &t, &list[i], now);
	term_table_print(&t, cli->color, stdout);
	print_hosts(cli, hosts, n_hosts, now);
	return CLI_OK;
}

static void
try_row(struct cli *cli, struct term_table *t, const struct outbox_try *r,
    int64_t now)
{
	term_cell(t, TERM_DIM, "%s", term_ago(&cli->arena, r->at_ms, now));
	term_cell(t, TERM_BOLD, "%" PRId64, r->message);
	term_cell(t, strcmp(r->result, "sent") == 0 ? TERM_GREEN : TERM_RED,
	    "%s", r->result);
	term_cell(t, TERM_PLAIN, "%s", r->kind);
	term_cell(t, TERM_PLAIN, "%s", r->topic);
	term_cell(t, TERM_DIM, "%s", r->host);
	term_cell(t, TERM_PLAIN, "%s", r->error != NULL ? r->error : "");
}

static int
print_tries(struct cli *cli, int64_t message, int limit, struct err *err)
{
	int64_t now = clock_now_ms();
	struct outbox_try *list;
	struct term_table t;
	size_t n;

	if (outbox_tries(cli->store, message, 0, limit, &cli->arena, &list,
		&n, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, json_outbox_tries(list, n), err);
	term_table_init(&t, &cli->arena, 7);
	for (size_t i = 0; i < n; i++)
		try_row(cli, &t, &list[i], now);
	term_table_print(&t, cli->color, stdout);
	return CLI_OK;
}

int
cmd_outbox_tries(struct cli *cli, struct err *err)
{
	long long limit;

	if (args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit, err) == -1)
		return -1;
	return print_tries(cli, 0, (int)limit, err);
}

static int
read_id(struct cli *cli, int64_t *id, struct err *err)
{
	long long number;

	if (!str_to_int64(cli->words[0], 1, INT64_MAX, &number))
		return err_set(err, ERR_INVALID, "\"%.100s\" is no number of "
		    "a message; \"pawl outbox list\" shows them",
		    cli->words[0]);
	*id = number;
	return 0;
}

int
cmd_outbox_show(struct cli *cli, struct err *err)
{
	int64_t id = 0, now = clock_now_ms();
	struct message m;
	struct term_table t;
	int rc;

	if (read_id(cli, &id, err) == -1)
		return -1;
	rc = outbox_find(cli->store, id, &cli->arena, &m, err);
	if (rc == 0 && !cli->json)
		fprintf(stderr, "message %" PRId64 " is sent, replaced or "
		    "removed\n", id);
	if (rc == -1)
		return -1;
	if (rc == 1 && cli->json)
		return json_out(cli, json_message(&m), err);
	if (rc == 1) {
		term_table_init(&t, &cli->arena, 7);
		message_row(cli, &t, &m, now);
		term_table_print(&t, cli->color, stdout);
	}
	return print_tries(cli, id, TRIES_SHOWN, err);
}

/* --- dead letters --------------------------------------------------------------- */

/* One by its number, or all with --all. */
static int
do_dead(struct cli *cli, const char *done,
    int (*one)(struct store *st, int64_t id, struct err *err),
    int (*all)(struct store *st, struct err *err), struct err *err)
{
	int64_t id = 0;
	int n = 1;

	if ((args_option(cli, "all") != NULL) == (cli->n_words == 1))
		return cli_usage(cli, "a number, or --all");
	if (cli->n_words == 0)
		n = all(cli->store, err);
	else if (read_id(cli, &id, err) == -1 ||
	    one(cli->store, id, err) == -1)
		n = -1;
	wake_send(cli->config.run_dir);
	if (n != -1)
		printf("%s %d\n", done, n);
	return n == -1 ? -1 : CLI_OK;
}

int
cmd_outbox_replay(struct cli *cli, struct err *err)
{
	return do_dead(cli, "queued again:", outbox_replay,
	    outbox_replay_all, err);
}

int
cmd_outbox_discard(struct cli *cli, struct err *err)
{
	return do_dead(cli, "discarded:", outbox_discard,
	    outbox_discard_all, err);
}
