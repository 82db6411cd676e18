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
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/clock.h"

#define LIMIT_MAX 1000

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

/* --- showing -------------------------------------------------------------- */

static const struct doc_column messages[] = {
	{ "id", DOC_TEXT, TERM_BOLD, NULL },
	{ "state", DOC_STATE, TERM_PLAIN, NULL },
	{ "kind", DOC_TEXT, TERM_PLAIN, NULL },
	{ "topic", DOC_TEXT, TERM_PLAIN, NULL },
	{ "host", DOC_TEXT, TERM_DIM, NULL },
	{ "created_at", DOC_AGO, TERM_DIM, NULL },
	{ "error", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};
static const struct doc_column tries[] = {
	{ "at", DOC_AGO, TERM_DIM, NULL },
	{ "message", DOC_TEXT, TERM_BOLD, NULL },
	{ "result", DOC_STATE, TERM_PLAIN, NULL },
	{ "kind", DOC_TEXT, TERM_PLAIN, NULL },
	{ "topic", DOC_TEXT, TERM_PLAIN, NULL },
	{ "host", DOC_TEXT, TERM_DIM, NULL },
	{ "error", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

static void
print_hosts(const json_t *hosts)
{
	int64_t now = clock_now_ms(), until;
	struct str name = STR_INIT;
	char wait[CLOCK_TEXT_SIZE];
	json_t *host;
	size_t i;

	json_array_foreach(hosts, i, host) {
		until = doc_time(host, "until");
		if (until <= now)
			continue;
		str_clear(&name);
		term_text(&name, doc_text(host, "host"));
		fprintf(stderr, "%s is left alone for %s after %" PRId64
		    " failures\n", name.s, clock_duration(until - now, wait),
		    doc_int(host, "failures"));
	}
	str_release(&name);
}

/* The id before which the next page begins; 0 when there is none. */
static int64_t
last_id(const json_t *list)
{
	size_t n = json_array_size(list);

	return n == 0 ? 0 : doc_int(json_array_get(list, n - 1), "id");
}

/* The document with as many messages as were asked for. */
static json_t *
read_outbox(struct cli *cli, size_t limit, struct err *err)
{
	const char *state = args_option(cli, "failed") != NULL ?
	    "state=failed" : "";
	json_t *whole = source_get(cli->source, arena_printf(&cli->arena,
	    "api/v1/outbox?%s", state), err);
	json_t *list = json_object_get(whole, "messages"), *more = NULL;
	size_t got = json_array_size(list);

	while (whole != NULL && got > 0 && json_array_size(list) < limit) {
		more = source_get(cli->source, arena_printf(&cli->arena,
		    "api/v1/outbox?before=%" PRId64 "&%s", last_id(list),
		    state), err);
		got = json_array_size(json_object_get(more, "messages"));
		if (more == NULL || json_array_extend(list,
		    json_object_get(more, "messages")) == -1) {
			json_decref(whole);
			whole = NULL;
		}
		json_decref(more);
	}
	while (whole != NULL && json_array_size(list) > limit)
		json_array_remove(list, json_array_size(list) - 1);
	return whole;
}

int
cmd_outbox_list(struct cli *cli, struct err *err)
{
	long long limit;
	json_t *o;

	if (cli->web)
		return web_page(cli, "outbox", err);
	if (args_number(cli, "limit", 1, LIMIT_MAX, 20, &limit, err) == -1 ||
	    (o = read_outbox(cli, (size_t)limit, err)) == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	doc_table(cli, json_object_get(o, "messages"), messages);
	print_hosts(json_object_get(o, "hosts"));
	json_decref(o);
	return CLI_OK;
}

int
cmd_outbox_tries(struct cli *cli, struct err *err)
{
	static const struct list list = { .path = "api/v1/outbox/tries",
		.key = "tries", .standard = 20, .columns = tries };

	return list_run(cli, &list, err);
}

static const char *
message_path(struct cli *cli, const char *tail, struct err *err)
{
	long long id;

	if (str_to_int64(cli->words[0], 1, INT64_MAX, &id))
		return arena_printf(&cli->arena, "api/v1/outbox/%lld%s", id,
		    tail);
	err_set(err, ERR_INVALID, "\"%.100s\" is no number of a message; "
	    "\"pawl outbox list\" shows them", cli->words[0]);
	return NULL;
}

int
cmd_outbox_show(struct cli *cli, struct err *err)
{
	const char *path = message_path(cli, "", err);
	json_t *o = path != NULL ? source_get(cli->source, path, err) : NULL;
	json_t *one;

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	one = json_object_get(o, "message");
	if (json_is_object(one)) {
		json_t *list = json_pack("[O]", one);

		doc_table(cli, list, messages);
		json_decref(list);
	} else {
		fprintf(stderr, "message %s is sent, replaced or removed\n",
		    cli->words[0]);
	}
	doc_table(cli, json_object_get(o, "tries"), tries);
	json_decref(o);
	return CLI_OK;
}

/* --- dead letters --------------------------------------------------------- */

/* One by its number, or all with --all. */
static int
do_dead(struct cli *cli, const char *act, const char *done, struct err *err)
{
	const char *path = arena_printf(&cli->arena, "api/v1/outbox%s", act);
	json_t *o;

	if ((args_option(cli, "all") != NULL) == (cli->n_words == 1))
		return cli_usage(cli, "a number, or --all");
	if (cli->n_words == 1 && (path = message_path(cli, act, err)) == NULL)
		return -1;
	if ((o = source_change(cli->source, "POST", path, NULL, err)) == NULL)
		return -1;
	printf("%s %" PRId64 "\n", done, doc_int(o, "messages"));
	json_decref(o);
	return CLI_OK;
}

int
cmd_outbox_replay(struct cli *cli, struct err *err)
{
	return do_dead(cli, "/replay", "queued again:", err);
}

int
cmd_outbox_discard(struct cli *cli, struct err *err)
{
	return do_dead(cli, "/discard", "discarded:", err);
}
