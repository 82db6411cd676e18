/*
 * cmd_inbox.c - pawl inbox: what came in, what became of it, and once more.
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
#include "lib/base/mem.h"
#include "lib/base/wake.h"
#include "lib/render/json.h"
#include "lib/store/inbox.h"

const struct cli_option inbox_list_options[] = {
	{ "state", 's', "STATE", "only received, planned, ignored or failed",
	    false },
	{ "event", 'e', "EVENT", "only those that the forge calls so", false },
	{ "refused", 0, NULL, "list requests that were refused instead",
	    false },
	{ "limit", 'n', "N", "how many [20]", false },
	{ "before", 'b', "ID", "older than that one", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option inbox_show_options[] = {
	{ "wait", 'w', NULL, "wait until it is decided", false },
	{ "runs", 0, NULL, "print only the runs it started, one a line",
	    false },
	{ "body", 0, NULL, "print only the body, as it came", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option inbox_replay_options[] = {
	{ "failed", 0, NULL, "all that failed, of OWNER/NAME if it is given",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

#define LIMIT_MAX 1000
#define WAIT_POLL_MS 200

static int
list_refusals(struct cli *cli, int limit, struct err *err)
{
	const char *given = args_option(cli, "before");
	int64_t now = clock_now_ms();
	long long before = 0;
	struct refusal *list;
	struct term_table t;
	size_t n;

	if (given != NULL && !str_to_int64(given, 1, INT64_MAX, &before))
		return err_set(err, ERR_INVALID, "--before takes the number "
		    "of a refusal, not \"%s\"", given);
	if (refusal_list(cli->store, before, limit, &cli->arena, &list, &n,
	    err) == -1)
		return -1;
	if (cli->json) {
		json_t *values = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(values, json_refusal(&list[i]));
		return json_out(cli, values, err);
	}
	term_table_init(&t, &cli->arena, 6);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_DIM, "%" PRId64, list[i].id);
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

static void
print_deliveries(struct cli *cli, const struct delivery *list, size_t n)
{
	int64_t now = clock_now_ms();
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 6);
	for (size_t i = 0; i < n; i++) {
		const struct delivery *d = &list[i];
		const char *word =
		    machine_state_name(MACHINE_DELIVERY, d->state);

		term_cell(&t, TERM_DIM, "%s", d->id);
		term_cell(&t, term_state_style(word), "%s", word);
		term_cell(&t, TERM_PLAIN, "%s/%s", d->owner, d->name);
		term_cell(&t, TERM_PLAIN, "%s %s", d->forge, d->event);
		term_cell(&t, TERM_DIM, "%s",
		    term_ago(a, d->received_at_ms, now));
		term_cell(&t, TERM_PLAIN, "%s", d->verdict ? d->verdict : "");
	}
	term_table_print(&t, cli->color, stdout);
}

/* What the options ask for. */
static int
read_query(struct cli *cli, struct inbox_query *q, struct err *err)
{
	struct repo repo = { 0 };
	long long limit;

	*q = (struct inbox_query){ .state = args_option(cli, "state"),
		.event = args_option(cli, "event"),
		.before = args_option(cli, "before") };
	if (q->state != NULL && !inbox_state_valid(q->state))
		return err_set(err, ERR_INVALID, "--state takes received, "
		    "planned, ignored or failed, not \"%s\"", q->state);
	if (args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit, err) == -1)
		return -1;
	if (cli->n_words == 1 &&
	    ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	q->repo = repo.id;
	q->limit = (int)limit;
	return 0;
}

int
cmd_inbox_list(struct cli *cli, struct err *err)
{
	struct inbox_query q;
	struct delivery *list;
	json_t *values;
	long long limit;
	size_t n;

	if (args_option(cli, "refused"))
		return args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit,
		    err) == -1 ? -1 : list_refusals(cli, (int)limit, err);
	if (read_query(cli, &q, err) == -1 ||
	    inbox_list(cli->store, &q, &cli->arena, &list, &n, err) == -1)
		return -1;
	if (!cli->json) {
		print_deliveries(cli, list, n);
		return CLI_OK;
	}
	values = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(values, json_delivery(&list[i], true));
	return json_out(cli, values, err);
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

/* The headers that were kept, a line each. */
static void
add_headers(struct term_table *t, const struct delivery *d)
{
	json_t *headers = json_loads(d->headers, 0, NULL), *value;
	const char *name;

	json_object_foreach(headers, name, value) {
		term_cell(t, TERM_DIM, "header");
		term_cell(t, TERM_PLAIN, "%s: %s", name,
		    json_string_value(value));
	}
	json_decref(headers);
}

/* Who had it planned, when no forge sent it. */
static void
add_origin(struct term_table *t, const struct delivery *d)
{
	if (d->origin == NULL)
		return;
	term_cell(t, TERM_DIM, "%s", d->origin);
	if (d->replay_of == NULL)
		term_cell(t, TERM_PLAIN, "by %s", d->asked_by);
	else if (strcmp(d->replay_of, d->id) == 0)
		term_cell(t, TERM_PLAIN, "planned again, by %s", d->asked_by);
	else
		term_cell(t, TERM_PLAIN, "of %s, by %s", d->replay_of,
		    d->asked_by);
}

static void
print_delivery(struct cli *cli, const struct delivery *d,
    const struct run *runs, size_t n)
{
	const char *word = machine_state_name(MACHINE_DELIVERY, d->state);
	char at[CLOCK_TEXT_SIZE];
	const struct { const char *name, *text; } facts[] = {
		{ "repository", arena_printf(&cli->arena, "%s/%s", d->owner,
		    d->name) },
		{ "received", clock_rfc3339(d->received_at_ms, at) },
		{ "from", d->remote_addr },
		{ "event", arena_printf(&cli->arena, "%s %s", d->forge,
		    d->event) },
		{ "body", arena_printf(&cli->arena, "%zu bytes",
		    d->body_len) },
		{ "attempts", arena_printf(&cli->arena, "%d", d->attempts) },
		{ "verdict", d->verdict ? d->verdict : "not decided yet" },
	};
	struct term_table t;

	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_BOLD, "%s", d->id);
	term_cell(&t, term_state_style(word), "%s", word);
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		term_cell(&t, TERM_DIM, "%s", facts[i].name);
		term_cell(&t, TERM_PLAIN, "%s", facts[i].text);
	}
	add_origin(&t, d);
	add_headers(&t, d);
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
	json_t *value = json_delivery(d, true), *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_run(&cli->config, &runs[i]));
	json_object_set_new(value, "runs", list);
	return value;
}

int
cmd_inbox_show(struct cli *cli, struct err *err)
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
		    "no delivery \"%s\"; \"pawl inbox list\" lists the newest",
		    id);
	if (r == -1 || run_list_delivery(cli->store, id, &cli->arena, &runs,
	        &n, err) == -1)
		return -1;
	if (args_option(cli, "body")) {
		fwrite(d.body, 1, d.body_len, stdout);
	} else if (cli->json) {
		if (json_out(cli, with_runs(cli, &d, runs, n), err) == -1)
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

/* --- once more ---------------------------------------------------------------- */

static int
replay_failed(struct cli *cli, struct err *err)
{
	struct repo repo = { 0 };
	int n;

	if (cli->n_words > 1)
		return cli_usage(cli, "--failed takes one OWNER/NAME");
	if (cli->n_words == 1 &&
	    ref_find_repo(cli, cli->words[0], &repo, err) == -1)
		return -1;
	n = inbox_replay_failed(cli->store, repo.id, cli_by(cli), err);
	if (n == -1)
		return -1;
	wake_send(cli->config.run_dir);
	printf("%d are planned again\n", n);
	return CLI_OK;
}

int
cmd_inbox_replay(struct cli *cli, struct err *err)
{
	char made[37];

	if (args_option(cli, "failed"))
		return replay_failed(cli, err);
	if (cli->n_words == 0)
		return cli_usage(cli, "missing argument: expected ID, or "
		    "--failed");
	for (int i = 0; i < cli->n_words; i++) {
		if (inbox_replay(cli->store, cli->words[i], cli_by(cli), made,
		    err) == -1)
			return -1;
		wake_send(cli->config.run_dir);
		printf("%s\n", made);
	}
	return CLI_OK;
}
