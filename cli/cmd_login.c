/*
 * cmd_login.c - pawl login, logout, whoami and servers: which servers this
 * user knows, and as whom.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/secret_input.h"
#include "cli/servers.h"
#include "cli/source.h"
#include "lib/base/file.h"

#define TOKEN_MAX 8192

const struct cli_option login_options[] = {
	{ "name", 'n', "NAME", "what to call it here [its host]", false },
	{ "token-file", 0, "FILE", "the token; - is standard input, as "
	    "without", false },
	{ "anonymous", 0, NULL, "without a token, to read what is public",
	    false },
	{ "keep-default", 0, NULL, "go on asking the usual server by default",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* "ci.example.org" of "https://ci.example.org:8443/ci". */
static const char *
host_of(const char *url, struct arena *a)
{
	const char *host = strstr(url, "://") + 3;

	return arena_strndup(a, host, strcspn(host, ":/"));
}

static int
read_entry(struct cli *cli, struct server_entry *e, struct err *err)
{
	const char *name = args_option(cli, "name");
	const char *token = NULL;

	if (servers_url(cli->words[0], &cli->arena, &e->url, err) == -1)
		return -1;
	e->name = name != NULL ? name : host_of(e->url, &cli->arena);
	if (!path_is_name(e->name) || strcmp(e->name, "local") == 0)
		return err_set(err, ERR_INVALID, "\"%s\" cannot be a server's "
		    "name: letters, digits, \"-\", \"_\" and \".\"", e->name);
	if (args_option(cli, "anonymous") != NULL)
		return 0;
	if (secret_input(args_option(cli, "token-file"),
	    arena_printf(&cli->arena, "token for %s", e->url), TOKEN_MAX,
	    &cli->arena, &token, err) == -1)
		return -1;
	if (token == NULL || *token == '\0' ||
	    strpbrk(token, " \t\r\n") != NULL)
		return err_set(err, ERR_INVALID, "that is no token: \"pawl "
		    "token add\" on the server makes one, or the page "
		    "%s/account", e->url);
	e->token = token;
	return 0;
}

/* Who the server says that we are, "" when it does not know the question;
 * NULL with err. */
static const char *
ask_who(struct source *s, struct arena *a, struct err *err)
{
	struct err none = { 0 };
	json_t *who = source_get(s, "api/v1/user", &none);
	const char *name;

	if (who == NULL && none.code == ERR_NOT_FOUND)
		who = source_get(s, "api/v1/repos", &none);
	if (who == NULL) {
		*err = none;
		return NULL;
	}
	name = arena_strdup(a, doc_text(who, "name"));
	json_decref(who);
	return name;
}

static int
check_entry(struct cli *cli, const struct server_entry *e, const char **who,
    struct err *err)
{
	struct source *s = NULL;
	int rc = source_open_http(e, &s, err);

	*who = "";
	if (rc == 0 && e->token != NULL)
		rc = (*who = ask_who(s, &cli->arena, err)) == NULL ? -1 : 0;
	else if (rc == 0)
		rc = source_do(s, "GET", "api/v1/repos", NULL, err);
	source_close(s);
	return rc;
}

int
cmd_login(struct cli *cli, struct err *err)
{
	struct server_entry e = { .name = NULL };
	struct servers list;
	struct str line = STR_INIT;
	const char *who;

	if (servers_load(&list, &cli->arena, err) == -1 ||
	    read_entry(cli, &e, err) == -1 ||
	    check_entry(cli, &e, &who, err) == -1 ||
	    servers_put(&list, &e, &cli->arena, err) == -1)
		return -1;
	if (list.usual == NULL || args_option(cli, "keep-default") == NULL)
		list.usual = e.name;
	if (servers_save(&list, err) == -1)
		return -1;
	term_text(&line, arena_printf(&cli->arena, "%s: %s%s%s", e.name,
	    e.url, *who != '\0' ? ", as " : "", who));
	printf("%s\n", line.s);
	str_release(&line);
	return CLI_OK;
}

int
cmd_logout(struct cli *cli, struct err *err)
{
	struct server_entry *e;
	struct servers list;
	const char *wanted;

	if (servers_load(&list, &cli->arena, err) == -1)
		return -1;
	wanted = cli->n_words == 1 ? cli->words[0] : list.usual;
	e = wanted != NULL ? servers_find(&list, wanted) : NULL;
	if (e == NULL)
		return err_set(err, ERR_NOT_FOUND, "no server%s%s is known; "
		    "\"pawl servers\" lists them", wanted != NULL ? " " : "",
		    wanted != NULL ? wanted : "");
	printf("%s is forgotten; its token is valid until \"pawl token "
	    "remove\"\n", e->url);
	servers_drop(&list, e);
	return servers_save(&list, err) == -1 ? -1 : CLI_OK;
}

/* --- who and where -------------------------------------------------------- */

static const char *
grant_text(const json_t *grant, struct arena *a)
{
	return arena_printf(a, "%s of %s", doc_text(grant, "role"),
	    doc_text(grant, "scope"));
}

int
cmd_whoami(struct cli *cli, struct err *err)
{
	json_t *who = source_get(cli->source, "api/v1/user", err), *grant;
	struct term_table t;
	size_t i;

	if (who == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, who, err);
	term_table_init(&t, &cli->arena, 2);
	term_cell(&t, TERM_BOLD, "%s", doc_text(who, "name"));
	term_cell(&t, TERM_PLAIN, "%s", source_is_local(cli->source) ?
	    "on this host" : source_base_url(cli->source));
	doc_row(&t, "kind", doc_text(who, "kind"));
	json_array_foreach(json_object_get(who, "grants"), i, grant)
		doc_row(&t, "may", grant_text(grant, &cli->arena));
	term_table_print(&t, cli->color, stdout);
	json_decref(who);
	return CLI_OK;
}

int
cmd_servers(struct cli *cli, struct err *err)
{
	json_t *all = json_array();
	struct servers list;
	struct term_table t;

	if (servers_load(&list, &cli->arena, err) == -1) {
		json_decref(all);
		return -1;
	}
	term_table_init(&t, &cli->arena, 3);
	for (size_t i = 0; i < list.n; i++) {
		const struct server_entry *e = &list.list[i];
		bool usual = str_equal(list.usual, e->name);

		json_array_append_new(all, json_pack("{s:s, s:s, s:b, s:b}",
		    "name", e->name, "url", e->url, "default", usual,
		    "has_token", e->token != NULL));
		term_cell(&t, TERM_BOLD, "%s", e->name);
		term_cell(&t, TERM_PLAIN, "%s", e->url);
		term_cell(&t, TERM_DIM, "%s%s", usual ? "default" : "",
		    e->token != NULL ? "" : " without a token");
	}
	if (cli->json)
		return json_out(cli, all, err);
	json_decref(all);
	term_table_print(&t, cli->color, stdout);
	if (list.n == 0)
		fprintf(stderr, "no servers; \"pawl login URL\" adds one\n");
	return CLI_OK;
}
