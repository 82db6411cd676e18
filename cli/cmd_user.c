/*
 * cmd_user.c - pawl user: add, list, show, passwd, link, grant, revoke,
 * disable, enable, remove; pawl setup.
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
#include "cli/secret_input.h"
#include "cli/source.h"
#include "lib/store/grants.h"
#include "lib/store/links.h"
#include "lib/store/passwords.h"

const struct cli_option user_add_options[] = {
	GRANT_OPTIONS("[none]"),
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option user_grant_options[] = {
	GRANT_OPTIONS(""),
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option user_revoke_options[] = {
	GRANT_SCOPE_OPTIONS,
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option user_passwd_options[] = {
	{ "from-file", 'f', "FILE", "instead of standard input", false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- grants ------------------------------------------------------------------ */

int
grant_put_scope(struct cli *cli, json_t *body, struct err *err)
{
	const char *repo = args_option(cli, "repo");
	const char *owner = args_option(cli, "owner");
	const char *scope = repo != NULL ? repo : "everything";

	if (repo != NULL && owner != NULL)
		return err_set(err, ERR_INVALID, "--owner and --repo: there "
		    "is one scope");
	if (owner != NULL)
		scope = arena_printf(&cli->arena, "owner %s", owner);
	json_object_set_new(body, "scope", json_string(scope));
	return 0;
}

int
grant_put(struct cli *cli, json_t *body, const char *standard,
    struct err *err)
{
	const char *role = args_option(cli, "role");
	enum role known;

	if (role == NULL)
		role = standard;
	if (role == NULL)
		return err_set(err, ERR_INVALID, "say with --role what the "
		    "user may: reader, writer or admin");
	if (!role_parse(role, &known))
		return err_set(err, ERR_INVALID, "there is no role \"%s\": "
		    "--role takes reader, writer or admin", role);
	json_object_set_new(body, "role", json_string(role));
	return grant_put_scope(cli, body, err);
}

/* --- users --------------------------------------------------------------------- */

/* "api/v1/users/NAME/what" of the first word. */
static const char *
path_of(struct cli *cli, const char *what)
{
	return arena_printf(&cli->arena, "api/v1/users/%s%s",
	    ref_encode(cli, cli->words[0]), what);
}

static int
print_link(struct cli *cli, struct err *err)
{
	json_t *o = source_change(cli->source, "POST", path_of(cli, "/link"),
	    NULL, err);

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	printf("%s\n", doc_text(o, "url"));
	fprintf(stderr, "whoever opens this link first, within a day, sets "
	    "the password of \"%s\"\n", cli->words[0]);
	json_decref(o);
	return CLI_OK;
}

int
cmd_user_add(struct cli *cli, struct err *err)
{
	json_t *body = json_pack("{s:s}", "name", cli->words[0]);

	if (args_option(cli, "role") != NULL &&
	    grant_put(cli, body, NULL, err) == -1) {
		json_decref(body);
		return -1;
	}
	if (source_do(cli->source, "POST", "api/v1/users", body, err) == -1)
		return -1;
	return print_link(cli, err);
}

int
cmd_user_link(struct cli *cli, struct err *err)
{
	return print_link(cli, err);
}

static const char *
may(const json_t *user, struct arena *a)
{
	const json_t *grant;
	const char *text = "";
	size_t i;

	json_array_foreach(json_object_get(user, "grants"), i, grant)
		text = arena_printf(a, "%s%s%s of %s", text, i > 0 ? ", " : "",
		    doc_text(grant, "role"), doc_text(grant, "scope"));
	return *text != '\0' ? text : "nothing";
}

static const char *
state(const json_t *user, struct arena *a)
{
	(void)a;
	return doc_flag(user, "disabled") ? "disabled" : "";
}

static const struct doc_column columns[] = {
	{ "name", DOC_TEXT, TERM_BOLD, NULL },
	{ NULL, DOC_MADE, TERM_PLAIN, may },
	{ NULL, DOC_MADE, TERM_RED, state },
	{ "signed_in_at", DOC_AGO, TERM_DIM, NULL },
	{ NULL, DOC_TEXT, TERM_PLAIN, NULL },
};

int
cmd_user_list(struct cli *cli, struct err *err)
{
	static const struct list list = { .path = "api/v1/users",
		.key = "users", .how = SOURCE_PAGED, .columns = columns,
		.none = "there is no user; \"pawl setup\" makes a link for the "
		    "first", .page = "users" };

	return list_run(cli, &list, err);
}

int
cmd_user_show(struct cli *cli, struct err *err)
{
	json_t *o = source_get(cli->source, path_of(cli, ""), err);
	struct term_table t;

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	term_table_init(&t, &cli->arena, 2);
	doc_row(&t, "name", doc_text(o, "name"));
	doc_row(&t, "may", may(o, &cli->arena));
	doc_row(&t, "state", state(o, &cli->arena));
	doc_row(&t, "password", doc_flag(o, "has_password") ? "set" : "none");
	doc_row(&t, "added by", doc_text(o, "created_by"));
	doc_row(&t, "signed in", doc_text(o, "signed_in_at"));
	term_table_print(&t, cli->color, stdout);
	json_decref(o);
	return CLI_OK;
}

/* On the server alone: a password goes to nobody but the user's browser. */
int
cmd_user_passwd(struct cli *cli, struct err *err)
{
	const char *text, *hash;
	struct user u;
	int found = user_find(cli->store, cli->words[0], &cli->arena, &u,
	    err);

	if (found != 1)
		return found == -1 ? -1 : err_set(err, ERR_NOT_FOUND,
		    "there is no user \"%s\"", cli->words[0]);
	if (secret_input(args_option(cli, "from-file"), "new password",
	    PASSWORD_MAX, &cli->arena, &text, err) == -1 ||
	    password_check(text, u.name, err) == -1 ||
	    password_hash(text, &cli->arena, &hash, err) == -1 ||
	    password_set(cli->store, u.id, hash, 0, err) == -1)
		return -1;
	printf("the password of %s is set; all sessions ended\n", u.name);
	return CLI_OK;
}

/* Send a change, and say that it is done. */
static int
change(struct cli *cli, const char *method, const char *what, json_t *body,
    const char *done, struct err *err)
{
	if (source_do(cli->source, method, path_of(cli, what), body, err) ==
	    -1)
		return -1;
	printf("%s %s\n", done, cli->words[0]);
	return CLI_OK;
}

int
cmd_user_grant(struct cli *cli, struct err *err)
{
	json_t *body = json_object();

	if (grant_put(cli, body, NULL, err) == -1) {
		json_decref(body);
		return -1;
	}
	return change(cli, "POST", "/grants", body, "granted to", err);
}

int
cmd_user_revoke(struct cli *cli, struct err *err)
{
	json_t *body = json_object();

	if (grant_put_scope(cli, body, err) == -1) {
		json_decref(body);
		return -1;
	}
	return change(cli, "DELETE", "/grants", body, "taken back from", err);
}

int
cmd_user_disable(struct cli *cli, struct err *err)
{
	return change(cli, "PATCH", "", json_pack("{s:b}", "disabled", 1),
	    "disabled", err);
}

int
cmd_user_enable(struct cli *cli, struct err *err)
{
	return change(cli, "PATCH", "", json_pack("{s:b}", "disabled", 0),
	    "enabled", err);
}

int
cmd_user_remove(struct cli *cli, struct err *err)
{
	return change(cli, "DELETE", "", NULL, "removed", err);
}

/* --- the first of them ------------------------------------------------------------ */

int
cmd_setup(struct cli *cli, struct err *err)
{
	const char *text;

	if (link_make(cli->store, LINK_SETUP, 0, cli_by(cli), &cli->arena,
	    &text, err) == -1)
		return -1;
	printf("%s\n", link_address(cli->config.base_url, text,
	    &cli->arena));
	fprintf(stderr, "whoever opens this link first, within a day, becomes "
	    "the administrator\n");
	return CLI_OK;
}
