/*
 * cmd_token.c - pawl token: add, list, remove; pawl audit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/grant.h"
#include "cli/json_out.h"
#include "cli/list.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "lib/base/clock.h"

#define MAX_DAYS 3650

const struct cli_option token_add_options[] = {
	GRANT_OPTIONS("[writer]"),
	{ "days", 'd', "N", "it ends after so many days [never]", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option token_remove_options[] = {
	{ "user", 'u', "NAME", "one that belongs to a user", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option audit_options[] = {
	{ "by", 0, "NAME", "what somebody did", false },
	{ "action", 0, "WORD", "\"secret\", \"secret.set\", ...", false },
	{ "target", 0, "TEXT", "on what: \"user ada\"", false },
	{ "scope", 0, "TEXT", "where: ada/demo", false },
	{ "since", 0, "TIME", "from a day or a time on", false },
	{ "limit", 'n', "N", "at most so many [50]", false },
	{ NULL, 0, NULL, NULL, false },
};

int
cmd_token_add(struct cli *cli, struct err *err)
{
	json_t *body = json_pack("{s:s}", "name", cli->words[0]), *o;
	long long days;

	if (grant_put(cli, body, "writer", err) == -1 ||
	    args_number(cli, "days", 1, MAX_DAYS, 0, &days, err) == -1) {
		json_decref(body);
		return -1;
	}
	json_object_set_new(body, "days", json_integer(days));
	o = source_change(cli->source, "POST", "api/v1/tokens", body, err);
	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	printf("%s\n", doc_text(o, "token"));
	fprintf(stderr, "this is token \"%s\", %s of %s; it cannot be shown "
	    "again\n", doc_text(o, "name"), doc_text(o, "role"),
	    doc_text(o, "scope"));
	json_decref(o);
	return CLI_OK;
}

static const char *
whose(const json_t *token, struct arena *a)
{
	const char *user = doc_text(token, "user");

	return *user == '\0' ? "" : arena_printf(a, "of %s", user);
}

static const char *
ends(const json_t *token, struct arena *a)
{
	int64_t at = doc_time(token, "expires_at");
	char text[CLOCK_TEXT_SIZE];

	return at == 0 ? "no end" : arena_printf(a, "%s %.10s",
	    at <= clock_now_ms() ? "ended" : "until",
	    clock_rfc3339(at, text));
}

static const char *
used(const json_t *token, struct arena *a)
{
	int64_t at = doc_time(token, "used_at");

	return at == 0 ? "never used" : arena_printf(a, "used %s",
	    term_ago(a, at, clock_now_ms()));
}

static const struct doc_column token_columns[] = {
	{ "name", DOC_TEXT, TERM_BOLD, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, whose },
	{ "role", DOC_TEXT, TERM_PLAIN, NULL },
	{ "scope", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_DIM, ends },
	{ NULL, DOC_MADE, TERM_DIM, used },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_token_list(struct cli *cli, struct err *err)
{
	static const struct list list = { .path = "api/v1/tokens",
		.key = "tokens", .columns = token_columns,
		.none = "there is no token; \"pawl token add\" makes one",
		.page = "tokens" };

	return list_run(cli, &list, err);
}

int
cmd_token_remove(struct cli *cli, struct err *err)
{
	const char *user = args_option(cli, "user");

	if (source_do(cli->source, "DELETE", arena_printf(&cli->arena,
		"api/v1/tokens/%s", ref_encode(cli, cli->words[0])),
		user == NULL ? NULL : json_pack("{s:s}", "user", user),
		err) == -1)
		return -1;
	printf("removed %s\n", cli->words[0]);
	return CLI_OK;
}

/* --- the audit -------------------------------------------------------------- */

static const char *
actor(const json_t *entry, struct arena *a)
{
	const char *by = doc_text(entry, "actor");
	const char *address = doc_text(entry, "address");

	if (*by == '\0')
		by = "nobody known";
	return *address == '\0' ? by : arena_printf(a, "%s, %s", by, address);
}

static const char *
more(const json_t *entry, struct arena *a)
{
	const char *run = doc_text(entry, "run");

	return *run == '\0' ? doc_text(entry, "detail") : arena_printf(a,
	    "%s %s", run, doc_text(entry, "job"));
}

static const struct doc_column audit_columns[] = {
	{ "at", DOC_TIME, TERM_DIM, NULL },
	{ "action", DOC_TEXT, TERM_BOLD, NULL },
	{ "target", DOC_TEXT, TERM_PLAIN, NULL },
	{ "scope", DOC_TEXT, TERM_PLAIN, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, actor },
	{ NULL, DOC_MADE, TERM_DIM, more },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_audit(struct cli *cli, struct err *err)
{
	static const char *const filters[] = { "action", "target", "scope",
		"since", NULL };
	struct list list = { .path = "api/v1/audit", .key = "entries",
		.how = SOURCE_PAGED, .standard = 50, .columns = audit_columns,
		.none = "there is nothing of that in the audit",
		.filters = filters, .page = "audit" };
	const char *by = args_option(cli, "by");

	if (by != NULL)
		list.path = arena_printf(&cli->arena,
		    "api/v1/audit?actor=%s", ref_encode(cli, by));
	return list_run(cli, &list, err);
}
