/*
 * cmd_inbox.c - pawl inbox: what came in, what became of it, and once more.
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

#define WAIT_POLL_MS 1000

/* --- lists ---------------------------------------------------------------- */

static const char *
event_text(const json_t *d, struct arena *a)
{
	return arena_printf(a, "%s %s", doc_text(d, "forge"),
	    doc_text(d, "event"));
}

static const struct doc_column deliveries[] = {
	{ "id", DOC_TEXT, TERM_DIM, NULL },
	{ "state", DOC_STATE, TERM_PLAIN, NULL },
	{ "repo", DOC_REPO, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, event_text },
	{ "received_at", DOC_AGO, TERM_DIM, NULL },
	{ "verdict", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};
static const struct doc_column refusals[] = {
	{ "id", DOC_TEXT, TERM_DIM, NULL },
	{ "at", DOC_AGO, TERM_DIM, NULL },
	{ "status", DOC_TEXT, TERM_RED, NULL },
	{ "remote_addr", DOC_TEXT, TERM_PLAIN, NULL },
	{ "path", DOC_TEXT, TERM_PLAIN, NULL },
	{ "reason", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

/* Of one repository, which is an argument here. */
static const char *
deliveries_path(struct cli *cli, const char *word, struct err *err)
{
	const char *owner, *name;

	if (word == NULL)
		return "api/v1/deliveries";
	return ref_repo(cli, word, &owner, &name, err) == -1 ? NULL :
	    arena_printf(&cli->arena, "api/v1/deliveries?repo=%s",
	    ref_encode(cli, arena_printf(&cli->arena, "%s/%s", owner,
	    name)));
}

int
cmd_inbox_list(struct cli *cli, struct err *err)
{
	static const char *const filters[] = { "state", "event", "before",
		NULL }, *const before[] = { "before", NULL };
	struct list list = { .key = "deliveries", .how = SOURCE_PAGED,
		.standard = 20, .columns = deliveries, .filters = filters,
		.page = "inbox" };

	if (args_option(cli, "refused") != NULL)
		list = (struct list){ .path = "api/v1/refusals",
			.key = "refusals", .how = SOURCE_PAGED,
			.standard = 20, .columns = refusals,
			.filters = before, .page = "inbox/refused" };
	else if ((list.path = deliveries_path(cli, cli->n_words == 1 ?
	    cli->words[0] : NULL, err)) == NULL)
		return -1;
	return list_run(cli, &list, err);
}

/* --- one ------------------------------------------------------------------ */

static bool
is_decided(const json_t *d)
{
	return strcmp(doc_text(d, "state"), "received") != 0;
}

/* With --wait it is read again and again until it is decided. */
static json_t *
read_delivery(struct cli *cli, const char *id, struct err *err)
{
	bool wait = args_option(cli, "wait") != NULL;
	const char *path = arena_printf(&cli->arena,
	    "api/v1/deliveries/%s?body=1", ref_encode(cli, id));
	json_t *d;

	while ((d = source_get(cli->source, path, err)) != NULL && wait &&
	    !is_decided(d)) {
		json_decref(d);
		if (source_wait(cli->source, "api/v1/events", WAIT_POLL_MS,
		    err) == -1)
			return NULL;
	}
	if (d == NULL && err->code == ERR_NOT_FOUND)
		err_set(err, ERR_NOT_FOUND, "no delivery \"%s\"; \"pawl inbox "
		    "list\" lists the newest", id);
	return d;
}

/* The headers that were kept, a line each. */
static void
add_headers(struct term_table *t, const json_t *d)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(d, "headers"), name, value) {
		term_cell(t, TERM_DIM, "header");
		term_cell(t, TERM_PLAIN, "%s: %s", name,
		    json_is_string(value) ? json_string_value(value) : "");
	}
}

/* Who had it planned, when no forge sent it. */
static void
add_origin(struct term_table *t, const json_t *d)
{
	const char *of = doc_text(d, "replay_of"), *by = doc_text(d,
	    "asked_by");

	if (*doc_text(d, "origin") == '\0')
		return;
	term_cell(t, TERM_DIM, "%s", doc_text(d, "origin"));
	if (*of == '\0')
		term_cell(t, TERM_PLAIN, "by %s", by);
	else if (strcmp(of, doc_text(d, "id")) == 0)
		term_cell(t, TERM_PLAIN, "planned again, by %s", by);
	else
		term_cell(t, TERM_PLAIN, "of %s, by %s", of, by);
}

static void
print_delivery(struct cli *cli, const json_t *d)
{
	static const struct doc_column id = { "id", DOC_TEXT, TERM_BOLD,
		NULL }, state = { "state", DOC_STATE, TERM_PLAIN, NULL };
	struct arena *a = &cli->arena;
	struct term_table t;
	json_t *run;
	size_t i;

	term_table_init(&t, a, 2);
	doc_cell(cli, &t, d, &id);
	doc_cell(cli, &t, d, &state);
	doc_row(&t, "repository", arena_printf(a, "%s/%s", doc_text(d,
	    "owner"), doc_text(d, "repo")));
	doc_row(&t, "received", doc_text(d, "received_at"));
	doc_row(&t, "from", doc_text(d, "remote_addr"));
	doc_row(&t, "event", event_text(d, a));
	doc_row(&t, "body", arena_printf(a, "%" PRId64 " bytes", doc_int(d,
	    "bytes")));
	doc_row(&t, "attempts", arena_printf(a, "%" PRId64, doc_int(d,
	    "attempts")));
	doc_row(&t, "verdict", *doc_text(d, "verdict") != '\0' ?
	    doc_text(d, "verdict") : "not decided yet");
	add_origin(&t, d);
	add_headers(&t, d);
	json_array_foreach(json_object_get(d, "runs"), i, run)
		doc_row(&t, "run", arena_printf(a, "%s/%s#%" PRId64,
		    doc_text(run, "owner"), doc_text(run, "name"),
		    doc_int(run, "number")));
	term_table_print(&t, cli->color, stdout);
}

static int
print_body(const json_t *d, struct err *err)
{
	const json_t *body = json_object_get(d, "body");

	if (body == NULL)
		return err_set(err, ERR_DENIED, "bodies are for who may read "
		    "the repository: this takes a token of a reader");
	if (!json_is_string(body))
		return err_set(err, ERR_UNSUPPORTED, "its body is no text");
	fwrite(json_string_value(body), 1, json_string_length(body), stdout);
	return 0;
}

static void
print_runs(const json_t *runs)
{
	struct str line = STR_INIT;
	json_t *run;
	size_t i;

	json_array_foreach(runs, i, run) {
		str_clear(&line);
		term_text(&line, doc_text(run, "owner"));
		str_add_char(&line, '/');
		term_text(&line, doc_text(run, "name"));
		printf("%s#%" PRId64 "\n", line.s, doc_int(run, "number"));
	}
	str_release(&line);
}

int
cmd_inbox_show(struct cli *cli, struct err *err)
{
	json_t *d = read_delivery(cli, cli->words[0], err);
	const char *state;
	bool good;
	int rc = 0;

	if (d == NULL)
		return -1;
	state = doc_text(d, "state");
	good = strcmp(state, "planned") == 0 || strcmp(state, "ignored") == 0;
	if (cli->web)
		rc = web_page(cli, arena_printf(&cli->arena, "inbox/%s",
		    ref_encode(cli, doc_text(d, "id"))), err);
	else if (args_option(cli, "body") != NULL)
		rc = print_body(d, err);
	else if (cli->json)
		rc = json_out(cli, json_incref(d), err);
	else if (args_option(cli, "runs") != NULL)
		print_runs(json_object_get(d, "runs"));
	else
		print_delivery(cli, d);
	json_decref(d);
	return rc == -1 ? -1 : good ? CLI_OK : CLI_FAILED;
}

/* --- once more ------------------------------------------------------------ */

/* The id of what is planned, or NULL. */
static const char *
replay(struct cli *cli, const char *id, struct err *err)
{
	json_t *o = source_change(cli->source, "POST", arena_printf(
	    &cli->arena, "api/v1/deliveries/%s/replay", ref_encode(cli, id)),
	    NULL, err);
	const char *made = arena_strdup(&cli->arena, doc_text(o, "id"));

	json_decref(o);
	return o == NULL ? NULL : made;
}

static int
replay_failed(struct cli *cli, struct err *err)
{
	const char *path;
	json_t *list, *d;
	size_t n, i;

	if (cli->n_words > 1)
		return cli_usage(cli, "--failed takes one OWNER/NAME");
	path = deliveries_path(cli, cli->n_words == 1 ? cli->words[0] : NULL,
	    err);
	if (path == NULL || (list = source_list(cli->source,
	    arena_printf(&cli->arena, "%s%cstate=failed", path,
	    strchr(path, '?') ? '&' : '?'), "deliveries", 0, SOURCE_PAGED,
	    err)) == NULL)
		return -1;
	n = json_array_size(list);
	json_array_foreach(list, i, d)
		if (replay(cli, doc_text(d, "id"), err) == NULL) {
			json_decref(list);
			return -1;
		}
	json_decref(list);
	printf("%zu are planned again\n", n);
	return CLI_OK;
}

int
cmd_inbox_replay(struct cli *cli, struct err *err)
{
	const char *made;

	if (args_option(cli, "failed") != NULL)
		return replay_failed(cli, err);
	if (cli->n_words == 0)
		return cli_usage(cli, "missing argument: expected ID, or "
		    "--failed");
	for (int i = 0; i < cli->n_words; i++) {
		if ((made = replay(cli, cli->words[i], err)) == NULL)
			return -1;
		printf("%s\n", made);
	}
	return CLI_OK;
}
