/*
 * cmd_notify.c - pawl notify: add, list, remove, test. Rules are the
 * administrator's; nothing here prints a secret a second time.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/secret_input.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/outgoing.h"
#include "lib/base/wake.h"
#include "lib/forge/status.h"
#include "lib/pipeline/pipeline.h"
#include "lib/render/mail.h"
#include "lib/store/notify.h"
#include "lib/store/notify_place.h"
#include "lib/store/outbox.h"
#include "lib/store/seal.h"

#define SECRET_BYTES 32 /* of a webhook's secret that is made here */
#define BRANCH_MAX 1000

const struct cli_option notify_add_options[] = {
	{ "on", 0, "CAUSE", "failure, change, always, waiting, alert "
	    "[failure]", false },
	{ "branch", 'b', "PATTERN", "only of branches and tags that match",
	    false },
	{ "to", 0, "TARGET", "where, as below", false },
	{ "alert", 0, "NAME", "only this one, with --on alert", false },
	{ "sample", 0, "PERCENT", "only of so many runs, of otlp:", false },
	{ "secret-file", 0, "FILE", "secret of a webhook, token of Matrix, "
	    "key of PagerDuty, Authorization of otlp:; \"-\": input",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

/* --- targets ----------------------------------------------------------------- */

/* What a rule is made of. */
struct target {
	struct notify_rule *rule;
	const char *secret; /* that is kept */
	bool made;          /* it was made here, and is shown once */
};

static int
ask_secret(struct cli *cli, struct target *t, struct err *err)
{
	const char *file = args_option(cli, "secret-file");

	if (file == NULL)
		return 0;
	return secret_input(file, "secret", SEAL_NOTIFY_MAX, &cli->arena,
	    &t->secret, err);
}

static int
to_webhook(struct cli *cli, const char *text, struct target *t,
    struct err *err)
{
	unsigned char raw[SECRET_BYTES];
	char base64[sodium_base64_ENCODED_LEN(SECRET_BYTES,
	    sodium_base64_VARIANT_ORIGINAL)];

	t->rule->target = text;
	if (outgoing_host(text, &cli->arena, &t->rule->host, err) == -1 ||
	    ask_secret(cli, t, err) == -1)
		return -1;
	if (t->secret != NULL)
		return 0;
	if (sodium_init() == -1)
		return err_set(err, ERR_IO, "no source of random numbers");
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2base64(base64, sizeof(base64), raw, sizeof(raw),
	    sodium_base64_VARIANT_ORIGINAL);
	t->secret = arena_printf(&cli->arena, "whsec_%s", base64);
	t->made = true;
	return 0;
}

static int
to_mail(struct cli *cli, const char *text, struct target *t, struct err *err)
{
	(void)cli;
	t->rule->target = text;
	t->rule->host = ""; /* as the configuration says when it is sent */
	if (!mail_address_valid(text + strlen("mail:")))
		return err_set(err, ERR_INVALID, "\"%.300s\" is no address "
		    "of mail", text + strlen("mail:"));
	return 0;
}

/* The address is what gives the right to write: only its host is shown. */
static int
to_slack(struct cli *cli, const char *text, struct target *t, struct err *err)
{
	const char *url = text + strlen("slack:");

	if (outgoing_host(url, &cli->arena, &t->rule->host, err) == -1)
		return -1;
	t->secret = url;
	t->rule->target = arena_printf(&cli->arena, "slack:%s",
	    t->rule->host);
	return 0;
}

static int
to_matrix(struct cli *cli, const char *text, struct target *t,
    struct err *err)
{
	const char *url = text + strlen("matrix:");
	const char *room = strrchr(url, '/');

	t->rule->target = text;
	if (outgoing_host(url, &cli->arena, &t->rule->host, err) == -1)
		return -1;
	if (room == NULL || room[1] != '!' || room[2] == '\0')
		return err_set(err, ERR_INVALID, "a room of Matrix is "
		    "matrix:https://HOST/!ROOM:SERVER (its internal id)");
	if (ask_secret(cli, t, err) == -1)
		return -1;
	if (t->secret == NULL || !forge_token_valid(t->secret))
		return err_set(err, ERR_INVALID, "a room of Matrix needs the "
		    "access token of a user who is in it: --secret-file");
	return 0;
}

/* The service's own address, of the United States; another one of Europe. */
#define PAGERDUTY "pagerduty:https://events.pagerduty.com/v2/enqueue"

static int
to_pagerduty(struct cli *cli, const char *text, struct target *t,
    struct err *err)
{
	t->rule->target = strcmp(text, "pagerduty") == 0 ? PAGERDUTY : text;
	if (outgoing_host(t->rule->target + strlen("pagerduty:"),
		&cli->arena, &t->rule->host, err) == -1 ||
	    ask_secret(cli, t, err) == -1)
		return -1;
	if (t->secret == NULL || !forge_token_valid(t->secret))
		return err_set(err, ERR_INVALID, "PagerDuty needs the "
		    "integration key (Events API v2) of a service: "
		    "--secret-file");
	return 0;
}

/* A collector; its path says "/v1/traces" or what it was given. */
static int
to_otlp(struct cli *cli, const char *text, struct target *t, struct err *err)
{
	const char *path;
	long long sample;

	if (outgoing_host(text + strlen("otlp:"), &cli->arena,
		&t->rule->host, err) == -1 || ask_secret(cli, t, err) == -1 ||
	    args_number(cli, "sample", 1, 100, 100, &sample, err) == -1)
		return -1;
	t->rule->sample = (int)sample;
	if (strcmp(t->rule->cause, "always") != 0 &&
	    strcmp(t->rule->cause, "failure") != 0)
		return err_set(err, ERR_INVALID, "traces are of runs that are "
		    "over: --on always, or failure");
	path = strchr(strstr(text, "://") + 3, '/');
	t->rule->target = path != NULL && path[1] != '\0' ? text :
	    arena_printf(&cli->arena, "%s%sv1/traces", text,
	    path == NULL ? "/" : "");
	return 0;
}

static const struct {
	const char *prefix;
	const char *kind;
	int (*read)(struct cli *cli, const char *text, struct target *t,
	    struct err *err);
} targets[] = {
	{ "https://", "webhook", to_webhook },
	{ "http://", "webhook", to_webhook },
	{ "mail:", "mail", to_mail },
	{ "slack:http", "slack", to_slack },
	{ "matrix:http", "matrix", to_matrix },
	{ "pagerduty", "pagerduty", to_pagerduty },
	{ "otlp:http", "otlp", to_otlp },
};

static int
read_target(struct cli *cli, struct target *t, struct err *err)
{
	const char *text = args_option(cli, "to");

	if (text == NULL)
		return err_set(err, ERR_INVALID, "say where with --to");
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (str_starts_with(text, targets[i].prefix)) {
			t->rule->kind = targets[i].kind;
			return targets[i].read(cli, text, t, err);
		}
	return err_set(err, ERR_INVALID, "--to takes https://..., "
	    "mail:ADDRESS, slack:https://..., matrix:https://..., "
	    "pagerduty or otlp:https://..., not \"%.100s\"", text);
}

/* --- commands ---------------------------------------------------------------- */

static int
read_when(struct cli *cli, struct notify_rule *r, struct err *err)
{
	static const char *const causes[] = { "failure", "change", "always",
		"waiting", "alert" };

	r->cause = args_option(cli, "on");
	r->branch = args_option(cli, "branch");
	r->alert = args_option(cli, "alert");
	if (r->cause == NULL)
		r->cause = causes[0];
	if (r->branch != NULL && (*r->branch == '\0' ||
	    strlen(r->branch) > BRANCH_MAX))
		return err_set(err, ERR_INVALID, "a pattern of branches has 1 "
		    "to %d bytes", BRANCH_MAX);
	if (strcmp(r->cause, "alert") != 0 ? r->alert != NULL :
	    r->branch != NULL)
		return err_set(err, ERR_INVALID, "--alert goes with --on "
		    "alert, --branch with the others");
	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if (strcmp(causes[i], r->cause) == 0)
			return 0;
	return err_set(err, ERR_INVALID, "--on takes failure, change, always, "
	    "waiting or alert, not \"%.100s\"", r->cause);
}

int
cmd_notify_add(struct cli *cli, struct err *err)
{
	struct notify_rule r = { .made_by = cli_by(cli) };
	struct target t = { .rule = &r };
	struct notify_place place;
	int64_t id = 0;

	if (notify_place_find(cli->store, cli->words[0],
		&cli->arena, &place, err) == -1)
		return -1;
	r.place = place.key;
	r.repo = place.repo;
	if (read_when(cli, &r, err) == -1 ||
	    read_target(cli, &t, err) == -1 ||
	    notify_add(cli->store, &r, t.secret, &id, err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, json_pack("{s:I, s:s, s:s?}", "id",
		    (json_int_t)id, "target", r.target, "secret",
		    t.made ? t.secret : NULL), err);
	printf("rule %" PRId64 ": %s on %s of %s\n", id, r.target, r.cause,
	    notify_place_text(cli->store, r.place, r.repo,
	    &cli->arena));
	if (t.made)
		printf("its secret, which is not shown again: %s\n",
		    t.secret);
	return CLI_OK;
}

static json_t *
json_rule(struct cli *cli, const struct notify_rule *r)
{
	return json_pack("{s:I, s:s, s:s, s:s?, s:s?, s:s, s:s, s:b, s:s}", "id",
	    (json_int_t)r->id, "of", notify_place_text(
	    cli->store, r->place, r->repo, &cli->arena), "on", r->cause,
	    "branch", r->branch, "alert", r->alert, "kind", r->kind, "target", r->target,
	    "has_secret", r->has_secret, "made_by", r->made_by);
}

/* Those of the place that was named, or all. */
static int
find_rules(struct cli *cli, struct notify_rule **list, size_t *n,
    struct err *err)
{
	struct notify_place place;

	if (cli->n_words == 0)
		return notify_list(cli->store, &cli->arena, list, n, err);
	if (notify_place_find(cli->store, cli->words[0],
		&cli->arena, &place, err) == -1)
		return -1;
	return notify_list_place(cli->store, place.key, &cli->arena, list,
	    n, err);
}

int
cmd_notify_list(struct cli *cli, struct err *err)
{
	struct notify_rule *list;
	json_t *values = json_array();
	struct term_table t;
	size_t n;

	if (find_rules(cli, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; cli->json && i < n; i++)
		json_array_append_new(values, json_rule(cli, &list[i]));
	if (cli->json)
		return json_out(cli, values, err);
	json_decref(values);
	term_table_init(&t, &cli->arena, 5);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "%" PRId64, list[i].id);
		term_cell(&t, TERM_PLAIN, "%s", notify_place_text(
		    cli->store, list[i].place, list[i].repo, &cli->arena));
		term_cell(&t, TERM_PLAIN, "%s", list[i].cause);
		term_cell(&t, TERM_PLAIN, "%s", list[i].alert != NULL ?
		    list[i].alert : list[i].branch != NULL ? list[i].branch :
		    "*");
		term_cell(&t, TERM_PLAIN, "%s", list[i].target);
	}
	term_table_print(&t, cli->color, stdout);
	if (n == 0)
		fprintf(stderr, "nobody is told; \"pawl notify add\" makes a "
		    "rule\n");
	return CLI_OK;
}

static int
read_id(struct cli *cli, int64_t *id, struct err *err)
{
	long long number;

	if (!str_to_int64(cli->words[0], 1, INT64_MAX, &number))
		return err_set(err, ERR_INVALID, "\"%.100s\" is no number of "
		    "a rule; \"pawl notify list\" shows them", cli->words[0]);
	*id = number;
	return 0;
}

int
cmd_notify_remove(struct cli *cli, struct err *err)
{
	int64_t id = 0;

	if (read_id(cli, &id, err) == -1 ||
	    notify_remove(cli->store, id, err) == -1)
		return -1;
	printf("removed rule %" PRId64 "\n", id);
	return CLI_OK;
}

int
cmd_notify_test(struct cli *cli, struct err *err)
{
	struct message m = { 0 };
	struct notify_rule r;
	int64_t id = 0;
	int rc;

	if (read_id(cli, &id, err) == -1)
		return -1;
	rc = notify_find(cli->store, id, &cli->arena, &r, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no rule %"
		    PRId64, id);
	m = (struct message){ .kind = r.kind, .repo = r.repo, .rule = id,
		.host = r.host, .topic = arena_printf(&cli->arena,
		    "%" PRId64 " test", id) };
	if (rc == -1 || outbox_add(cli->store, &m, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	printf("queued for %s; \"pawl outbox tries\" tells what becomes of "
	    "it\n", r.target);
	return CLI_OK;
}
