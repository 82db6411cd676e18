/*
 * cmd_secret.c - pawl secret: set, list, delete, rotate-key, audit. Nothing
 * here prints a value.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/run/mask.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/seal.h"
#include "lib/store/secrets.h"

#define SCOPE_OPTIONS \
	{ "repo", 'r', "OWNER/NAME", "of this repository", false }, \
	{ "owner", 'o', "OWNER", "of all repositories of an owner", false }, \
	{ "env", 'e', "ENV", "of jobs with this environment; needs --repo", \
	    false }

const struct cli_option secret_set_options[] = {
	SCOPE_OPTIONS,
	{ "file", 'f', "FILE", "read the value there; \"-\" is standard "
	                       "input", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option secret_delete_options[] = {
	SCOPE_OPTIONS,
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option secret_list_options[] = {
	{ "repo", 'r', "OWNER/NAME", "only those of this repository", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option secret_audit_options[] = {
	{ "limit", 'n', "N", "so many lines [50]", false },
	{ NULL, 0, NULL, NULL, false },
};

static int
read_scope(struct cli *cli, struct secret_place *place, struct err *err)
{
	const char *repo = args_option(cli, "repo");
	struct repo found;

	place->owner = args_option(cli, "owner");
	place->environment = args_option(cli, "env");
	if (place->owner != NULL && (repo != NULL ||
	    place->environment != NULL))
		return err_set(err, ERR_INVALID, "--owner stands alone: a "
		    "secret has one scope");
	if (place->environment != NULL && repo == NULL)
		return err_set(err, ERR_INVALID, "--env needs --repo: an "
		    "environment belongs to a repository");
	if (repo == NULL)
		return 0;
	if (ref_find_repo(cli, repo, &found, err) == -1)
		return -1;
	place->repo = found.id;
	place->repo_name = arena_printf(&cli->arena, "%s/%s", found.owner,
	    found.name);
	return 0;
}

int
cmd_secret_set(struct cli *cli, struct err *err)
{
	struct secret_place place = { 0 };
	const char *name, *value, *warning;

	if (secret_name(cli->words[0], &cli->arena, &name, err) == -1 ||
	    read_scope(cli, &place, err) == -1 ||
	    secret_input(args_option(cli, "file"), name, SEAL_JOB_MAX,
	        &cli->arena, &value, err) == -1)
		return -1;
	warning = mask_check(value, strlen(value));
	if (warning != NULL)
		fprintf(stderr, "warning: %s: %s\n", name, warning);
	if (secret_set(cli->store, &place, name, value, cli_caller(cli), err) ==
	    -1)
		return -1;
	printf("set %s (%s)\n", name, secret_place_text(&place,
	    &cli->arena));
	return CLI_OK;
}

int
cmd_secret_delete(struct cli *cli, struct err *err)
{
	struct secret_place place = { 0 };
	const char *name;

	if (secret_name(cli->words[0], &cli->arena, &name, err) == -1 ||
	    read_scope(cli, &place, err) == -1 ||
	    secret_delete(cli->store, &place, name, cli_caller(cli), err) == -1)
		return -1;
	printf("deleted %s (%s)\n", name, secret_place_text(&place,
	    &cli->arena));
	return CLI_OK;
}

static json_t *
json_time(int64_t at_ms)
{
	char text[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? json_null() :
	    json_string(clock_rfc3339(at_ms, text));
}

static void
print_secrets(struct cli *cli, const struct secret_entry *list, size_t n)
{
	int64_t now = clock_now_ms();
	struct term_table t;

	term_table_init(&t, &cli->arena, 4);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "%s", list[i].name);
		term_cell(&t, TERM_PLAIN, "%s", list[i].scope);
		term_cell(&t, TERM_DIM, "set %s", term_ago(&cli->arena,
		    list[i].updated_at_ms, now));
		if (list[i].read_at_ms == 0)
			term_cell(&t, TERM_DIM, "never read");
		else
			term_cell(&t, TERM_DIM, "read %s",
			    term_ago(&cli->arena, list[i].read_at_ms, now));
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "no secret is set; \"pawl secret set\" sets "
		    "one\n");
}

int
cmd_secret_list(struct cli *cli, struct err *err)
{
	const char *only = args_option(cli, "repo");
	struct repo repo = { 0 };
	struct secret_entry *list;
	json_t *json;
	size_t n;

	if ((only != NULL && ref_find_repo(cli, only, &repo, err) == -1) ||
	    secret_list(cli->store, repo.id, &cli->arena, &list, &n, err) ==
	    -1)
		return -1;
	if (!cli->json) {
		print_secrets(cli, list, n);
		return CLI_OK;
	}
	json = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(json, json_pack("{ss ss so so}",
		    "name", list[i].name, "scope", list[i].scope,
		    "updated_at", json_time(list[i].updated_at_ms),
		    "read_at", json_time(list[i].read_at_ms)));
	return json_out(cli, json, err);
}

int
cmd_secret_rotate(struct cli *cli, struct err *err)
{
	size_t n;

	if (secret_rotate(cli->store, cli_caller(cli), &n, err) == -1)
		return -1;
	printf("%zu secret%s sealed under a new key; a backup needs the new "
	    "\"keys/secrets.key\"\n", n, n == 1 ? " is" : "s are");
	return CLI_OK;
}

/* Of "secret.set" and "secret TOKEN" what differs. */
static const char *
behind(const char *prefix, const char *text)
{
	return str_starts_with(text, prefix) ? text + strlen(prefix) : text;
}

static json_t *
audit_json(const struct audit_entry *e)
{
	return json_pack("{so ss ss ss ss ss ss si}", "at",
	    json_time(e->at_ms), "action", behind("secret.", e->action),
	    "actor", e->actor, "name", behind("secret ", e->target), "scope", e->scope, "run", e->run, "job", e->job,
	    "attempt", e->attempt);
}

static void
print_audit(struct cli *cli, const struct audit_entry *list, size_t n)
{
	char text[CLOCK_TEXT_SIZE];
	struct term_table t;

	term_table_init(&t, &cli->arena, 5);
	for (size_t i = 0; i < n; i++) {
		const struct audit_entry *e = &list[i];

		term_cell(&t, TERM_DIM, "%s", clock_rfc3339(e->at_ms, text));
		term_cell(&t, TERM_PLAIN, "%s",
		    behind("secret.", e->action));
		term_cell(&t, TERM_BOLD, "%s", *e->target != '\0' ?
		    behind("secret ", e->target) : "all");
		term_cell(&t, TERM_PLAIN, "%s", e->scope);
		if (*e->run != '\0')
			term_cell(&t, TERM_PLAIN, "%s %s, attempt %d",
			    e->run, e->job, e->attempt);
		else
			term_cell(&t, TERM_PLAIN, "by %s", e->actor);
	}
	term_table_print(&t, cli->color, stdout);
}

int
cmd_secret_audit(struct cli *cli, struct err *err)
{
	struct audit_query q = { .action = "secret" };
	const char *name = NULL;
	struct audit_entry *list;
	long long limit;
	json_t *json;
	size_t n;

	if (args_number(cli, "limit", 1, 100000, 50, &limit, err) == -1 ||
	    (cli->n_words == 1 && secret_name(cli->words[0], &cli->arena,
	        &name, err) == -1))
		return -1;
	q.limit = (int)limit;
	if (name != NULL)
		q.target = arena_printf(&cli->arena, "secret %s", name);
	if (audit_list(cli->store, &q, &cli->arena, &list, &n, err) == -1)
		return -1;
	if (!cli->json) {
		print_audit(cli, list, n);
		return CLI_OK;
	}
	json = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(json, audit_json(&list[i]));
	return json_out(cli, json, err);
}
