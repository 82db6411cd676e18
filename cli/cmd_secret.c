/*
 * cmd_secret.c - pawl secret: set, list, delete, rotate-key, audit. Nothing
 * here prints a value.
 *
 * Those of repositories and owners are the API's; those of the whole instance,
 * its key and the audit of readers are only here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/secret_input.h"
#include "cli/source.h"
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
	{ "owner", 'o', "OWNER", "only those of an owner", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option secret_audit_options[] = {
	{ "limit", 'n', "N", "so many lines [50]", false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- where one stands ------------------------------------------------------ */

struct scope {
	const char *path; /* of the list in the API; NULL: the instance, which
	                     only this host can change */
	const char *environment; /* or NULL */
	const char *text;        /* for people */
};

static int
scope_of_repo(struct cli *cli, const char *repo, struct scope *s,
    struct err *err)
{
	struct secret_place place = { .repo = 1,
		.environment = s->environment };
	const char *owner, *name;

	if (ref_repo(cli, repo, &owner, &name, err) == -1)
		return -1;
	place.repo_name = arena_printf(&cli->arena, "%s/%s", owner, name);
	s->text = secret_place_text(&place, &cli->arena);
	s->path = ref_repo_path(cli, place.repo_name, "secrets", err);
	return s->path != NULL ? 0 : -1;
}

static int
read_scope(struct cli *cli, const char *environment, struct scope *s,
    struct err *err)
{
	const char *repo = args_option(cli, "repo");
	struct secret_place place = { .owner = args_option(cli, "owner") };

	*s = (struct scope){ .environment = environment };
	if (place.owner != NULL && (repo != NULL || environment != NULL))
		return err_set(err, ERR_INVALID, "--owner stands alone: a "
		    "secret has one scope");
	if (environment != NULL && repo == NULL)
		return err_set(err, ERR_INVALID, "--env needs --repo: an "
		    "environment belongs to a repository");
	if (repo != NULL)
		return scope_of_repo(cli, repo, s, err);
	s->text = secret_place_text(&place, &cli->arena);
	if (place.owner == NULL)
		return source_need_local(cli->source, "secrets of the "
		    "whole instance, without --repo or --owner", err);
	s->path = arena_printf(&cli->arena, "api/v1/owners/%s/secrets",
	    ref_encode(cli, place.owner));
	return 0;
}

/* The address of one of them. */
static const char *
secret_path(struct cli *cli, const struct scope *s, const char *name)
{
	return arena_printf(&cli->arena, "%s/%s", s->path, ref_encode(cli,
	    name));
}

/* --- changing --------------------------------------------------------------- */

static int
send_value(struct cli *cli, const struct scope *s, const char *name,
    const char *value, struct err *err)
{
	static const struct secret_place instance;
	json_t *body;

	if (s->path == NULL)
		return secret_set(cli->store, &instance, name, value,
		    cli_by(cli), err);
	body = json_pack("{s:s, s:s*}", "value", value, "environment",
	    s->environment);
	if (body == NULL)
		return err_set(err, ERR_INVALID, "%s: the value or the name "
		    "of the environment is not UTF-8", name);
	return source_do(cli->source, "PUT", secret_path(cli, s, name), body,
	    err);
}

int
cmd_secret_set(struct cli *cli, struct err *err)
{
	const char *name, *value, *warning;
	struct scope s;

	if (secret_name(cli->words[0], &cli->arena, &name, err) == -1 ||
	    read_scope(cli, args_option(cli, "env"), &s, err) == -1 ||
	    secret_input(args_option(cli, "file"), name, SEAL_JOB_MAX,
	        &cli->arena, &value, err) == -1)
		return -1;
	warning = mask_check(value, strlen(value));
	if (warning != NULL)
		fprintf(stderr, "warning: %s: %s\n", name, warning);
	if (send_value(cli, &s, name, value, err) == -1)
		return -1;
	printf("set %s (%s)\n", name, s.text);
	return CLI_OK;
}

static int
send_delete(struct cli *cli, const struct scope *s, const char *name,
    struct err *err)
{
	static const struct secret_place instance;
	const char *path;

	if (s->path == NULL)
		return secret_delete(cli->store, &instance, name,
		    cli_by(cli), err);
	path = secret_path(cli, s, name);
	if (s->environment != NULL)
		path = arena_printf(&cli->arena, "%s?environment=%s", path,
		    ref_encode(cli, s->environment));
	return source_do(cli->source, "DELETE", path, NULL, err);
}

int
cmd_secret_delete(struct cli *cli, struct err *err)
{
	const char *name;
	struct scope s;

	if (secret_name(cli->words[0], &cli->arena, &name, err) == -1 ||
	    read_scope(cli, args_option(cli, "env"), &s, err) == -1 ||
	    send_delete(cli, &s, name, err) == -1)
		return -1;
	printf("deleted %s (%s)\n", name, s.text);
	return CLI_OK;
}

/* --- listing ---------------------------------------------------------------- */

static const char *
set_text(const json_t *secret, struct arena *a)
{
	return arena_printf(a, "set %s", term_ago(a, doc_time(secret,
	    "updated_at"), clock_now_ms()));
}

static const char *
read_text(const json_t *secret, struct arena *a)
{
	int64_t at = doc_time(secret, "read_at");

	return at == 0 ? "never read" : arena_printf(a, "read %s",
	    term_ago(a, at, clock_now_ms()));
}

/* Of all scopes, which the API does not list at once. */
static json_t *
read_all(struct cli *cli, struct err *err)
{
	struct secret_entry *list;
	json_t *all;
	size_t n;

	if (secret_list(cli->store, 0, &cli->arena, &list, &n, err) == -1)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{ss ss so so}",
		    "name", list[i].name, "scope", list[i].scope,
		    "updated_at", json_out_time(list[i].updated_at_ms),
		    "read_at", json_out_time(list[i].read_at_ms)));
	return all;
}

int
cmd_secret_list(struct cli *cli, struct err *err)
{
	static const struct doc_column columns[] = {
		{ "name", DOC_TEXT, TERM_BOLD, NULL },
		{ "scope", DOC_TEXT, TERM_PLAIN, NULL },
		{ NULL, DOC_MADE, TERM_DIM, set_text },
		{ NULL, DOC_MADE, TERM_DIM, read_text },
		{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
	};
	struct scope s;
	json_t *list;

	if (read_scope(cli, NULL, &s, err) == -1)
		return -1;
	list = s.path == NULL ? read_all(cli, err) :
	    source_list(cli->source, s.path, "secrets", 0, 0, err);
	if (list == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, list, err);
	doc_table(cli, list, columns);
	if (json_array_size(list) == 0)
		fprintf(stderr, "no secret is set; \"pawl secret set\" sets "
		    "one\n");
	json_decref(list);
	return CLI_OK;
}

/* --- keys and readers --------------------------------------------------------- */

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
	    json_out_time(e->at_ms), "action", behind("secret.", e->action),
	    "actor", e->actor, "name", behind("secret ", e->target), "scope",
	    e->scope, "run", e->run, "job", e->job, "attempt", e->attempt);
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
